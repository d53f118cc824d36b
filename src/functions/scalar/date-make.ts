import { SqlError } from '../../base/sql-error.ts'
import { dateInRange, daysFromCivil, daysInMonth, joinMicros } from '../../types/calendar.ts'
import { fixedZone, localToUtc, type Zone, zoneByName } from '../../types/time-zone.ts'
import { roundEven } from '../cast-values.ts'
import { def, defEnv } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { makeInterval } from './interval-math.ts'

/** make_date, make_time, make_timestamp[tz], make_interval, to_timestamp(seconds). */
/** `shown`: the year as messages have it; make_date counts the one before 1 as 0 by then. */
function makeDate(year: number, month: number, day: number, shown = year < 0 ? year + 1 : year): number {
  const valid =
    year !== 0 &&
    year > -2147483648 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year < 0 ? year + 1 : year, month)
  const written = () => `${shown}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  if (!valid) throw new SqlError('22008', `date field value out of range: ${written()}`)
  const days = daysFromCivil(year < 0 ? year + 1 : year, month, day)
  if (!dateInRange(days)) throw new SqlError('22008', `date out of range: ${written()}`)
  return days
}

/** As C prints it with %02g: six digits that count, without zeros at the end. */
function shortest(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (Object.is(value, -0)) return '-0'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const [digits, exponent = '0'] = value.toExponential(5).split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(Number(value.toPrecision(6))).padStart(2, '0')
  const sign = power < 0 ? '-' : '+'
  return `${Number(digits)}e${sign}${String(Math.abs(power)).padStart(2, '0')}`
}

function makeTime(hour: number, minute: number, second: number): number {
  const micros = roundEven(second * 1e6)
  const valid = hour >= 0 && minute >= 0 && minute < 60 && micros >= 0 && micros <= 60e6
  const total = (hour * 3600 + minute * 60) * 1e6 + micros
  if (!valid || !(total <= 86_400_000_000)) {
    throw new SqlError(
      '22008',
      `time field value out of range: ${hour}:${String(minute).padStart(2, '0')}:${shortest(second)}`,
    )
  }
  return total
}

type Fields = readonly [year: number, month: number, day: number, hour: number, minute: number, second: number]
const makeTimestamp = (...[y, mo, d, h, mi, s]: Fields): number | bigint =>
  joinMicros(makeDate(y, mo, d, y), makeTime(h, mi, s))

function fromEpoch(seconds: number): number | bigint {
  if (Number.isNaN(seconds)) throw new SqlError('22008', 'timestamp cannot be NaN')
  if (!Number.isFinite(seconds)) return seconds
  // In PostgreSQL's steps, which count from 2000 in double precision.
  const micros = roundEven((seconds - SECONDS_TO_2000) * 1e6)
  if (!(Math.abs(micros) < 2 ** 63)) throw new SqlError('22008', `timestamp out of range: "${shortest(seconds)}"`)
  const exact = BigInt(micros) + BigInt(SECONDS_TO_2000) * 1_000_000n
  const days = exact / 86_400_000_000n
  try {
    return joinMicros(Number(days), Number(exact - days * 86_400_000_000n))
  } catch {
    throw new SqlError('22008', `timestamp out of range: "${shortest(seconds)}"`)
  }
}
const SECONDS_TO_2000 = 946_684_800

function interval(...parts: readonly number[]) {
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
  return makeInterval(
    years * 12 + months,
    weeks * 7 + days,
    (hours * 3600 + minutes * 60) * 1e6 + roundEven(seconds * 1e6),
  )
}

/** A displacement has the sign that ISO 8601 gives it, unlike those of POSIX. */
function givenZone(name: string): Zone {
  if (/^\d/.test(name))
    throw new SqlError('22023', `invalid input syntax for type numeric time zone: "${name}"`, {
      hint: 'Numeric time zones must have "-" or "+" as first character.',
    })
  const shift = /^([+-])(\d{1,2}):?(\d{2})?(?::?(\d{2}))?$/.exec(name)
  if (shift === null) return zoneByName(name)
  const [, sign, hours, minutes = '0', seconds = '0'] = shift
  if (Number(hours) > 15 || Number(minutes) > 59 || Number(seconds) > 59)
    throw new SqlError('22023', `numeric time zone "${name}" out of range`)
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  return fixedZone('', sign === '-' ? -offset : offset)
}

const INTERVAL_ARGS = ['int4', 'int4', 'int4', 'int4', 'int4', 'int4', 'float8']
const fallible = { fallible: true }

export const dateMakeFunctions: readonly ScalarFunction[] = [
  def('make_date(int4,int4,int4) date', (y: number, m: number, d: number) => makeDate(y, m, d), {
    ...fallible,
    example: ['make_date(2013, 7, 15)', '2013-07-15'],
  }),
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
    (args) => localToUtc(makeTimestamp(...(args.slice(0, 6) as unknown as Fields)), givenZone(args[6] as string)),
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
