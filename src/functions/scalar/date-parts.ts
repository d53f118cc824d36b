import { SqlError } from '../../base/sql-error.ts'
import {
  civilFromDays,
  dayOfWeek,
  daysFromCivil,
  joinMicros,
  splitMicros,
  UNIX_EPOCH_JULIAN,
} from '../../types/calendar.ts'
import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE } from '../../types/interval.ts'
import { makeNumeric, NUMERIC_INFINITY, NUMERIC_MINUS_INFINITY } from '../../types/numeric.ts'
import { numericAdd, numericDiv, numericToFloat } from '../../types/numeric-arith.ts'
import { localToUtc, utcToLocal, zoneByName } from '../../types/time-zone.ts'
import type { Interval, Numeric } from '../../types/value.ts'
import { dateToTimestamp } from '../cast-values.ts'
import { def, defEnv } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { notSupportedUnit, unitOf, unknownUnit } from './date-units.ts'

/** extract (numeric), date_part (float8), date_trunc and date_bin. */
type Stamp = number | bigint

const whole = (value: number): Numeric => makeNumeric(value, 0)

/** Years of eras: 1 BC is -1, not 0. */
const shownYear = (year: number): number => (year > 0 ? year : year - 1)
const eraOf = (year: number, size: number): number =>
  year > 0 ? Math.floor((year + size - 1) / size) : -Math.floor((size - shownYear(year) - 1) / size)

export function isoWeek(days: number): { year: number; week: number } {
  const thursday = days - ((dayOfWeek(days) + 6) % 7) + 3
  const { year } = civilFromDays(thursday)
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 }
}

function datePart(unit: string, days: number): Numeric | undefined {
  const { year, month, day } = civilFromDays(days)
  switch (unit) {
    case 'year':
      return whole(shownYear(year))
    case 'month':
      return whole(month)
    case 'day':
      return whole(day)
    case 'quarter':
      return whole(Math.floor((month + 2) / 3))
    case 'decade':
      return whole(Math.floor(year / 10))
    case 'century':
      return whole(eraOf(year, 100))
    case 'millennium':
      return whole(eraOf(year, 1000))
    case 'dow':
      return whole(dayOfWeek(days))
    case 'isodow':
      return whole(dayOfWeek(days) || 7)
    case 'doy':
      return whole(days - daysFromCivil(year, 1, 1) + 1)
    case 'week':
      return whole(isoWeek(days).week)
    case 'isoyear':
      return whole(shownYear(isoWeek(days).year))
    default:
      return undefined
  }
}

function timePart(unit: string, micros: number): Numeric | undefined {
  switch (unit) {
    case 'hour':
      return whole(Math.trunc(micros / MICROS_PER_HOUR))
    case 'minute':
      return whole(Math.trunc(micros / MICROS_PER_MINUTE) % 60)
    case 'second':
      return makeNumeric(micros % MICROS_PER_MINUTE, 6)
    case 'milliseconds':
      return makeNumeric(micros % MICROS_PER_MINUTE, 3)
    case 'microseconds':
      return whole(micros % MICROS_PER_MINUTE)
    default:
      return undefined
  }
}

/** Units that grow for ever are infinite on infinite dates; the others are NULL there. */
function infinitePart(unit: string, value: number): Numeric | null {
  const grows = ['year', 'decade', 'century', 'millennium', 'julian', 'isoyear', 'epoch'].includes(unit)
  return grows ? (value > 0 ? NUMERIC_INFINITY : NUMERIC_MINUS_INFINITY) : null
}

function extractTimestamp(field: string, value: Stamp, typeName: string, offset: number | undefined): Numeric | null {
  const unit = unitOf(field)
  if (value === Infinity || value === -Infinity) {
    // Of any finite time, for its errors.
    extractTimestamp(field, 0, typeName, offset ?? 0)
    return infinitePart(unit, value as number)
  }
  const { days, micros } = splitMicros(value)
  switch (unit) {
    case 'epoch':
      // The offset of the zone does not count: the epoch is UTC.
      return makeNumeric(BigInt(value) - BigInt((offset ?? 0) * 1e6), 6)
    case 'julian':
      return micros === 0
        ? whole(days + UNIX_EPOCH_JULIAN)
        : numericAdd(whole(days + UNIX_EPOCH_JULIAN), numericDiv(whole(micros), whole(MICROS_PER_DAY)))
    case 'timezone':
    case 'timezone_hour':
    case 'timezone_minute':
      if (offset === undefined) throw notSupportedUnit(field, typeName)
      return whole(
        unit === 'timezone'
          ? offset
          : unit === 'timezone_hour'
            ? Math.trunc(offset / 3600)
            : Math.trunc(offset / 60) % 60,
      )
    default: {
      const part = datePart(unit, days) ?? timePart(unit, micros)
      if (part === undefined) throw unknownUnit(field, typeName)
      return part
    }
  }
}

function extractDate(field: string, days: number): Numeric | null {
  const unit = unitOf(field)
  const finite = Number.isFinite(days)
  if (finite && unit === 'epoch') return whole(days * 86400)
  if (finite && unit === 'julian') return whole(days + UNIX_EPOCH_JULIAN)
  const part = unit === 'epoch' || unit === 'julian' ? null : datePart(unit, finite ? days : 0)
  if (part !== undefined) return finite ? part : infinitePart(unit, days)
  throw timePart(unit, 0) === undefined && !unit.startsWith('timezone')
    ? unknownUnit(field, 'date')
    : notSupportedUnit(field, 'date')
}

function extractTime(field: string, micros: number): Numeric {
  const unit = unitOf(field)
  const part = unit === 'epoch' ? makeNumeric(micros, 6) : timePart(unit, micros)
  if (part !== undefined) return part
  throw datePart(unit, 0) === undefined && !unit.startsWith('timezone') && unit !== 'julian'
    ? unknownUnit(field, 'time without time zone')
    : notSupportedUnit(field, 'time without time zone')
}

function extractInterval(field: string, v: Interval): Numeric {
  const unit = unitOf(field)
  switch (unit) {
    case 'epoch': {
      // A year counts 365.25 days, a month 30.
      const years = Math.trunc(v.months / 12)
      const seconds = BigInt(years) * 31_557_600n + BigInt((v.months % 12) * 30 + v.days) * 86400n
      return makeNumeric(seconds * 1_000_000n + BigInt(v.micros), 6)
    }
    case 'year':
      return whole(Math.trunc(v.months / 12))
    case 'month':
      return whole(v.months % 12)
    case 'quarter':
      return whole(Math.trunc((v.months % 12) / 3) + 1)
    case 'decade':
      return whole(Math.trunc(v.months / 120))
    case 'century':
      return whole(Math.trunc(v.months / 1200))
    case 'millennium':
      return whole(Math.trunc(v.months / 12000))
    case 'day':
      return whole(v.days)
    default: {
      const part = timePart(unit, v.micros)
      if (part !== undefined) return part
      throw datePart(unit, 0) === undefined && !unit.startsWith('timezone') && unit !== 'julian'
        ? unknownUnit(field, 'interval')
        : notSupportedUnit(field, 'interval')
    }
  }
}

const STEPS: Readonly<Record<string, number>> = {
  microseconds: 1,
  milliseconds: 1000,
  second: 1e6,
  minute: MICROS_PER_MINUTE,
  hour: MICROS_PER_HOUR,
  day: MICROS_PER_DAY,
}

/** The units that cut only the time of day. */
const WITHIN_DAY: ReadonlySet<string> = new Set(Object.keys(STEPS).filter((unit) => unit !== 'day'))

function truncDays(unit: string, days: number): number | undefined {
  const { year, month } = civilFromDays(days)
  switch (unit) {
    case 'week':
      return days - ((dayOfWeek(days) + 6) % 7)
    case 'month':
      return daysFromCivil(year, month, 1)
    case 'quarter':
      return daysFromCivil(year, month - ((month - 1) % 3), 1)
    case 'year':
      return daysFromCivil(year, 1, 1)
    case 'decade':
      return daysFromCivil(Math.floor(year / 10) * 10, 1, 1)
    case 'century':
      return daysFromCivil(Math.floor((year - 1) / 100) * 100 + 1, 1, 1)
    case 'millennium':
      return daysFromCivil(Math.floor((year - 1) / 1000) * 1000 + 1, 1, 1)
    default:
      return undefined
  }
}

function truncTimestamp(field: string, value: Stamp, typeName: string): Stamp {
  const unit = unitOf(field)
  if (value === Infinity || value === -Infinity) return value
  const { days, micros } = splitMicros(value)
  const step = STEPS[unit]
  if (step !== undefined) return joinMicros(days, micros - (micros % step))
  const day = truncDays(unit, days)
  if (day === undefined) throw unknownUnit(field, typeName)
  return joinMicros(day, 0)
}

function truncZoned(field: string, value: Stamp, zoneName: string): Stamp {
  const zone = zoneByName(zoneName)
  const cut = truncTimestamp(field, utcToLocal(value, zone), 'timestamp with time zone')
  if (!WITHIN_DAY.has(unitOf(field)) || !Number.isFinite(Number(value))) return localToUtc(cut, zone)
  // Below the day the moment keeps its offset: of an hour that comes twice, each is an hour of its own.
  const { days, micros } = splitMicros(value)
  const offset = zone.offsetAt(days * 86400 + Math.floor(micros / 1e6))
  const local = splitMicros(cut)
  return joinMicros(local.days, local.micros - offset * 1e6)
}

const INTERVAL_MONTHS: Readonly<Record<string, number>> = {
  month: 1,
  quarter: 3,
  year: 12,
  decade: 120,
  century: 1200,
  millennium: 12000,
}

function truncInterval(field: string, v: Interval): Interval {
  const unit = unitOf(field)
  const months = INTERVAL_MONTHS[unit]
  if (months !== undefined) return { months: v.months - (v.months % months), days: 0, micros: 0 }
  if (unit === 'day') return { months: v.months, days: v.days, micros: 0 }
  const step = STEPS[unit]
  if (step === undefined) throw unit === 'week' ? notSupportedUnit(field, 'interval') : unknownUnit(field, 'interval')
  return { months: v.months, days: v.days, micros: v.micros - (v.micros % step) }
}

function dateBin(stride: Interval, value: Stamp, origin: Stamp): Stamp {
  if (value === Infinity || value === -Infinity) return value
  if (origin === Infinity || origin === -Infinity) throw new SqlError('22008', 'origin out of range')
  if (stride.months !== 0)
    throw new SqlError('0A000', 'timestamps cannot be binned into intervals containing months or years')
  const step = BigInt(stride.days) * 86_400_000_000n + BigInt(stride.micros)
  if (step >= 2n ** 63n || step < -(2n ** 63n)) throw new SqlError('22008', 'interval out of range')
  if (step <= 0n) throw new SqlError('22008', 'stride must be greater than zero')
  const distance = BigInt(value) - BigInt(origin)
  let bins = distance / step
  if (distance < 0n && bins * step !== distance) bins--
  const start = BigInt(origin) + bins * step
  const days = start / 86_400_000_000n
  return joinMicros(Number(days), Number(start - days * 86_400_000_000n))
}

function zonedPart(field: string, value: Stamp, timeZone: string): Numeric | null {
  if (value === Infinity || value === -Infinity) return extractTimestamp(field, value, 'timestamp with time zone', 0)
  const zone = zoneByName(timeZone)
  const { days, micros } = splitMicros(value)
  const offset = zone.offsetAt(days * 86400 + Math.floor(micros / 1e6))
  return extractTimestamp(field, joinMicros(days, micros + offset * 1e6), 'timestamp with time zone', offset)
}

const float = (v: Numeric | null): number | null => (v === null ? null : numericToFloat(v))
const plainName = 'timestamp without time zone'
const fallible = { fallible: true }
const S = "'2024-03-10 14:15:16.123456'::timestamp"

export const datePartFunctions: readonly ScalarFunction[] = [
  def('extract(text,timestamp) numeric', (f: string, v: Stamp) => extractTimestamp(f, v, plainName, undefined), {
    ...fallible,
    example: [`extract('second', ${S})`, '16.123456'],
  }),
  defEnv('extract(text,timestamptz) numeric', ([f, v], env) => zonedPart(f as string, v as Stamp, env.timeZone), {
    ...fallible,
    volatility: 'stable',
    example: ["extract('epoch', '2024-03-10 14:15:16'::timestamptz)", '1710080116.000000'],
  }),
  def('extract(text,date) numeric', extractDate, {
    ...fallible,
    example: ["extract('week', '2024-12-30'::date)", '1'],
  }),
  def('extract(text,time) numeric', extractTime, { ...fallible, example: ["extract('minute', '10:20'::time)", '20'] }),
  def('extract(text,interval) numeric', extractInterval, {
    ...fallible,
    example: ["extract('epoch', '1 year 1 day'::interval)", '31644000.000000'],
  }),
  def(
    'date_part(text,timestamp) float8',
    (f: string, v: Stamp) => float(extractTimestamp(f, v, plainName, undefined)),
    { ...fallible, example: [`date_part('dow', ${S})`, '0'] },
  ),
  defEnv(
    'date_part(text,timestamptz) float8',
    ([f, v], env) => float(zonedPart(f as string, v as Stamp, env.timeZone)),
    { ...fallible, volatility: 'stable', example: ["date_part('hour', '2024-03-10 14:15:16'::timestamptz)", '14'] },
  ),
  def(
    'date_part(text,date) float8',
    (f: string, v: number) => float(extractTimestamp(f, dateToTimestamp(v), plainName, undefined)),
    { ...fallible, example: ["date_part('century', '2000-12-16'::date)", '20'] },
  ),
  def('date_part(text,time) float8', (f: string, v: number) => float(extractTime(f, v)), {
    ...fallible,
    example: ["date_part('second', '10:20:30.5'::time)", '30.5'],
  }),
  def('date_part(text,interval) float8', (f: string, v: Interval) => float(extractInterval(f, v)), {
    ...fallible,
    example: ["date_part('month', '2 years 3 months'::interval)", '3'],
  }),
  def('date_trunc(text,timestamp) timestamp', (f: string, v: Stamp) => truncTimestamp(f, v, plainName), {
    ...fallible,
    example: [`date_trunc('week', ${S})`, '2024-03-04 00:00:00'],
  }),
  defEnv(
    'date_trunc(text,timestamptz) timestamptz',
    ([f, v], env) => truncZoned(f as string, v as Stamp, env.timeZone),
    {
      ...fallible,
      volatility: 'stable',
      example: ["date_trunc('hour', '2024-03-10 14:15:16'::timestamptz)", '2024-03-10 14:00:00+00'],
    },
  ),
  def('date_trunc(text,timestamptz,text) timestamptz', truncZoned, {
    ...fallible,
    example: ["date_trunc('day', '2024-03-10 14:15:16'::timestamptz, 'Australia/Sydney')", '2024-03-10 13:00:00+00'],
  }),
  def('date_trunc(text,interval) interval', truncInterval, {
    ...fallible,
    example: ["date_trunc('hour', '2 days 3 hours 40 minutes'::interval)", '2 days 03:00:00'],
  }),
  def('date_bin(interval,timestamp,timestamp) timestamp', dateBin, {
    ...fallible,
    example: [`date_bin('15 minutes'::interval, ${S}, '2001-01-01'::timestamp)`, '2024-03-10 14:15:00'],
  }),
  def('date_bin(interval,timestamptz,timestamptz) timestamptz', dateBin, {
    ...fallible,
    example: [
      "date_bin('1 hour'::interval, '2024-03-10 14:15:16'::timestamptz, '2001-01-01'::timestamptz)",
      '2024-03-10 14:00:00+00',
    ],
  }),
]
