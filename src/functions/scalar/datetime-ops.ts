import { SqlError } from '../../base/sql-error.ts'
import { dateInRange, joinMicros, splitMicros } from '../../types/calendar.ts'
import { MICROS_PER_DAY } from '../../types/interval.ts'
import { divisionByZero } from '../../types/numeric-arith.ts'
import { formatInterval } from '../../types/text/datetime-output.ts'
import { fixedZone, localToUtc, utcToLocal, zoneByName } from '../../types/time-zone.ts'
import type { Interval } from '../../types/value.ts'
import { dateToTimestamp } from '../cast-values.ts'
import { def, defEnv } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import {
  addInterval,
  addIntervals,
  age,
  divideInterval,
  justifyDays,
  justifyHours,
  justifyInterval,
  negateInterval,
  scaleInterval,
  subIntervals,
  timestampDifference,
} from './interval-math.ts'

/** The arithmetic of dates, times, timestamps and intervals: every operator pair that PostgreSQL has. */
type Stamp = number | bigint
const fallible = { fallible: true }

function addDays(days: number, n: number): number {
  if (!Number.isFinite(days)) return days
  const sum = days + n
  if (!dateInRange(sum)) throw new SqlError('22008', 'date out of range')
  return sum
}

function subDates(a: number, b: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) throw new SqlError('22008', 'cannot subtract infinite dates')
  return a - b
}

const wrap = (micros: number): number => ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY
const plain = (value: Stamp, step: Interval): Stamp => addInterval(value, step, undefined)
function dateTime(days: number, micros: number): Stamp {
  if (!Number.isFinite(days)) return days
  dateToTimestamp(days)
  return joinMicros(days, micros)
}

function dividedInterval(a: Interval, by: number): Interval {
  if (by === 0) throw divisionByZero()
  return divideInterval(a, by)
}

const D = "'2024-01-31'::date"
const T = "'10:00'::time"
const S = "'2024-01-31 10:00'::timestamp"
const Z = "'2024-01-31 10:00'::timestamptz"
const I = "'1 mon 1 hour'::interval"

const operators: readonly ScalarFunction[] = [
  def('date_pli(date,int4) date', addDays, { op: '+', ...fallible, example: [`${D} + 1`, '2024-02-01'] }),
  def('integer_pl_date(int4,date) date', (n: number, d: number) => addDays(d, n), {
    op: '+',
    ...fallible,
    example: [`1 + ${D}`, '2024-02-01'],
  }),
  def('date_mii(date,int4) date', (d: number, n: number) => addDays(d, -n), {
    op: '-',
    ...fallible,
    example: [`${D} - 31`, '2023-12-31'],
  }),
  def('date_mi(date,date) int4', subDates, { op: '-', ...fallible, example: [`${D} - '2024-01-01'::date`, '30'] }),
  def('date_pl_interval(date,interval) timestamp', (d: number, i: Interval) => plain(dateToTimestamp(d), i), {
    op: '+',
    ...fallible,
    example: [`${D} + ${I}`, '2024-02-29 01:00:00'],
  }),
  def('interval_pl_date(interval,date) timestamp', (i: Interval, d: number) => plain(dateToTimestamp(d), i), {
    op: '+',
    ...fallible,
    example: [`${I} + ${D}`, '2024-02-29 01:00:00'],
  }),
  def(
    'date_mi_interval(date,interval) timestamp',
    (d: number, i: Interval) => plain(dateToTimestamp(d), negateInterval(i)),
    { op: '-', ...fallible, example: [`${D} - ${I}`, '2023-12-30 23:00:00'] },
  ),
  def('datetime_pl(date,time) timestamp', dateTime, {
    op: '+',
    ...fallible,
    example: [`${D} + ${T}`, '2024-01-31 10:00:00'],
  }),
  def('timestamp(date,time) timestamp', dateTime, {
    ...fallible,
    example: [`"timestamp"(${D}, ${T})`, '2024-01-31 10:00:00'],
  }),
  defEnv(
    'timestamptz(date,time) timestamptz',
    ([d, t], env) => localToUtc(dateTime(d as number, t as number), zoneByName(env.timeZone)),
    { ...fallible, volatility: 'stable', example: [`timestamptz(${D}, ${T})`, '2024-01-31 10:00:00+00'] },
  ),
  def('timedate_pl(time,date) timestamp', (t: number, d: number) => dateTime(d, t), {
    op: '+',
    ...fallible,
    example: [`${T} + ${D}`, '2024-01-31 10:00:00'],
  }),
  def('timestamp_pl_interval(timestamp,interval) timestamp', plain, {
    op: '+',
    ...fallible,
    example: [`${S} + ${I}`, '2024-02-29 11:00:00'],
  }),
  def('interval_pl_timestamp(interval,timestamp) timestamp', (i: Interval, s: Stamp) => plain(s, i), {
    op: '+',
    ...fallible,
    example: [`${I} + ${S}`, '2024-02-29 11:00:00'],
  }),
  def('timestamp_mi_interval(timestamp,interval) timestamp', (s: Stamp, i: Interval) => plain(s, negateInterval(i)), {
    op: '-',
    ...fallible,
    example: [`${S} - ${I}`, '2023-12-31 09:00:00'],
  }),
  def('timestamp_mi(timestamp,timestamp) interval', timestampDifference, {
    op: '-',
    ...fallible,
    example: [`${S} - '2024-01-01'::timestamp`, '30 days 10:00:00'],
  }),
  defEnv(
    'timestamptz_pl_interval(timestamptz,interval) timestamptz',
    ([s, i], env) => addInterval(s as Stamp, i as Interval, env.timeZone),
    { op: '+', ...fallible, volatility: 'stable', example: [`${Z} + ${I}`, '2024-02-29 11:00:00+00'] },
  ),
  defEnv(
    'interval_pl_timestamptz(interval,timestamptz) timestamptz',
    ([i, s], env) => addInterval(s as Stamp, i as Interval, env.timeZone),
    { op: '+', ...fallible, volatility: 'stable', example: [`${I} + ${Z}`, '2024-02-29 11:00:00+00'] },
  ),
  defEnv(
    'timestamptz_mi_interval(timestamptz,interval) timestamptz',
    ([s, i], env) => addInterval(s as Stamp, negateInterval(i as Interval), env.timeZone),
    { op: '-', ...fallible, volatility: 'stable', example: [`${Z} - ${I}`, '2023-12-31 09:00:00+00'] },
  ),
  def('timestamptz_mi(timestamptz,timestamptz) interval', timestampDifference, {
    op: '-',
    ...fallible,
    example: [`${Z} - '2024-01-01'::timestamptz`, '30 days 10:00:00'],
  }),
  def('time_pl_interval(time,interval) time', (t: number, i: Interval) => wrap(t + (i.micros % MICROS_PER_DAY)), {
    op: '+',
    example: [`${T} + '15 hours'::interval`, '01:00:00'],
  }),
  def('interval_pl_time(interval,time) time', (i: Interval, t: number) => wrap(t + (i.micros % MICROS_PER_DAY)), {
    op: '+',
    example: [`'15 hours'::interval + ${T}`, '01:00:00'],
  }),
  def('time_mi_interval(time,interval) time', (t: number, i: Interval) => wrap(t - (i.micros % MICROS_PER_DAY)), {
    op: '-',
    example: [`${T} - '11 hours'::interval`, '23:00:00'],
  }),
  def('time_mi_time(time,time) interval', (a: number, b: number) => ({ months: 0, days: 0, micros: a - b }), {
    op: '-',
    example: [`${T} - '09:30'::time`, '00:30:00'],
  }),
  def('interval_pl(interval,interval) interval', addIntervals, {
    op: '+',
    ...fallible,
    example: [`${I} + '2 days'::interval`, '1 mon 2 days 01:00:00'],
  }),
  def('interval_mi(interval,interval) interval', subIntervals, {
    op: '-',
    ...fallible,
    example: [`${I} - '2 hours'::interval`, '1 mon -01:00:00'],
  }),
  def('interval_um(interval) interval', negateInterval, {
    op: '-',
    ...fallible,
    example: [`- ${I}`, '-1 mons -01:00:00'],
  }),
  def('interval_mul(interval,float8) interval', scaleInterval, {
    op: '*',
    ...fallible,
    example: ["'1 mon'::interval * 1.5::float8", '1 mon 15 days'],
  }),
  def('mul_d_interval(float8,interval) interval', (f: number, i: Interval) => scaleInterval(i, f), {
    op: '*',
    ...fallible,
    example: ["2::float8 * '1 hour'::interval", '02:00:00'],
  }),
  def('interval_div(interval,float8) interval', dividedInterval, {
    op: '/',
    ...fallible,
    example: ["'1 hour'::interval / 4::float8", '00:15:00'],
  }),
]

/** AT TIME ZONE: timezone(zone, value). */
function zoneOfInterval(i: Interval) {
  if (i.months !== 0 || i.days !== 0) {
    throw new SqlError('22023', `interval time zone "${formatInterval(i)}" must not include months or days`)
  }
  return fixedZone('', Math.trunc(i.micros / 1e6))
}

function currentDay(env: EvalEnv): number {
  return splitMicros(utcToLocal(env.nowMicros, zoneByName(env.timeZone))).days
}

const midnight = (env: EvalEnv): Stamp => localToUtc(joinMicros(currentDay(env), 0), zoneByName(env.timeZone))
const stable = { volatility: 'stable' } as const
const localNow = (env: EvalEnv): Stamp => utcToLocal(env.nowMicros, zoneByName(env.timeZone))
/** By the calendar of the zone. */
function zonedAge(a: Stamp, b: Stamp, env: EvalEnv): Interval {
  const zone = zoneByName(env.timeZone)
  return age(utcToLocal(a, zone), utcToLocal(b, zone))
}
const isFiniteStamp = (v: Stamp): boolean => v !== Infinity && v !== -Infinity

export const datetimeFunctions: readonly ScalarFunction[] = [
  ...operators,
  def(
    'timezone(text,timestamp) timestamptz',
    (z: string, v: Stamp) => (isFiniteStamp(v) ? localToUtc(v, zoneByName(z)) : v),
    {
      ...fallible,
      example: ["timezone('Europe/Berlin', '2024-07-01 12:00'::timestamp)", '2024-07-01 10:00:00+00'],
    },
  ),
  def(
    'timezone(text,timestamptz) timestamp',
    (z: string, v: Stamp) => (isFiniteStamp(v) ? utcToLocal(v, zoneByName(z)) : v),
    {
      ...fallible,
      example: ["timezone('America/New_York', '2024-07-01 12:00'::timestamptz)", '2024-07-01 08:00:00'],
    },
  ),
  def(
    'timezone(interval,timestamp) timestamptz',
    (i: Interval, v: Stamp) => (isFiniteStamp(v) ? localToUtc(v, zoneOfInterval(i)) : v),
    {
      ...fallible,
      example: ["timezone('2 hours'::interval, '2024-07-01 12:00'::timestamp)", '2024-07-01 10:00:00+00'],
    },
  ),
  def(
    'timezone(interval,timestamptz) timestamp',
    (i: Interval, v: Stamp) => (isFiniteStamp(v) ? utcToLocal(v, zoneOfInterval(i)) : v),
    {
      ...fallible,
      example: ["timezone('-2 hours'::interval, '2024-07-01 12:00'::timestamptz)", '2024-07-01 10:00:00'],
    },
  ),
  // mz_now() is Materialize's, proctime() Flink's and RisingWave's.
  ...['now', 'transaction_timestamp', 'statement_timestamp', 'current_timestamp', 'mz_now', 'proctime'].map((name) =>
    defEnv(`${name}() timestamptz`, (_, env) => env.nowMicros, stable),
  ),
  defEnv('clock_timestamp() timestamptz', (_, env) => env.nowMicros, { volatility: 'volatile' }),
  defEnv('localtimestamp() timestamp', (_, env) => localNow(env), stable),
  defEnv('current_date() date', (_, env) => currentDay(env), stable),
  defEnv('localtime() time', (_, env) => splitMicros(localNow(env)).micros, stable),
  def('age(timestamp,timestamp) interval', age, {
    ...fallible,
    example: ["age('2001-04-10'::timestamp, '1957-06-13'::timestamp)", '43 years 9 mons 27 days'],
  }),
  defEnv('age(timestamptz,timestamptz) interval', ([a, b], env) => zonedAge(a as Stamp, b as Stamp, env), {
    ...fallible,
    ...stable,
    example: ["age('2024-03-01'::timestamptz, '2024-02-28'::timestamptz)", '2 days'],
  }),
  defEnv('age(timestamp) interval', ([v], env) => age(joinMicros(currentDay(env), 0), v as Stamp), {
    ...fallible,
    ...stable,
  }),
  defEnv('age(timestamptz) interval', ([v], env) => zonedAge(midnight(env), v as Stamp, env), {
    ...fallible,
    ...stable,
  }),
  def('isfinite(date) bool', isFiniteStamp, { example: ["isfinite('infinity'::date)", 'f'] }),
  def('isfinite(timestamp) bool', isFiniteStamp, { example: [`isfinite(${S})`, 't'] }),
  def('isfinite(timestamptz) bool', isFiniteStamp, { example: [`isfinite(${Z})`, 't'] }),
  def('isfinite(interval) bool', () => true, { example: [`isfinite(${I})`, 't'] }),
  def('justify_hours(interval) interval', justifyHours, {
    ...fallible,
    example: ["justify_hours('27 hours'::interval)", '1 day 03:00:00'],
  }),
  def('justify_days(interval) interval', justifyDays, {
    ...fallible,
    example: ["justify_days('35 days'::interval)", '1 mon 5 days'],
  }),
  def('justify_interval(interval) interval', justifyInterval, {
    ...fallible,
    example: ["justify_interval('1 mon -1 hour'::interval)", '29 days 23:00:00'],
  }),
]
