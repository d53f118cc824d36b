import { SqlError } from '../base/sql-error.ts'
import { joinMicros, splitMicros, timestampInRange } from '../types/calendar.ts'
import { MICROS_PER_DAY } from '../types/interval.ts'
import { parseJson } from '../types/json-parse.ts'
import { JsonNumber, JsonObject } from '../types/json-tree.ts'
import { isSpecial, numericFromInt, parseNumericText } from '../types/numeric.ts'
import { numericFromFloat, numericToFloat, numericToInteger } from '../types/numeric-arith.ts'
import { formatType } from '../types/pg-type.ts'
import type { SqlType, TypeKind } from '../types/sql-type.ts'
import { localDay, localToUtc, utcToLocal, zoneByName } from '../types/time-zone.ts'
import { type Datum, type Interval, type Numeric, normalizeInt } from '../types/value.ts'
import type { EvalEnv } from './function.ts'
import { outOfRange } from './inline-helpers.ts'

/** The conversions behind PostgreSQL's pg_cast, value by value. */
/** `to`: the type with its modifiers, for the few that need to know them before they are applied. */
export type Convert = (value: never, env: EvalEnv, to: SqlType) => Datum

const BOUNDS = {
  int2: [-32768, 32767, 'smallint'],
  int4: [-2147483648, 2147483647, 'integer'],
  oid: [0, 4294967295, 'OID'],
} as const

type SmallInteger = keyof typeof BOUNDS

export function toSmallInteger(kind: SmallInteger): (value: number | bigint) => number {
  const [min, max, name] = BOUNDS[kind]
  return (value) => {
    if (!(value >= min && value <= max)) throw outOfRange(name)
    return Number(value)
  }
}

const INT8_MIN = -(2n ** 63n)
const INT8_MAX = 2n ** 63n - 1n

export function checkedInt8(value: bigint): number | bigint {
  if (value < INT8_MIN || value > INT8_MAX) throw outOfRange('bigint')
  return normalizeInt(value)
}

/** Rounds half to even, as the platform's rint. */
export function roundEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest < 0.5) return floor
  if (rest > 0.5) return floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

export function floatToSmallInteger(kind: SmallInteger): (value: number) => number {
  const check = toSmallInteger(kind)
  return (value) => check(roundEven(value)) + 0
}

export function floatToInt8(value: number): number | bigint {
  const rounded = roundEven(value)
  if (Number.isSafeInteger(rounded)) return rounded + 0
  if (!(rounded >= -(2 ** 63) && rounded < 2 ** 63)) throw outOfRange('bigint')
  return normalizeInt(BigInt(rounded))
}

export function numericToSmallInteger(kind: SmallInteger): (value: Numeric) => number {
  const check = toSmallInteger(kind)
  const name = BOUNDS[kind][2]
  return (value) => check(integerOf(value, name))
}

export function numericToInt8(value: Numeric): number | bigint {
  const whole = integerOf(value, 'bigint')
  return typeof whole === 'number' ? whole : checkedInt8(whole)
}

function integerOf(value: Numeric, typeName: string): number | bigint {
  const whole = numericToInteger(value)
  if (whole !== undefined) return whole
  const what = Number.isNaN(value.mantissa as number) ? 'NaN' : 'infinity'
  throw new SqlError('0A000', `cannot convert ${what} to ${typeName}`)
}

export function float8ToFloat4(value: number): number {
  const single = Math.fround(value)
  if (!Number.isFinite(single) && Number.isFinite(value)) throw new SqlError('22003', 'value out of range: overflow')
  if (single === 0 && value !== 0) throw new SqlError('22003', 'value out of range: underflow')
  return single
}

export const float8ToNumeric = (value: number): Numeric => numericFromFloat(value, 15)
export const float4ToNumeric = (value: number): Numeric => numericFromFloat(value, 6)
export const numericToFloat8 = (value: Numeric): number => {
  const float = numericToFloat(value)
  if (!Number.isFinite(float) && !isSpecial(value)) throw outOfRange('double precision')
  return float
}
export const numericToFloat4 = (value: Numeric): number => float8ToFloat4(numericToFloat8(value))
export const intToNumeric = numericFromInt

export function dateToTimestamp(days: number): number | bigint {
  if (!Number.isFinite(days)) return days
  if (!timestampInRange(days)) throw new SqlError('22008', 'date out of range for timestamp')
  return joinMicros(days, 0)
}

export function dateToTimestamptz(days: number, env: EvalEnv): number | bigint {
  return localToUtc(dateToTimestamp(days), zoneByName(env.timeZone))
}

export function timestampToDate(value: number | bigint): number {
  return Number.isFinite(Number(value)) ? splitMicros(value).days : (value as number)
}

/** An infinite timestamp has no time of day: NULL. */
export function timestampToTime(value: number | bigint): number | null {
  if (!Number.isFinite(Number(value))) return null
  return splitMicros(value).micros
}

export const timestampToTimestamptz = (value: number | bigint, env: EvalEnv): number | bigint =>
  localToUtc(value, zoneByName(env.timeZone))

export const timestamptzToTimestamp = (value: number | bigint, env: EvalEnv): number | bigint =>
  utcToLocal(value, zoneByName(env.timeZone))

export function timestamptzToDate(value: number | bigint, env: EvalEnv): number {
  return Number.isFinite(Number(value)) ? localDay(value, zoneByName(env.timeZone)) : (value as number)
}

export const timestamptzToTime = (value: number | bigint, env: EvalEnv): number | null =>
  timestampToTime(timestamptzToTimestamp(value, env))

export const timeToInterval = (micros: number): Interval => ({ months: 0, days: 0, micros })

export function intervalToTime({ micros }: Interval): number {
  return ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
}

/** The last bits of a two's complement, as many as the type has. */
export function intToBits(value: number | bigint, _env: EvalEnv, to: SqlType): string {
  const length = to.length ?? 1
  const bits = BigInt.asUintN(64, BigInt(value))
    .toString(2)
    .padStart(64, value < 0 ? '1' : '0')
  return bits.padStart(length, value < 0 ? '1' : '0').slice(-length)
}

export function bitsToInt(width: 32 | 64, typeName: string): (bits: string) => number | bigint {
  return (bits) => {
    if (bits.length > width) throw outOfRange(typeName)
    return normalizeInt(BigInt.asIntN(width, BigInt(`0b0${bits}`)))
  }
}

/** jsonb scalar to numeric or boolean. */
export function jsonbToNumeric(text: string, wanted: TypeKind = 'numeric'): Numeric {
  const node = parseJson(text)
  if (node instanceof JsonNumber) return parseNumericText(node.text)!
  throw wrongJson(text, wanted)
}

export function jsonbToBool(text: string): boolean {
  const node = parseJson(text)
  if (typeof node === 'boolean') return node
  throw wrongJson(text, 'bool')
}

function wrongJson(text: string, wanted: TypeKind): SqlError {
  const node = parseJson(text)
  let kind: string = typeof node
  if (node === null) kind = 'null'
  else if (node instanceof JsonNumber) kind = 'numeric'
  else if (typeof node === 'object') kind = node instanceof JsonObject ? 'object' : 'array'
  return new SqlError('22023', `cannot cast jsonb ${kind} to type ${formatType({ kind: wanted })}`)
}
