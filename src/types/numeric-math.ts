import { SqlError } from '../base/sql-error.ts'
import { expOfDecimal, lnOfDecimal, wholePower } from './binary-exp.ts'
import {
  compareNumeric,
  isSpecial,
  makeNumeric,
  NUMERIC_INFINITY,
  NUMERIC_NAN,
  numericOverflow,
  pow10,
  stripZeros,
} from './numeric.ts'
import {
  checked,
  divideRounded,
  divideToScale,
  divisionByZero,
  leadingDigit,
  numericMul,
  numericRound,
  numericSub,
  numericToFloat,
  RESULT_SCALE_MAX,
  scaleForWeight,
} from './numeric-arith.ts'
import type { Numeric } from './value.ts'

/** Roots, powers and logarithms of numerics: fixed-point integers with guard digits, PostgreSQL's result scales. */
const ONE: Numeric = { mantissa: 1, scale: 0 }
const MINUS_ONE: Numeric = { mantissa: -1, scale: 0 }
const GUARD = 12
/** PostgreSQL's constants: they decide result scales at powers of ten. */
const LOG10_E = Number('0.434294481903252')
const EXP_ARGUMENT_MAX = 6000
/** Of a power that is no whole number: PostgreSQL's bound, with what its estimate may be off. */
const LOGARITHM_MAX = 6020
const DIGITS_MIN = 16

export function numericSqrt(v: Numeric): Numeric {
  if (isSpecial(v)) {
    if (v.mantissa === -Infinity) throw negativeRoot()
    return v
  }
  if (v.mantissa < 0) throw negativeRoot()
  const { weight } = leadingDigit(v)
  const rootWeight = weight >= 0 ? Math.floor((weight * 4) / 2) + 1 : 1 - Math.floor((1 - weight * 4) / 2)
  return numericSqrtTo(v, scaleForWeight(rootWeight, v.scale))
}

/** The root of a number that is not negative, to a scale. */
export function numericSqrtTo(v: Numeric, scale: number): Numeric {
  // One digit more than wanted, then rounded: the root of an integer is never a tie.
  const root = integerRoot(fixed(v, 2 * scale + 2))
  return makeNumeric(divideRounded(root, 10n), scale)
}

function integerRoot(n: bigint): bigint {
  if (n < 2n) return n
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

export function numericExp(v: Numeric): Numeric {
  if (isSpecial(v)) return v.mantissa === -Infinity ? makeNumeric(0, 0) : v
  const argument = numericToFloat(v)
  if (argument >= EXP_ARGUMENT_MAX) throw numericOverflow()
  const weight = Math.max(-2000, argument * LOG10_E)
  const scale = scaleForWeight(Math.trunc(weight), v.scale)
  if (argument <= -EXP_ARGUMENT_MAX) return makeNumeric(0, scale)
  return expToScale(v, scale, weight)
}

function expToScale(v: Numeric, scale: number, decimalWeight: number): Numeric {
  const digits = scale + Math.max(0, Math.ceil(decimalWeight)) + GUARD
  return checked(numericRound(makeNumeric(expOfDecimal(fixed(v, digits), digits), digits), scale))
}

export function numericLn(v: Numeric): Numeric {
  if (isSpecial(v)) {
    if (v.mantissa === -Infinity) throw logOfNegative()
    return v
  }
  checkLogArgument(v)
  return lnToScale(v, scaleForWeight(lnWeight(v), v.scale))
}

function lnToScale(v: Numeric, scale: number): Numeric {
  const digits = scale + GUARD
  return numericRound(makeNumeric(lnFixed(v, digits), digits), scale)
}

const lnFixed = (v: Numeric, digits: number): bigint => lnOfDecimal(BigInt(v.mantissa), v.scale, digits)

/** log base b. */
export function numericLog(base: Numeric, v: Numeric): Numeric {
  if (isSpecial(base) || isSpecial(v)) {
    if (Number.isNaN(base.mantissa as number) || Number.isNaN(v.mantissa as number)) return NUMERIC_NAN
    if (base.mantissa < 0 || v.mantissa < 0) throw logOfNegative()
    return isSpecial(base) ? (isSpecial(v) ? NUMERIC_NAN : makeNumeric(0, 0)) : NUMERIC_INFINITY
  }
  checkLogArgument(base)
  checkLogArgument(v)
  const weight = lnWeight(v) - lnWeight(base)
  const scale = scaleForWeight(weight, base.scale, v.scale)
  const digits = scale + GUARD + Math.max(0, -lnWeight(base)) * 2 + Math.max(0, lnWeight(v))
  const below = makeNumeric(lnFixed(base, digits), digits)
  if (below.mantissa === 0) throw divisionByZero()
  return divideToScale(makeNumeric(lnFixed(v, digits), digits), below, scale)
}

/** Decimal weight of ln(v), by PostgreSQL's estimate. */
function lnWeight(v: Numeric): number {
  const small = compareNumeric(v, { mantissa: 9, scale: 1 }) >= 0 && compareNumeric(v, { mantissa: 11, scale: 1 }) <= 0
  if (small) {
    const x = stripZeros(numericSub(v, ONE))
    if (x.mantissa === 0) return 0
    const { weight, digit } = leadingDigit(x)
    return weight * 4 + Math.trunc(Math.log10(digit))
  }
  const ln = Math.abs(approximateLn(v))
  return Math.trunc(Math.log10(ln))
}

function approximateLn(v: Numeric): number {
  const digits = String(v.mantissa).slice(0, 15)
  return Math.log(Number(digits)) + (String(v.mantissa).length - digits.length - v.scale) * Math.LN10
}

export function numericPower(base: Numeric, exponent: Numeric): Numeric {
  if (isSpecial(base) || isSpecial(exponent)) return powerOfSpecial(base, exponent)
  const sign = base.mantissa < 0 ? -1 : Number(base.mantissa === 0) - 1
  const whole = stripZeros(exponent)
  if (base.mantissa === 0 && exponent.mantissa < 0) {
    throw new SqlError('2201F', 'zero raised to a negative power is undefined')
  }
  if (whole.scale === 0 && Math.abs(Number(whole.mantissa)) <= 0x7fffffff) {
    return integerPower(base, Number(whole.mantissa), exponent.scale)
  }
  if (sign < 0 && base.mantissa < 0 && whole.scale === 0) {
    const result = numericPower(makeNumeric(-base.mantissa as number | bigint, base.scale), exponent)
    return BigInt(whole.mantissa) % 2n === 0n ? result : makeNumeric(-result.mantissa as number | bigint, result.scale)
  }
  if (sign < 0 && base.mantissa < 0) {
    throw new SqlError('2201F', 'a negative number raised to a non-integer power yields a complex result')
  }
  if (base.mantissa === 0) return makeNumeric(0, 16)
  const weight = resultWeight(base, exponent)
  if (weight > LOGARITHM_MAX * LOG10_E) throw numericOverflow()
  if (weight < -LOGARITHM_MAX * LOG10_E) return makeNumeric(0, RESULT_SCALE_MAX)
  return powerByLogarithm(base, exponent, scaleForWeight(Math.trunc(weight), base.scale, exponent.scale), weight)
}

/** Decimal weight of base^exponent, from a logarithm of 8 digits as PostgreSQL estimates it. */
function resultWeight(base: Numeric, exponent: Numeric): number {
  const scale = Math.max(0, 8 - lnWeight(base))
  const product = numericMul(lnToScale(base, scale), exponent)
  return numericToFloat(numericRound(product, scale)) * LOG10_E
}

function powerByLogarithm(base: Numeric, exponent: Numeric, scale: number, weight: number): Numeric {
  const digits = scale + Math.max(0, Math.ceil(weight)) + GUARD + String(exponent.mantissa).length
  const ln = lnFixed(base, digits)
  const product = divideRounded(ln * BigInt(exponent.mantissa), pow10(exponent.scale))
  return expToScale(makeNumeric(product, digits), scale, weight)
}

function integerPower(base: Numeric, exponent: number, exponentScale: number): Numeric {
  const magnitude = base.mantissa < 0 ? (-base.mantissa as number | bigint) : base.mantissa
  const absolute = makeNumeric(magnitude, base.scale)
  const weight = magnitude === 0 ? 0 : exponent * approximateLn(absolute) * Math.LOG10E
  if (weight > 131072) throw numericOverflow()
  const scale = Math.min(Math.max(DIGITS_MIN, base.scale, exponentScale), RESULT_SCALE_MAX)
  if (weight + 1 < -RESULT_SCALE_MAX) return makeNumeric(0, scale)
  if (exponent === 0) return numericRound(ONE, scale)
  const digits = scale + Math.max(0, Math.ceil(weight)) + GUARD
  const power = wholePower(BigInt(magnitude), base.scale, Math.abs(exponent), exponent < 0, scale, digits)
  const negative = base.mantissa < 0 && exponent % 2 !== 0
  return checked(makeNumeric(negative ? -power : power, scale))
}

function powerOfSpecial(base: Numeric, exponent: Numeric): Numeric {
  if (exponent.mantissa === 0 || compareNumeric(base, ONE) === 0) return ONE
  if (Number.isNaN(base.mantissa as number) || Number.isNaN(exponent.mantissa as number)) return NUMERIC_NAN
  if (base.mantissa < 0 && !isSpecial(exponent) && stripZeros(exponent).scale > 0)
    throw new SqlError('2201F', 'a negative number raised to a non-integer power yields a complex result')
  if (base.mantissa === 0 && exponent.mantissa < 0)
    throw new SqlError('2201F', 'zero raised to a negative power is undefined')
  if (compareNumeric(base, MINUS_ONE) === 0) return ONE
  const value = numericToFloat(base) ** numericToFloat(exponent)
  return Number.isFinite(value) ? makeNumeric(Math.round(value), 0) : { mantissa: value, scale: 0 }
}

/** v as an integer at a scale (digits beyond it cut off). */
function fixed(v: Numeric, scale: number): bigint {
  const shift = scale - v.scale
  return shift >= 0 ? BigInt(v.mantissa) * pow10(shift) : BigInt(v.mantissa) / pow10(-shift)
}

function checkLogArgument(v: Numeric): void {
  if (v.mantissa === 0) throw new SqlError('2201E', 'cannot take logarithm of zero')
  if (v.mantissa < 0) throw logOfNegative()
}

function logOfNegative(): SqlError {
  return new SqlError('2201E', 'cannot take logarithm of a negative number')
}

function negativeRoot(): SqlError {
  return new SqlError('2201F', 'cannot take square root of a negative number')
}
