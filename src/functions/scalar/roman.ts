const ROMAN = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
] as const
/** MMMDCCCLXXXVIII. */
export const ROMAN_WIDTH = 15

/** The numeral; crosses for what is not from 1 to 3999. */
export function roman(value: number): string {
  if (value < 1 || value > 3999) return '#'.repeat(ROMAN_WIDTH)
  let rest = value
  let text = ''
  for (const [worth, letters] of ROMAN) {
    text += letters.repeat(Math.floor(rest / worth))
    rest %= worth
  }
  return text
}
