import { SqlError } from '../../base/sql-error.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** Trigonometry in degrees, exact at the angles people know (sind(30) is 0.5), and the inverse hyperbolic functions. */
const RADIANS = Math.PI / 180
const SIN_30 = Math.sin(30 * RADIANS)
const ONE_MINUS_COS_60 = 1 - Math.cos(60 * RADIANS)
const ASIN_HALF = Math.asin(0.5)
const ACOS_HALF = Math.acos(0.5)
const ATAN_ONE = Math.atan(1)

/** Scaled so that the ends of each range come out exact. */
const sineTo30 = (x: number): number => Math.sin(x * RADIANS) / SIN_30 / 2
const cosineTo60 = (x: number): number => 1 - (1 - Math.cos(x * RADIANS)) / ONE_MINUS_COS_60 / 2
const sineTo90 = (x: number): number => (x <= 30 ? sineTo30(x) : cosineTo60(90 - x))
const cosineTo90 = (x: number): number => (x <= 60 ? cosineTo60(x) : sineTo30(90 - x))
const TAN_45 = sineTo90(45) / cosineTo90(45)
const COT_45 = cosineTo90(45) / sineTo90(45)

const outOfRange = (): SqlError => new SqlError('22003', 'input is out of range')

/** An angle of the first quadrant and the signs that folding it there gives sine and cosine. */
function folded(angle: number): { readonly x: number; readonly sine: number; readonly cosine: number } {
  if (!Number.isFinite(angle)) throw outOfRange()
  let x = angle % 360
  let sine = 1
  let cosine = 1
  if (x < 0) {
    x = -x
    sine = -sine
  }
  if (x > 180) {
    x = 360 - x
    sine = -sine
  }
  if (x > 90) {
    x = 180 - x
    cosine = -cosine
  }
  return { x, sine, cosine }
}

const ofAngle =
  (value: (f: ReturnType<typeof folded>) => number) =>
  (angle: number): number =>
    // There is no negative zero among the results.
    Number.isNaN(angle) ? NaN : value(folded(angle)) + 0

const sind = ofAngle(({ x, sine }) => sine * sineTo90(x))
const cosd = ofAngle(({ x, cosine }) => cosine * cosineTo90(x))
const tand = ofAngle(({ x, sine, cosine }) => sine * cosine * (sineTo90(x) / cosineTo90(x) / TAN_45))
const cotd = ofAngle(({ x, sine, cosine }) => sine * cosine * (cosineTo90(x) / sineTo90(x) / COT_45))

const arcSineTo90 = (x: number): number =>
  x <= 0.5 ? (Math.asin(x) / ASIN_HALF) * 30 : 90 - (Math.acos(x) / ACOS_HALF) * 60
const arcCosineTo90 = (x: number): number =>
  x <= 0.5 ? 90 - (Math.asin(x) / ASIN_HALF) * 30 : (Math.acos(x) / ACOS_HALF) * 60

const withinOne =
  (value: (x: number) => number) =>
  (x: number): number => {
    if (Number.isNaN(x)) return NaN
    if (x < -1 || x > 1) throw outOfRange()
    return value(x)
  }

const asind = withinOne((x) => (x >= 0 ? arcSineTo90(x) : -arcSineTo90(-x)))
const acosd = withinOne((x) => (x >= 0 ? arcCosineTo90(x) : 90 + arcSineTo90(-x)))
const atand = (x: number): number => (Math.atan(x) / ATAN_ONE) * 45
const atan2d = (y: number, x: number): number => (Math.atan2(y, x) / ATAN_ONE) * 45

function acosh(x: number): number {
  if (x < 1) throw outOfRange()
  return Math.acosh(x)
}

function atanh(x: number): number {
  if (x < -1 || x > 1) throw outOfRange()
  return Math.atanh(x)
}

const row = (name: string, fn: (x: number) => number, argument: string, result: string): ScalarFunction =>
  def(`${name}(float8) float8`, fn, { fallible: true, example: [`${name}('${argument}'::float8)`, result] })

export const degreeFunctions: readonly ScalarFunction[] = [
  row('sind', sind, '30', '0.5'),
  row('cosd', cosd, '240', '-0.5'),
  row('tand', tand, '135', '-1'),
  row('cotd', cotd, '45', '1'),
  row('asind', asind, '-0.5', '-30'),
  row('acosd', acosd, '0.5', '60'),
  row('atand', atand, '1', '45'),
  def('atan2d(float8,float8) float8', atan2d, { example: ["atan2d('1'::float8, '0'::float8)", '90'] }),
  row('asinh', Math.asinh, '0', '0'),
  row('acosh', acosh, '1', '0'),
  row('atanh', atanh, '0', '0'),
]
