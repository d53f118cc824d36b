import { SqlError } from '../../base/sql-error.ts'
import { compareNumeric, isSpecial, makeNumeric } from '../../types/numeric.ts'
import {
  numericAdd,
  numericCeil,
  numericFloor,
  numericQuotient,
  numericRound,
  numericTrunc,
} from '../../types/numeric-arith.ts'
import { numericExp, numericLn, numericLog, numericPower, numericSqrt } from '../../types/numeric-math.ts'
import type { Numeric } from '../../types/value.ts'
import { roundEven } from '../cast-values.ts'
import { def, type Options } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { checkedFloat } from '../inline-helpers.ts'

/** Rounding, roots, powers, logarithms and trigonometry of float8 and numeric. */
const inlineCall = (js: string): Options => ({ inline: ([a]) => `${js}(${a})` })

function floatPower(a: number, b: number): number {
  if (a === 0 && b < 0) throw new SqlError('2201F', 'zero raised to a negative power is undefined')
  if (a < 0 && Number.isFinite(b) && !Number.isInteger(b)) {
    throw new SqlError('2201F', 'a negative number raised to a non-integer power yields a complex result')
  }
  // POSIX: 1 to any power and any to the 0th are 1, NaN included.
  if (a === 1 || b === 0 || (a === -1 && Math.abs(b) === Infinity)) return 1
  return checkedFloat(a ** b, Number.isFinite(a) && Number.isFinite(b), a === 0)
}

function floatSqrt(a: number): number {
  if (a < 0) throw new SqlError('2201F', 'cannot take square root of a negative number')
  return Math.sqrt(a)
}

function floatLog(log: (x: number) => number): (a: number) => number {
  return (a) => {
    if (a === 0) throw new SqlError('2201E', 'cannot take logarithm of zero')
    if (a < 0) throw new SqlError('2201E', 'cannot take logarithm of a negative number')
    return log(a)
  }
}

function inDomain(fn: (a: number) => number, test: (a: number) => boolean): (a: number) => number {
  return (a) => {
    if (!Number.isNaN(a) && !test(a)) throw new SqlError('22003', 'input is out of range')
    return fn(a)
  }
}

/** A zero keeps the sign of what it was rounded from. */
function floatRound(a: number): number {
  const rounded = roundEven(a)
  return rounded === 0 && (a < 0 || Object.is(a, -0)) ? -0 : rounded
}

/** One step of Newton's behind V8's, which is some units of the last place off. */
function cubeRoot(a: number): number {
  const root = Math.cbrt(a)
  if (root === 0 || !Number.isFinite(root)) return root
  const cube = root * root * root
  return Number.isFinite(cube) && Math.abs(cube) > 1e-300 ? root - (cube - a) / (3 * root * root) : root
}

const unit = (a: number): boolean => a >= -1 && a <= 1
const isFiniteNumber = (a: number): boolean => Number.isFinite(a)

const TRIGONOMETRY: readonly (readonly [name: string, fn: (a: number) => number, argument: string, result: string])[] =
  [
    ['sin', inDomain(Math.sin, isFiniteNumber), '0', '0'],
    ['cos', inDomain(Math.cos, isFiniteNumber), '0', '1'],
    ['tan', inDomain(Math.tan, isFiniteNumber), '0', '0'],
    ['cot', inDomain((a) => 1 / Math.tan(a), isFiniteNumber), '0.5', '1.830487721712452'],
    ['asin', inDomain(Math.asin, unit), '1', '1.5707963267948966'],
    ['acos', inDomain(Math.acos, unit), '1', '0'],
    ['atan', Math.atan, '1', '0.7853981633974483'],
    ['sinh', Math.sinh, '0', '0'],
    ['cosh', Math.cosh, '0', '1'],
    ['tanh', Math.tanh, '0', '0'],
    ['degrees', (a) => checkedFloat(a / (Math.PI / 180), Number.isFinite(a), a === 0), '0', '0'],
    ['radians', (a) => checkedFloat(a * (Math.PI / 180), Number.isFinite(a), a === 0), '180', '3.141592653589793'],
  ]

const floats: readonly ScalarFunction[] = [
  ...['ceil', 'ceiling'].map((name) =>
    def(`${name}(float8) float8`, Math.ceil, {
      ...inlineCall('Math.ceil'),
      example: [`${name}('-1.5'::float8)`, '-1'],
    }),
  ),
  def('floor(float8) float8', Math.floor, { ...inlineCall('Math.floor'), example: ["floor('-1.5'::float8)", '-2'] }),
  def('round(float8) float8', floatRound, { example: ["round('2.5'::float8)", '2'] }),
  def('trunc(float8) float8', Math.trunc, { ...inlineCall('Math.trunc'), example: ["trunc('-1.7'::float8)", '-1'] }),
  def('sign(float8) float8', (a: number) => (a > 0 ? 1 : a < 0 ? -1 : 0), {
    example: ["sign('-8.4'::float8)", '-1'],
  }),
  def('sqrt(float8) float8', floatSqrt, { fallible: true, example: ["sqrt('2'::float8)", '1.4142135623730951'] }),
  def('dsqrt(float8) float8', floatSqrt, { op: '|/', fallible: true, example: ["|/ '25'::float8", '5'] }),
  def('cbrt(float8) float8', cubeRoot, { example: ["cbrt('27'::float8)", '3'] }),
  def('dcbrt(float8) float8', cubeRoot, { op: '||/', example: ["||/ '27'::float8", '3'] }),
  ...['power', 'pow'].map((name) =>
    def(`${name}(float8,float8) float8`, floatPower, {
      fallible: true,
      example: [`${name}(2::float8, 10::float8)`, '1024'],
    }),
  ),
  def('dpow(float8,float8) float8', floatPower, { op: '^', fallible: true, example: ['2::float8 ^ 3::float8', '8'] }),
  def('exp(float8) float8', (a: number) => checkedFloat(Math.exp(a), Number.isFinite(a), false), {
    fallible: true,
    example: ["exp('0'::float8)", '1'],
  }),
  def('ln(float8) float8', floatLog(Math.log), { fallible: true, example: ["ln('1'::float8)", '0'] }),
  ...['log', 'log10'].map((name) =>
    def(`${name}(float8) float8`, floatLog(Math.log10), { fallible: true, example: [`${name}('100'::float8)`, '2'] }),
  ),
  ...TRIGONOMETRY.map(([name, fn, a, result]) =>
    def(`${name}(float8) float8`, fn, { fallible: true, example: [`${name}('${a}'::float8)`, result] }),
  ),
  def('atan2(float8,float8) float8', Math.atan2, { example: ['atan2(1::float8, 0::float8)', '1.5707963267948966'] }),
  def('pi() float8', () => Math.PI, { example: ['pi()', '3.141592653589793'] }),
]

const ten = makeNumeric(10, 0)
const numericSign = (a: Numeric): Numeric =>
  Number.isNaN(a.mantissa as number) ? a : makeNumeric(compareNumeric(a, makeNumeric(0, 0)), 0)

function scaleOf(a: Numeric): number | null {
  return isSpecial(a) ? null : a.scale
}

function trimScale(a: Numeric): Numeric {
  let { mantissa, scale } = a
  if (isSpecial(a)) return a
  while (scale > 0 && BigInt(mantissa) % 10n === 0n) {
    mantissa = typeof mantissa === 'number' ? mantissa / 10 : mantissa / 10n
    scale--
  }
  return makeNumeric(mantissa, scale)
}

const numerics: readonly ScalarFunction[] = [
  ...['ceil', 'ceiling'].map((name) =>
    def(`${name}(numeric) numeric`, numericCeil, { example: [`${name}(-1.5)`, '-1'] }),
  ),
  def('floor(numeric) numeric', numericFloor, { example: ['floor(-1.5)', '-2'] }),
  def('round(numeric) numeric', (a: Numeric) => numericRound(a, 0), { example: ['round(2.5)', '3'] }),
  def('round(numeric,int4) numeric', numericRound, { example: ['round(42.4382, 2)', '42.44'] }),
  def('trunc(numeric) numeric', (a: Numeric) => numericTrunc(a, 0), { example: ['trunc(-42.8)', '-42'] }),
  def('trunc(numeric,int4) numeric', numericTrunc, { example: ['trunc(42.4382, 2)', '42.43'] }),
  def('sign(numeric) numeric', numericSign, { example: ['sign(-8.4)', '-1'] }),
  def('factorial(int8) numeric', factorial, { fallible: true, example: ['factorial(20)', '2432902008176640000'] }),
  def('sqrt(numeric) numeric', numericSqrt, { fallible: true, example: ['sqrt(2.0)', '1.414213562373095'] }),
  ...['power', 'pow'].map((name) =>
    def(`${name}(numeric,numeric) numeric`, numericPower, {
      fallible: true,
      example: [`${name}(9.0, 3.0)`, '729.0000000000000000'],
    }),
  ),
  def('numeric_power(numeric,numeric) numeric', numericPower, {
    op: '^',
    fallible: true,
    example: ['2.0 ^ 3.0', '8.0000000000000000'],
  }),
  def('exp(numeric) numeric', numericExp, { fallible: true, example: ['exp(1.0)', '2.7182818284590452'] }),
  def('ln(numeric) numeric', numericLn, { fallible: true, example: ['ln(2.0)', '0.6931471805599453'] }),
  ...['log', 'log10'].map((name) =>
    def(`${name}(numeric) numeric`, (a: Numeric) => numericLog(ten, a), {
      fallible: true,
      example: [`${name}(100.0)`, '2.0000000000000000'],
    }),
  ),
  def('log(numeric,numeric) numeric', numericLog, {
    fallible: true,
    example: ['log(2.0, 64.0)', '6.0000000000000000'],
  }),
  def('div(numeric,numeric) numeric', numericQuotient, { fallible: true, example: ['div(9, 4)', '2'] }),
  def('numeric_inc(numeric) numeric', (a: Numeric) => numericAdd(a, makeNumeric(1, 0)), {
    fallible: true,
    example: ['numeric_inc(1.5)', '2.5'],
  }),
  def('scale(numeric) int4', scaleOf, { example: ['scale(8.4100)', '4'] }),
  def('min_scale(numeric) int4', (a: Numeric) => scaleOf(trimScale(a)), { example: ['min_scale(8.4100)', '2'] }),
  def('trim_scale(numeric) numeric', trimScale, { example: ['trim_scale(8.4100)', '8.41'] }),
]

function factorial(n: number | bigint): Numeric {
  if (n < 0) throw new SqlError('22003', 'factorial of a negative number is undefined')
  if (n > 32177) throw new SqlError('22003', 'value overflows numeric format')
  let product = 1n
  for (let k = 2n; k <= n; k++) product *= k
  return makeNumeric(product, 0)
}

export const mathFunctions: readonly ScalarFunction[] = [...floats, ...numerics]
