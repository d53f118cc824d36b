import { SqlError } from '../base/sql-error.ts'
import {
  formatNumeric,
  isSpecial,
  makeNumeric,
  NUMERIC_INFINITY,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  parseNumericText,
} from '../types/numeric.ts'
import { numericTrunc } from '../types/numeric-arith.ts'
import type { Numeric } from '../types/value.ts'

/** numeric on the wire: digit count, weight, sign, display scale, then digits of base 10,000. */
const NEGATIVE = 0x4000
const NAN = 0xc000
const POSITIVE_INFINITY = 0xd000
const NEGATIVE_INFINITY = 0xf000

export function writeNumeric(value: Numeric): Uint8Array {
  if (isSpecial(value)) {
    const sign = Number.isNaN(value.mantissa as number)
      ? NAN
      : value.mantissa === Infinity
        ? POSITIVE_INFINITY
        : NEGATIVE_INFINITY
    return pack([], 0, sign, 0)
  }
  const [whole, fraction = ''] = formatNumeric(value).replace('-', '').split('.')
  const before = whole.replace(/^0+/, '')
  const left = before.padStart(Math.ceil(before.length / 4) * 4, '0')
  const right = fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0')
  const digits: number[] = []
  for (let i = 0; i < left.length; i += 4) digits.push(Number(left.slice(i, i + 4)))
  for (let i = 0; i < right.length; i += 4) digits.push(Number(right.slice(i, i + 4)))
  let weight = left.length / 4 - 1
  let first = 0
  while (first < digits.length && digits[first] === 0) {
    first++
    weight--
  }
  let last = digits.length
  while (last > first && digits[last - 1] === 0) last--
  const used = digits.slice(first, last)
  return pack(used, used.length === 0 ? 0 : weight, value.mantissa < 0 ? NEGATIVE : 0, value.scale)
}

function pack(digits: readonly number[], weight: number, sign: number, scale: number): Uint8Array {
  const out = Buffer.alloc(8 + digits.length * 2)
  out.writeInt16BE(digits.length, 0)
  out.writeInt16BE(weight, 2)
  out.writeUInt16BE(sign, 4)
  out.writeInt16BE(scale, 6)
  for (let i = 0; i < digits.length; i++) out.writeInt16BE(digits[i], 8 + i * 2)
  return out
}

export function readNumeric(bytes: Buffer): Numeric {
  if (bytes.length < 8 || bytes.length !== 8 + bytes.readUInt16BE(0) * 2) {
    throw new SqlError('22P03', 'incorrect binary data format')
  }
  const sign = bytes.readUInt16BE(4)
  if (sign === NAN) return NUMERIC_NAN
  if (sign === POSITIVE_INFINITY) return NUMERIC_INFINITY
  if (sign === NEGATIVE_INFINITY) return NUMERIC_MINUS_INFINITY
  if (sign !== 0 && sign !== NEGATIVE) throw new SqlError('22P03', 'invalid sign in external "numeric" value')
  const scale = bytes.readUInt16BE(6)
  if (scale > 0x3fff) throw new SqlError('22P03', 'invalid scale in external "numeric" value')
  let digits = ''
  for (let at = 8; at < bytes.length; at += 2) {
    const digit = bytes.readInt16BE(at)
    if (digit < 0 || digit > 9999) throw new SqlError('22P03', 'invalid digit in external "numeric" value')
    digits += String(digit).padStart(4, '0')
  }
  if (digits === '') return makeNumeric(0, scale)
  const exponent = (bytes.readInt16BE(2) + 1) * 4 - digits.length
  const value = parseNumericText(`${sign === NEGATIVE ? '-' : ''}${digits}e${exponent}`)!
  return numericTrunc(value, scale)
}
