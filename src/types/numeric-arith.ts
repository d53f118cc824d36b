import { SqlError } from '../base/sql-error.ts'
import {
  compareNumeric,
  formatNumeric,
  isSpecial,
  makeNumeric,
  mantissaAtScale,
  NUMERIC_INFINITY,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  NUMERIC_SCALE_MAX,
  numericOverflow,
  parseNumericText,
  pow10,
} from './numeric.ts'
import type { Numeric } from './value.ts'

/** Exact numeric arithmetic with PostgreSQL's result scales; numbers while mantissas are safe integers. */
const special = (value: number): Numeric =>
  Number.isNaN(value) ? NUMERIC_NAN : value > 0 ? NUMERIC_INFINITY : NUMERIC_MINUS_INFINITY

/** IEEE rules for NaN and the infinities: what floats do with the same classes of operands. */
function classOf(v: Numeric): number {
  return isSpecial(v) ? (v.mantissa as number) : v.mantissa > 0 ? 1 : v.mantissa < 0 ? -1 : 0
}

export function numericAdd(a: Numeric, b: Numeric): Numeric {
  if (isSpecial(a) || isSpecial(b)) return special(classOf(a) + classOf(b))
  const scale = Math.max(a.scale, b.scale)
  const x = mantissaAtScale(a, scale)
  const y = mantissaAtScale(b, scale)
  if (typeof x === 'number' && typeof y === 'number') {
    const sum = x + y
    if (Number.isSafeInteger(sum)) return makeNumeric(sum, scale)
  }
  return checked(makeNumeric(BigInt(x) + BigInt(y), scale))
}

export function numericNegate(a: Numeric): Numeric {
  return makeNumeric(-a.mantissa as number | bigint, a.scale)
}

export function numericSub(a: Numeric, b: Numeric): Numeric {
  return numericAdd(a, numericNegate(b))
}

export function numericMul(a: Numeric, b: Numeric): Numeric {
  if (isSpecial(a) || isSpecial(b)) return special(classOf(a) * classOf(b))
  const scale = a.scale + b.scale
  if (typeof a.mantissa === 'number' && typeof b.mantissa === 'number') {
    const product = a.mantissa * b.mantissa
    if (Number.isSafeInteger(product) && scale <= NUMERIC_SCALE_MAX) return makeNumeric(product, scale)
  }
  const product = makeNumeric(BigInt(a.mantissa) * BigInt(b.mantissa), scale)
  return checked(scale > NUMERIC_SCALE_MAX ? numericRound(product, NUMERIC_SCALE_MAX) : product)
}

export function numericDiv(a: Numeric, b: Numeric): Numeric {
  if (isSpecial(a) || isSpecial(b)) {
    if (!isSpecial(b) && Number(b.mantissa) === 0 && !Number.isNaN(a.mantissa as number)) throw divisionByZero()
    const quotient = classOf(a) / classOf(b)
    return quotient === 0 ? makeNumeric(0, 0) : special(quotient)
  }
  return divideToScale(a, b, divisionScale(a, b))
}

/** a / b rounded half away from zero to a scale. */
export function divideToScale(a: Numeric, b: Numeric, scale: number): Numeric {
  if (Number(b.mantissa) === 0) throw divisionByZero()
  // a.m/10^a.s / (b.m/10^b.s) * 10^scale = a.m * 10^(scale + b.s - a.s) / b.m
  const shift = scale + b.scale - a.scale
  let numerator = BigInt(a.mantissa)
  let denominator = BigInt(b.mantissa)
  if (shift >= 0) numerator *= pow10(shift)
  else denominator *= pow10(-shift)
  return checked(makeNumeric(divideRounded(numerator, denominator), scale))
}

/** Half away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  const rest = numerator % denominator
  const twice = (rest < 0n ? -rest : rest) * 2n
  if (twice < (denominator < 0n ? -denominator : denominator)) return quotient
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n
}

/** The first base-10000 digit and its weight: what PostgreSQL's scale rules are stated in. */
export function leadingDigit(v: Numeric): { weight: number; digit: number } {
  let digits = String(v.mantissa)
  if (digits.startsWith('-')) digits = digits.slice(1)
  if (digits === '0') return { weight: 0, digit: 0 }
  const before = digits.length - v.scale
  const weight = Math.floor((before - 1) / 4)
  return { weight, digit: Number(digits.slice(0, before - 4 * weight).padEnd(before - 4 * weight, '0')) }
}

const SIGNIFICANT_MIN = 16
export const RESULT_SCALE_MAX = 1000

/** The result scale for at least 16 significant digits, given the decimal weight of the result. */
export function scaleForWeight(decimalWeight: number, ...atLeast: readonly number[]): number {
  return Math.min(Math.max(SIGNIFICANT_MIN - decimalWeight, 0, ...atLeast), RESULT_SCALE_MAX)
}

function divisionScale(a: Numeric, b: Numeric): number {
  const x = leadingDigit(a)
  const y = leadingDigit(b)
  const weight = x.weight - y.weight - (x.digit <= y.digit ? 1 : 0)
  return scaleForWeight(weight * 4, a.scale, b.scale)
}

/** The remainder with the sign of the dividend. */
export function numericMod(a: Numeric, b: Numeric): Numeric {
  if (isSpecial(a) || isSpecial(b)) {
    if (Number.isNaN(a.mantissa as number) || Number.isNaN(b.mantissa as number)) return NUMERIC_NAN
    if (Number(b.mantissa) === 0) throw divisionByZero()
    return isSpecial(a) ? NUMERIC_NAN : a
  }
  if (Number(b.mantissa) === 0) throw divisionByZero()
  const scale = Math.max(a.scale, b.scale)
  const x = mantissaAtScale(a, scale)
  const y = mantissaAtScale(b, scale)
  if (typeof x === 'number' && typeof y === 'number') return makeNumeric(x % y, scale)
  return makeNumeric(BigInt(x) % BigInt(y), scale)
}

/** div(): the quotient truncated to an integer. */
export function numericQuotient(a: Numeric, b: Numeric): Numeric {
  if (isSpecial(a) || isSpecial(b)) return numericDiv(a, b)
  if (Number(b.mantissa) === 0) throw divisionByZero()
  const scale = Math.max(a.scale, b.scale)
  return makeNumeric(BigInt(mantissaAtScale(a, scale)) / BigInt(mantissaAtScale(b, scale)), 0)
}

/** Rounds half away from zero to `scale` digits after the point (before it when negative); also extends the scale. */
export function numericRound(v: Numeric, scale: number): Numeric {
  return rescale(v, scale, divideRounded)
}

export function numericTrunc(v: Numeric, scale: number): Numeric {
  return rescale(v, scale, (numerator, denominator) => numerator / denominator)
}

/** Before the point. */
const DIGITS_MAX = 131_072

function rescale(v: Numeric, scale: number, divide: (n: bigint, d: bigint) => bigint): Numeric {
  if (isSpecial(v)) return v
  scale = Math.max(-DIGITS_MAX, Math.min(NUMERIC_SCALE_MAX, scale))
  if (scale >= v.scale) return makeNumeric(mantissaAtScale(v, scale), scale)
  const quotient = divide(BigInt(v.mantissa), pow10(v.scale - scale))
  return scale >= 0 ? makeNumeric(quotient, scale) : makeNumeric(quotient * pow10(-scale), 0)
}

export function numericFloor(v: Numeric): Numeric {
  const whole = numericTrunc(v, 0)
  return v.mantissa < 0 && compareNumeric(whole, v) !== 0 ? numericAdd(whole, { mantissa: -1, scale: 0 }) : whole
}

export function numericCeil(v: Numeric): Numeric {
  return numericNegate(numericFloor(numericNegate(v)))
}

export function numericAbs(v: Numeric): Numeric {
  return v.mantissa < 0 ? numericNegate(v) : v
}

export function numericToFloat(v: Numeric): number {
  if (isSpecial(v)) return v.mantissa as number
  if (typeof v.mantissa === 'number' && v.scale <= 15) return v.mantissa / 10 ** v.scale
  return Number(formatNumeric(v))
}

/** The nearest integer, half away from zero; undefined for NaN and the infinities. */
export function numericToInteger(v: Numeric): number | bigint | undefined {
  return isSpecial(v) ? undefined : numericRound(v, 0).mantissa
}

/** float8 (15 digits) or float4 (6 digits) to numeric, as PostgreSQL casts. */
export function numericFromFloat(value: number, digits: 15 | 6): Numeric {
  if (!Number.isFinite(value)) return special(value)
  if (Number.isInteger(value) && Math.abs(value) < 10 ** digits) return makeNumeric(value, 0)
  return shorten(parseNumericText(value.toPrecision(digits))!)
}

/** %.15g prints no trailing zeros after the point. */
function shorten(v: Numeric): Numeric {
  const text = formatNumeric(v)
  return v.scale === 0 ? v : parseNumericText(text.replace(/\.?0+$/, ''))!
}

/** numeric(precision, scale): rounds, then 22003 when the integer part has too many digits. */
export function applyPrecision(v: Numeric, precision: number, scale: number): Numeric {
  if (isSpecial(v)) {
    if (Number.isNaN(v.mantissa as number)) return v
    throw fieldOverflow(`A field with precision ${precision}, scale ${scale} cannot hold an infinite value.`)
  }
  const rounded = scale === v.scale ? v : numericRound(v, scale)
  const limit = precision - scale + rounded.scale
  const mantissa = rounded.mantissa < 0 ? -rounded.mantissa : rounded.mantissa
  if (limit <= 15 ? mantissa >= 10 ** limit : mantissa >= pow10(limit)) {
    const bound = precision === scale ? '1' : `10^${precision - scale}`
    throw fieldOverflow(
      `A field with precision ${precision}, scale ${scale} must round to an absolute value less than ${bound}.`,
    )
  }
  return rounded
}

function fieldOverflow(detail: string): SqlError {
  return new SqlError('22003', 'numeric field overflow', { detail })
}

export function divisionByZero(): SqlError {
  return new SqlError('22012', 'division by zero')
}

/** 131,072 digits before the point at most. */
const MANTISSA_BITS_MAX = Math.ceil(131072 * Math.log2(10))
export function checked(v: Numeric): Numeric {
  if (typeof v.mantissa !== 'bigint') return v
  // A cheap bound first: hexadecimal length is linear, decimal length is not.
  if (
    v.mantissa.toString(16).length * 4 > MANTISSA_BITS_MAX &&
    formatNumeric(v).replace(/^-|\..*/g, '').length > 131072
  ) {
    throw numericOverflow()
  }
  return v
}
