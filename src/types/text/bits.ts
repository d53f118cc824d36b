import { SqlError } from '../../base/sql-error.ts'

/** Bit strings are texts of 0 and 1, whose order by bytes is theirs. Input: 101, B101, X1F. */
export function parseBits(text: string): string {
  const base = text[0]
  if (base === 'x' || base === 'X') return hexBits(text.slice(1))
  const digits = base === 'b' || base === 'B' ? text.slice(1) : text
  const bad = /[^01]/u.exec(digits)
  if (bad !== null) throw new SqlError('22P02', `"${bad[0]}" is not a valid binary digit`)
  return digits
}

export function hexBits(digits: string): string {
  const bad = /[^0-9a-fA-F]/u.exec(digits)
  if (bad !== null) throw new SqlError('22P02', `"${bad[0]}" is not a valid hexadecimal digit`)
  return Array.from(digits, (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('')
}

/** bit(n): as long as it says; explicit casts cut it or fill it up at its end. */
export function fitBits(bits: string, length: number, explicit: boolean): string {
  if (bits.length === length) return bits
  if (!explicit) throw new SqlError('22026', `bit string length ${bits.length} does not match type bit(${length})`)
  return bits.slice(0, length).padEnd(length, '0')
}

/** bit varying(n): explicit casts cut what is longer. */
export function cutBits(bits: string, length: number, explicit: boolean): string {
  if (bits.length <= length) return bits
  if (!explicit) throw new SqlError('22001', `bit string too long for type bit varying(${length})`)
  return bits.slice(0, length)
}
