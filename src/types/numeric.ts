import { SqlError } from '../base/sql-error.ts'
import type { Numeric } from './value.ts'

/**
 * numeric: making, comparing, text. value = mantissa / 10^scale; the mantissa is a number while it is a safe integer.
 * Arithmetic is in numeric-arith.ts, roots and logarithms in numeric-math.ts.
 */
export const NUMERIC_NAN: Numeric = { mantissa: NaN, scale: 0 }
export const NUMERIC_INFINITY: Numeric = { mantissa: Infinity, scale: 0 }
export const NUMERIC_MINUS_INFINITY: Numeric = { mantissa: -Infinity, scale: 0 }

/** PostgreSQL's bounds of a numeric without modifiers. */
export const NUMERIC_SCALE_MAX = 16383
const DIGITS_BEFORE_POINT_MAX = 131072

export function isSpecial(v: Numeric): boolean {
  return typeof v.mantissa === 'number' && !Number.isFinite(v.mantissa)
}

/** The canonical Numeric of mantissa / 10^scale; scale must be ≥ 0. */
export function makeNumeric(mantissa: number | bigint, scale: number): Numeric {
  if (typeof mantissa === 'bigint') {
    if (mantissa >= -9007199254740991n && mantissa <= 9007199254740991n) return { mantissa: Number(mantissa), scale }
    return { mantissa, scale }
  }
  // -0 has no place among integers: it would print and encode differently from 0.
  return { mantissa: mantissa === 0 ? 0 : mantissa, scale }
}

export function numericFromInt(value: number | bigint): Numeric {
  return makeNumeric(value, 0)
}

const POWERS: bigint[] = [1n]
/** 10^n as a bigint; small powers are kept. */
export function pow10(n: number): bigint {
  if (n > 512) return 10n ** BigInt(n)
  for (let i = POWERS.length; i <= n; i++) POWERS.push(POWERS[i - 1] * 10n)
  return POWERS[n]
}

/** 10^n as an exact number, n ≤ 15. */
export const POW10_SAFE: readonly number[] = Array.from({ length: 16 }, (_, n) => Number(10n ** BigInt(n)))

/** The mantissa at another, not smaller, scale. */
export function mantissaAtScale(v: Numeric, scale: number): number | bigint {
  const shift = scale - v.scale
  if (shift === 0) return v.mantissa
  if (typeof v.mantissa === 'number' && shift <= 15) {
    const product = v.mantissa * POW10_SAFE[shift]
    if (Number.isSafeInteger(product)) return product
  }
  return BigInt(v.mantissa) * pow10(shift)
}

/** -1, 0, 1; by value whatever the scale; NaN equals NaN and is the largest. */
export function compareNumeric(a: Numeric, b: Numeric): number {
  if (isSpecial(a) || isSpecial(b)) return rank(a) - rank(b) || 0
  let x = a.mantissa
  let y = b.mantissa
  if (a.scale < b.scale) x = mantissaAtScale(a, b.scale)
  else if (a.scale > b.scale) y = mantissaAtScale(b, a.scale)
  return x < y ? -1 : x > y ? 1 : 0
}

function rank(v: Numeric): number {
  if (!isSpecial(v)) return 0
  return Number.isNaN(v.mantissa as number) ? 2 : v.mantissa === Infinity ? 1 : -1
}

/** The same value without trailing zeros after the point: equal values give equal (mantissa, scale). */
export function stripZeros(v: Numeric): Numeric {
  let { mantissa, scale } = v
  if (scale === 0) return v
  while (scale > 0 && typeof mantissa === 'bigint' && mantissa % 10n === 0n) {
    mantissa /= 10n
    scale--
  }
  if (typeof mantissa === 'bigint') {
    const small = makeNumeric(mantissa, scale)
    if (typeof small.mantissa === 'bigint') return small
    mantissa = small.mantissa
  }
  while (scale > 0 && mantissa % 10 === 0) {
    mantissa /= 10
    scale--
  }
  return { mantissa, scale }
}

export function formatNumeric(v: Numeric): string {
  if (isSpecial(v)) return String(v.mantissa)
  const negative = v.mantissa < 0
  let digits = String(v.mantissa)
  if (v.scale === 0) return digits
  if (negative) digits = digits.slice(1)
  if (digits.length <= v.scale) digits = digits.padStart(v.scale + 1, '0')
  const point = digits.length - v.scale
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}

const NUMERIC_TEXT = /^([+-]?)(\d+(?:_\d+)*)?(?:\.(\d+(?:_\d+)*)?)?(?:[eE]([+-]?\d+))?$/

/** Parses decimal text with optional exponent, NaN and infinities; undefined when it is none. Throws 22003 when too large. */
export function parseNumericText(text: string): Numeric | undefined {
  const trimmed = text.trim()
  const match = NUMERIC_TEXT.exec(trimmed)
  if (match === null || (match[2] === undefined && match[3] === undefined)) return parseSpecial(trimmed)
  if (trimmed.includes('_')) return undefined
  const whole = match[2] ?? ''
  const fraction = match[3] ?? ''
  const exponent = match[4] === undefined ? 0 : Number(match[4])
  if (Math.abs(exponent) > 1_073_741_823) throw numericOverflow()
  let digits = whole + fraction
  let scale = fraction.length - exponent
  if (scale < 0) {
    if (/^0*$/.test(digits)) digits = '0'
    else if (digits.replace(/^0+/, '').length - scale > DIGITS_BEFORE_POINT_MAX) throw numericOverflow()
    else digits += '0'.repeat(-scale)
    scale = 0
  }
  if (
    digits.length - scale > DIGITS_BEFORE_POINT_MAX &&
    digits.replace(/^0+/, '').length - scale > DIGITS_BEFORE_POINT_MAX
  ) {
    throw numericOverflow()
  }
  const sign = match[1] === '-' ? '-' : ''
  if (scale > NUMERIC_SCALE_MAX) {
    // Digits beyond the largest scale round away.
    const cut = digits.slice(0, Math.max(0, digits.length - (scale - NUMERIC_SCALE_MAX)))
    const next = digits.length - (scale - NUMERIC_SCALE_MAX) >= 0 ? digits.charCodeAt(cut.length) - 48 : 0
    const mantissa = BigInt(cut || '0') + (next >= 5 ? 1n : 0n)
    return makeNumeric(sign ? -mantissa : mantissa, NUMERIC_SCALE_MAX)
  }
  if (digits.length <= 15) return makeNumeric(Number(sign + digits), scale)
  return makeNumeric(BigInt(sign + digits), scale)
}

function parseSpecial(text: string): Numeric | undefined {
  switch (text.toLowerCase()) {
    case 'nan':
      return NUMERIC_NAN
    case 'infinity':
    case '+infinity':
    case 'inf':
    case '+inf':
      return NUMERIC_INFINITY
    case '-infinity':
    case '-inf':
      return NUMERIC_MINUS_INFINITY
    default:
      return undefined
  }
}

export function numericOverflow(): SqlError {
  return new SqlError('22003', 'value overflows numeric format')
}
