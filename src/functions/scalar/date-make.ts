import { SqlError } from '../../base/sql-error.ts'
import { dateInRange, daysFromCivil, daysInMonth, joinMicros } from '../../types/calendar.ts'
import { localToUtc, zoneByName } from '../../types/time-zone.ts'
import { roundEven } from '../cast-values.ts'
import { def, defEnv } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { makeInterval } from './interval-math.ts'

/** make_date, make_time, make_timestamp[tz], make_interval, to_timestamp(seconds). */
function makeDate(year: number, month: number, day: number): number {
  const valid = year !== 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  const written = () => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  if (!valid) throw new SqlError('22008', `date field value out of range: ${written()}`)
  const days = daysFromCivil(year < 0 ? year + 1 : year, month, day)
  if (!dateInRange(days)) throw new SqlError('22008', `date out of range: ${written()}`)
  return days
}

function makeTime(hour: number, minute: number, second: number): number {
  const micros = roundEven(second * 1e6)
  const valid = hour >= 0 && minute >= 0 && minute < 60 && micros >= 0 && micros <= 60e6
  const total = (hour * 3600 + minute * 60) * 1e6 + micros
  if (!valid || !(total <= 86_400_000_000)) {
    throw new SqlError(
      '22008',
      `time field value out of range: ${hour}:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')}`,
    )
  }
  return total
}

type Fields = readonly [year: number, month: number, day: number, hour: number, minute: number, second: number]
const makeTimestamp = (...[y, mo, d, h, mi, s]: Fields): number | bigint =>
  joinMicros(makeDate(y, mo, d), makeTime(h, mi, s))

function fromEpoch(seconds: number): number | bigint {
  if (Number.isNaN(seconds)) throw new SqlError('22008', 'timestamp cannot be NaN')
  if (!Number.isFinite(seconds)) return seconds
  const days = Math.floor(seconds / 86400)
  return joinMicros(days, roundEven((seconds - days * 86400) * 1e6))
}

function interval(...parts: readonly number[]) {
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
  return makeInterval(
    years * 12 + months,
    weeks * 7 + days,
    (hours * 3600 + minutes * 60) * 1e6 + roundEven(seconds * 1e6),
  )
}

const INTERVAL_ARGS = ['int4', 'int4', 'int4', 'int4', 'int4', 'int4', 'float8']
const fallible = { fallible: true }

export const dateMakeFunctions: readonly ScalarFunction[] = [
  def('make_date(int4,int4,int4) date', makeDate, { ...fallible, example: ['make_date(2013, 7, 15)', '2013-07-15'] }),
  def('make_time(int4,int4,float8) time', makeTime, {
    ...fallible,
    example: ["make_time(8, 15, '23.5'::float8)", '08:15:23.5'],
  }),
  def('make_timestamp(int4,int4,int4,int4,int4,float8) timestamp', makeTimestamp, {
    ...fallible,
    example: ["make_timestamp(2013, 7, 15, 8, 15, '23.5'::float8)", '2013-07-15 08:15:23.5'],
  }),
  defEnv(
    'make_timestamptz(int4,int4,int4,int4,int4,float8) timestamptz',
    (args, env) => localToUtc(makeTimestamp(...(args as unknown as Fields)), zoneByName(env.timeZone)),
    {
      ...fallible,
      volatility: 'stable',
      example: ["make_timestamptz(2013, 7, 15, 8, 15, '23.5'::float8)", '2013-07-15 08:15:23.5+00'],
    },
  ),
  defEnv(
    'make_timestamptz(int4,int4,int4,int4,int4,float8,text) timestamptz',
    (args) => localToUtc(makeTimestamp(...(args.slice(0, 6) as unknown as Fields)), zoneByName(args[6] as string)),
    {
      ...fallible,
      volatility: 'stable',
      example: ["make_timestamptz(2013, 7, 15, 8, 15, '23.5'::float8, 'Europe/Berlin')", '2013-07-15 06:15:23.5+00'],
    },
  ),
  // PostgreSQL has one function with defaults; here each number of leading arguments is a row.
  ...INTERVAL_ARGS.map((_, n) =>
    def(`make_interval(${INTERVAL_ARGS.slice(0, n + 1).join(',')}) interval`, interval, {
      ...fallible,
      ...(n === 3 ? { example: ['make_interval(1, 2, 1, 3)', '1 year 2 mons 10 days'] as const } : {}),
    }),
  ),
  def('to_timestamp(float8) timestamptz', fromEpoch, {
    ...fallible,
    example: ["to_timestamp('1284352323.5'::float8)", '2010-09-13 04:32:03.5+00'],
  }),
]
