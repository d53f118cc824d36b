import { SqlError } from '../../base/sql-error.ts'
import { formatNumeric, isSpecial } from '../../types/numeric.ts'
import { numericAbs, numericRound } from '../../types/numeric-arith.ts'
import type { Numeric } from '../../types/value.ts'

/** to_char of numbers: 9 and 0 for digits, . and D, `,` and G, S, MI, PL, PR, FM, RN, EEEE. */

/**
 * `float`: the number that the value was made of (float4, float8, int4): it keeps the sign of what is rounded to zero,
 * and EEEE shows its own digits.
 */
export function numberToChar(value: Numeric, template: string, float: number | null = null): string {
  const plain = template.replace(/"(?:[^"\\]|\\.)*"/g, '')
  if (/EEEE/i.test(plain)) return scientific(value, plain, float)
  if (/RN|rn/.test(plain)) return withRoman(value, template, float)
  const trimmed = /FM/i.test(template)
  const picture = template.replace(/FM/gi, '')
  const body = picture.replace(/^(S|PL|MI|SG)|(S|MI|PR|PL|SG|TH|th)$/g, '')
  const [before, after] = body.split(/[.D]/)
  const wholeDigits = (before.match(/[09]/g) ?? []).length
  const fractionDigits = (after?.match(/[09]/g) ?? []).length
  const rounded = isSpecial(value) ? value : numericRound(numericAbs(value), fractionDigits)
  const negative = value.mantissa < 0 && (float !== null || rounded.mantissa !== 0)
  const [whole, fraction = ''] = isSpecial(value) ? ['', ''] : formatNumeric(rounded).split('.')
  const overflow = isSpecial(value) || whole.replace(/^0+/, '').length > wholeDigits
  const shown = wholePicture(before, whole.replace(/^0+/, ''), overflow, fractionDigits === 0 || /0/.test(before))
  let text = shown
  if (after !== undefined) text += `.${fractionPicture(after, fraction, overflow, trimmed)}`
  if (trimmed && text.trim() === '.') text = '0.'
  return withSign(text, picture, negative, trimmed)
}

function wholePicture(picture: string, digits: string, overflow: boolean, showZero: boolean): string {
  const places = (picture.match(/[09]/g) ?? []).length
  const forced = places - Math.max(0, picture.replace(/[^09]/g, '').indexOf('0'))
  const zeros = picture.includes('0') ? forced : showZero ? 1 : 0
  const text = (overflow ? '#'.repeat(places) : digits.padStart(Math.min(places, zeros), '0')).padStart(places)
  let at = 0
  return [...picture]
    .map((c) => {
      if (c === '9' || c === '0') return text[at++]
      if (c === ',' || c === 'G') return at > 0 && text[at - 1] !== ' ' ? ',' : ' '
      return c
    })
    .join('')
}

function fractionPicture(picture: string, digits: string, overflow: boolean, trimmed: boolean): string {
  let at = 0
  const text = [...picture].map((c) => (c === '9' || c === '0' ? (overflow ? '#' : digits[at++]) : c)).join('')
  if (!trimmed || overflow) return text
  const keep = picture.lastIndexOf('0') + 1
  return text.slice(0, keep) + text.slice(keep).replace(/0+$/, '')
}

function withSign(text: string, picture: string, negative: boolean, trimmed: boolean): string {
  const squeeze = (s: string) => (trimmed ? s.replaceAll(' ', '') : s)
  const blanks = /^ */.exec(text)![0]
  const digits = text.slice(blanks.length)
  if (/PR$/.test(picture)) return squeeze(negative ? `${blanks}<${digits}>` : `${blanks} ${digits} `)
  if (/MI$/.test(picture)) return squeeze(text + (negative ? '-' : ' '))
  if (/^MI/.test(picture)) return squeeze((negative ? '-' : ' ') + text)
  if (/S$/.test(picture)) return squeeze(text + (negative ? '-' : '+'))
  if (/^S/.test(picture)) return squeeze(`${blanks}${negative ? '-' : '+'}${digits}`)
  return squeeze(`${blanks}${negative ? '-' : ' '}${digits}`)
}

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
const ROMAN_WIDTH = 15

/** RN: the numeral in place of all digits and signs, other text as it stands; out of 1 to 3999 crosses. */
function withRoman(value: Numeric, template: string, float: number | null): string {
  if (float === null && isSpecial(value)) {
    const name = Number.isNaN(Number(value.mantissa)) ? 'NaN' : 'infinity'
    throw new SqlError('0A000', `cannot convert ${name} to integer`)
  }
  const numeral = roman(isSpecial(value) ? 0 : Number(formatNumeric(numericRound(value, 0))))
  const padded = /FM/i.test(template) ? numeral.trimStart() : numeral
  return template.replace(
    /"((?:[^"\\]|\\.)*)"|RN|rn|FM|fm|[09.,DGS]|MI|PL|PR|SG/g,
    (pattern: string, quoted: string | undefined) =>
      quoted !== undefined ? quoted : pattern === 'RN' ? padded : pattern === 'rn' ? padded.toLowerCase() : '',
  )
}

function roman(value: number): string {
  if (value < 1 || value > 3999) return '#'.repeat(ROMAN_WIDTH)
  let rest = value
  let text = ''
  for (const [worth, letters] of ROMAN) {
    text += letters.repeat(Math.floor(rest / worth))
    rest %= worth
  }
  return text.padStart(ROMAN_WIDTH)
}

/** EEEE: nothing but the number is shown. */
function scientific(value: Numeric, template: string, float: number | null): string {
  const [picture, rest] = template.split(/EEEE/i)
  if (/FM|SG|S|MI|PL|PR|RN|V|B/i.test(picture)) {
    throw new SqlError('42601', '"EEEE" is incompatible with other formats', {
      detail: '"EEEE" may only be used together with digit and decimal point patterns.',
    })
  }
  if (/[09.,DGSVB]|MI|PL|PR|SG|RN|TH/i.test(rest)) throw new SqlError('42601', '"EEEE" must be the last pattern used')
  const [before, after = ''] = picture.split(/[.D]/i)
  const places = (after.match(/[09]/g) ?? []).length
  if (isSpecial(value)) return ` ${'#'.repeat((before.match(/[09]/g) ?? []).length)}.${'#'.repeat(places + 4)}`
  const text = float === null ? numericScientific(value, places) : floatScientific(float, places)
  return text.startsWith('-') ? text : ` ${text}`
}

const power = (exponent: number): string => `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`

/** PostgreSQL settles the exponent before it rounds: 9.96 with one place is 10.0e+00. */
function numericScientific(value: Numeric, places: number): string {
  const digits = String(value.mantissa).replace('-', '')
  const exponent = digits === '0' ? 0 : digits.length - 1 - value.scale
  const significand = numericRound({ mantissa: value.mantissa, scale: digits.length - 1 }, places)
  return formatNumeric(significand) + power(exponent)
}

/** As C prints %e: of two equally near digits the even one, where JavaScript takes the larger. */
function floatScientific(value: number, places: number): string {
  const exact = Math.abs(value).toExponential(100)
  const [digits] = exact.replace('.', '').split('e')
  const tie = /^50*$/.test(digits.slice(places + 1))
  const even = Number(digits[places]) % 2 === 0
  const shown =
    tie && even ? Number(`${exact.slice(0, places === 0 ? 1 : places + 2)}${/e.*$/.exec(exact)?.[0]}`) : value
  const [significand, exponent] = Math.abs(shown).toExponential(places).split('e')
  return (value < 0 || Object.is(value, -0) ? '-' : '') + significand + power(Number(exponent))
}
