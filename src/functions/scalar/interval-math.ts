import { SqlError } from '../../base/sql-error.ts'
import { civilFromDays, daysFromCivil, daysInMonth, joinMicros, splitMicros } from '../../types/calendar.ts'
import { MICROS_PER_DAY } from '../../types/interval.ts'
import { localParts, partsToUtc, zoneByName } from '../../types/time-zone.ts'
import type { Interval } from '../../types/value.ts'
import { roundEven } from '../cast-values.ts'

/** Arithmetic of intervals and timestamps: months by the calendar, days by the zone's clock, the rest by the second. */
const INT4_MAX = 2147483647

export function makeInterval(months: number, days: number, micros: number): Interval {
  if (Math.abs(months) > INT4_MAX || Math.abs(days) > INT4_MAX || !Number.isSafeInteger(micros)) {
    throw new SqlError('22008', 'interval out of range')
  }
  return { months: months + 0, days: days + 0, micros: micros + 0 }
}

export function addIntervals(a: Interval, b: Interval): Interval {
  return makeInterval(a.months + b.months, a.days + b.days, a.micros + b.micros)
}

export function negateInterval(a: Interval): Interval {
  return makeInterval(-a.months, -a.days, -a.micros)
}

export const subIntervals = (a: Interval, b: Interval): Interval => addIntervals(a, negateInterval(b))

/** Fractions of months become days of 30 to the month, fractions of days become time. */
export function scaleInterval(a: Interval, factor: number): Interval {
  if (Number.isNaN(factor)) throw new SqlError('22008', 'interval out of range')
  return spread(a.months * factor, a.days * factor, a.micros * factor)
}

/** A sum divided by the number of its parts, or by any other divisor: not the same as times its reciprocal. */
export const divideInterval = (a: Interval, by: number): Interval => spread(a.months / by, a.days / by, a.micros / by)

function spread(months: number, days: number, micros: number): Interval {
  const wholeMonths = Math.trunc(months)
  const wholeDays = Math.trunc(days)
  const monthDays = roundMicro((months - wholeMonths) * 30)
  let seconds = roundMicro((days - wholeDays + monthDays - Math.trunc(monthDays)) * 86400)
  let extraDays = Math.trunc(monthDays)
  if (Math.abs(seconds) >= 86400) {
    extraDays += Math.trunc(seconds / 86400)
    seconds -= Math.trunc(seconds / 86400) * 86400
  }
  return makeInterval(wholeMonths, wholeDays + extraDays, roundEven(micros + seconds * 1e6))
}

/** Keeps binary fractions like 0.9999999999 from losing a whole unit. */
const roundMicro = (value: number): number => roundEven(value * 1e6) / 1e6

/** timestamp + interval; with a zone, months and days move the local clock (timestamptz). */
export function addInterval(value: number | bigint, step: Interval, timeZone: string | undefined): number | bigint {
  if (value === Infinity || value === -Infinity) return value
  let result = value
  if (step.months !== 0 || step.days !== 0) {
    const zone = timeZone === undefined ? undefined : zoneByName(timeZone)
    const { days, micros } = zone === undefined ? splitMicros(result) : localParts(result, zone)
    const moved = addMonths(days, step.months) + step.days
    result = zone === undefined ? joinMicros(moved, micros) : partsToUtc(moved, micros, zone)
  }
  if (step.micros === 0) return result
  const { days, micros } = splitMicros(result)
  const more = Math.floor(step.micros / MICROS_PER_DAY)
  return joinMicros(days + more, micros + (step.micros - more * MICROS_PER_DAY))
}

/** The same day of a later month, or that month's last. */
function addMonths(days: number, months: number): number {
  if (months === 0) return days
  const { year, month, day } = civilFromDays(days)
  const total = year * 12 + (month - 1) + months
  const newYear = Math.floor(total / 12)
  const newMonth = total - newYear * 12 + 1
  return daysFromCivil(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)))
}

/** timestamp - timestamp: days and time of one sign, no months. */
export function timestampDifference(a: number | bigint, b: number | bigint): Interval {
  if (!Number.isFinite(Number(a)) || !Number.isFinite(Number(b))) {
    throw new SqlError('22008', 'cannot subtract infinite timestamps')
  }
  const x = splitMicros(a)
  const y = splitMicros(b)
  let days = x.days - y.days
  let micros = x.micros - y.micros
  if (days > 0 && micros < 0) {
    days--
    micros += MICROS_PER_DAY
  } else if (days < 0 && micros > 0) {
    days++
    micros -= MICROS_PER_DAY
  }
  return makeInterval(0, days, micros)
}

/** age(): years, months and days counted on the calendar. */
export function age(a: number | bigint, b: number | bigint): Interval {
  if (!Number.isFinite(Number(a)) || !Number.isFinite(Number(b))) {
    throw new SqlError('22008', 'cannot subtract infinite timestamps')
  }
  const swapped = a < b
  const later = splitMicros(swapped ? b : a)
  const earlier = splitMicros(swapped ? a : b)
  const x = civilFromDays(later.days)
  const y = civilFromDays(earlier.days)
  let micros = later.micros - earlier.micros
  let days = x.day - y.day
  let months = (x.year - y.year) * 12 + (x.month - y.month)
  if (micros < 0) {
    micros += MICROS_PER_DAY
    days--
  }
  if (days < 0) {
    // Borrow the length of the earlier date's month.
    days += daysInMonth(y.year, y.month)
    months--
  }
  const interval = makeInterval(months, days, micros)
  return swapped ? negateInterval(interval) : interval
}

export function justifyHours(a: Interval): Interval {
  let days = a.days + Math.trunc(a.micros / MICROS_PER_DAY)
  let micros = a.micros % MICROS_PER_DAY
  if (days > 0 && micros < 0) {
    micros += MICROS_PER_DAY
    days--
  } else if (days < 0 && micros > 0) {
    micros -= MICROS_PER_DAY
    days++
  }
  return makeInterval(a.months, days, micros)
}

export function justifyDays(a: Interval): Interval {
  let months = a.months + Math.trunc(a.days / 30)
  let days = a.days % 30
  if (months > 0 && days < 0) {
    days += 30
    months--
  } else if (months < 0 && days > 0) {
    days -= 30
    months++
  }
  return makeInterval(months, days, a.micros)
}

export function justifyInterval(a: Interval): Interval {
  let { months, days, micros } = justifyDays(justifyHours(a))
  if (months > 0 && (days < 0 || (days === 0 && micros < 0))) {
    days += 30
    months--
  } else if (months < 0 && (days > 0 || (days === 0 && micros > 0))) {
    days -= 30
    months++
  }
  if (days > 0 && micros < 0) {
    micros += MICROS_PER_DAY
    days--
  } else if (days < 0 && micros > 0) {
    micros -= MICROS_PER_DAY
    days++
  }
  return makeInterval(months, days, micros)
}
