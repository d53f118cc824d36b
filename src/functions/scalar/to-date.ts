import { SqlError } from '../../base/sql-error.ts'
import {
  civilFromDays,
  dateInRange,
  dayOfWeek,
  daysFromCivil,
  daysInMonth,
  joinMicros,
  UNIX_EPOCH_JULIAN,
} from '../../types/calendar.ts'
import { partsToUtc, zoneByName } from '../../types/time-zone.ts'
import { def, defEnv } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { type Fields, readFields } from './date-fields.ts'

/** to_date and to_timestamp: the fields of a text (date-fields.ts) as a day and a time of day. */
const outOfRange = (text: string): SqlError => new SqlError('22008', `date/time field value out of range: "${text}"`)

/** Astronomical: 1 BC is 0, which is also what a missing year is. */
function yearOf({ year, yearDigits, cc, bc }: Fields): number {
  const century = bc ? -cc : cc
  if (year !== 0 && cc !== 0 && yearDigits <= 2) {
    const short = year % 100
    if (short === 0) return century * 100 + (century >= 0 ? 0 : 1)
    return century >= 0 ? short + (century - 1) * 100 : (century + 1) * 100 - short + 1
  }
  if (year !== 0) {
    const signed = bc ? -year : year
    return signed < 0 ? signed + 1 : signed
  }
  if (cc === 0) return 0
  return century >= 0 ? (century - 1) * 100 + 1 : century * 100 + 1
}

/** The Monday that the year's first ISO week begins with. */
function firstMonday(year: number): number {
  const fourth = daysFromCivil(year, 1, 4)
  return fourth - ((dayOfWeek(fourth) + 6) % 7)
}

interface Day {
  year: number
  month: number
  day: number
}

function dayOf(fields: Fields, text: string): number {
  const at: Day = { year: yearOf(fields), month: 1, day: 1 }
  const known = { year: fields.year !== 0 || fields.cc !== 0, month: false, day: false }
  const setTo = (days: number): void => {
    Object.assign(at, civilFromDays(days))
    Object.assign(known, { year: true, month: true, day: true })
  }
  let { ddd, dd } = fields
  if (fields.j !== 0) setTo(fields.j - UNIX_EPOCH_JULIAN)
  if (fields.ww !== 0 && fields.mode === 'iso') {
    const day = fields.d > 1 ? fields.d - 2 : fields.d === 1 ? 6 : 0
    setTo(firstMonday(at.year) + (fields.ww - 1) * 7 + day)
  } else if (fields.ww !== 0) ddd = (fields.ww - 1) * 7 + 1
  if (fields.w !== 0) dd = (fields.w - 1) * 7 + 1
  if (dd !== 0) {
    at.day = dd
    known.day = true
  }
  if (fields.mm !== 0) {
    at.month = fields.mm
    known.month = true
  }
  if (ddd !== 0 && (at.month <= 1 || at.day <= 1)) {
    if (at.year === 0 && !fields.bc)
      throw new SqlError('22007', 'cannot calculate day of year without year information')
    if (fields.mode === 'iso') setTo(firstMonday(at.year) + ddd - 1)
    else {
      fromDayOfYear(at, ddd)
      known.month = true
      known.day = true
    }
  }
  if (known.month && (at.month < 1 || at.month > 12)) throw outOfRange(text)
  if (known.day && (at.day < 1 || at.day > 31)) throw outOfRange(text)
  if (known.year && known.month && known.day && at.day > daysInMonth(at.year, at.month)) throw outOfRange(text)
  return daysFromCivil(at.year, at.month, 1) + at.day - 1
}

/** Beyond the last day of the year it stays beyond: the thirteenth month. */
function fromDayOfYear(at: Day, dayOfYear: number): void {
  let month = 1
  let before = 0
  while (month <= 12 && dayOfYear > before + daysInMonth(at.year, month)) before += daysInMonth(at.year, month++)
  if (at.month <= 1) at.month = month
  if (at.day <= 1) at.day = dayOfYear - before
}

/** Null where a part is out of its range. */
function microsOf(fields: Fields): number | null {
  const { ssss, twelve, pm } = fields
  const minute = fields.mi || Math.trunc((ssss % 3600) / 60)
  const second = fields.ss || ssss % 60
  let hour = fields.hh || Math.trunc(ssss / 3600)
  if (twelve) {
    if (hour < 1 || hour > 12)
      throw new SqlError('22007', `hour "${hour}" is invalid for the 12-hour clock`, {
        hint: 'Use the 24-hour clock, or give an hour between 1 and 12.',
      })
    if (pm !== 0 && hour < 12) hour += 12
    else if (pm === 0 && hour === 12) hour = 0
  }
  const fraction = fields.ms * 1000 + fields.us
  const within = (value: number, below: number) => value >= 0 && value < below
  const valid = within(hour, 24) && within(minute, 60) && within(second, 60) && within(fraction, 1e6)
  return valid ? ((hour * 60 + minute) * 60 + second) * 1e6 + fraction : null
}

/** The clock's hours are checked before the day, the other parts behind it. */
function dayAndTime(fields: Fields, text: string): { days: number; micros: number } {
  const micros = microsOf(fields)
  const days = dayOf(fields, text)
  if (micros === null) throw outOfRange(text)
  return { days, micros }
}

function toDate(text: string, template: string): number {
  const { days } = dayAndTime(readFields(text, template), text)
  if (!dateInRange(days)) throw new SqlError('22008', `date out of range: "${text}"`)
  return days
}

function toTimestamp(text: string, template: string, env: EvalEnv): number | bigint {
  const fields = readFields(text, template)
  const { days, micros } = dayAndTime(fields, text)
  const { zoneSign, zoneHours, zoneMinutes } = fields
  if (zoneSign === 0) return partsToUtc(days, micros, zoneByName(env.timeZone))
  if (zoneHours < 0 || zoneHours > 15 || zoneMinutes < 0 || zoneMinutes > 59)
    throw new SqlError('22009', `time zone displacement out of range: "${text}"`)
  return joinMicros(days, micros - zoneSign * (zoneHours * 60 + zoneMinutes) * 60e6)
}

export const toDateFunctions: readonly ScalarFunction[] = [
  def('to_date(text,text) date', toDate, {
    volatility: 'stable',
    fallible: true,
    example: ["to_date('05 Dec 2000', 'DD Mon YYYY')", '2000-12-05'],
  }),
  defEnv(
    'to_timestamp(text,text) timestamptz',
    ([text, template], env) => toTimestamp(text as string, template as string, env),
    {
      volatility: 'stable',
      fallible: true,
      example: ["to_timestamp('2024-03-10 02:15:30 PM', 'YYYY-MM-DD HH:MI:SS PM')", '2024-03-10 14:15:30+00'],
    },
  ),
]
