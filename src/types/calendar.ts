import { SqlError } from '../base/sql-error.ts'
import { MICROS_PER_DAY } from './interval.ts'
import { normalizeInt } from './value.ts'

/** Proleptic Gregorian calendar on day numbers since 1970-01-01; years are astronomical (1 BC = 0). */
export interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Days since 1970-01-01 of a civil date (month 1..12, any day number). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146097 + dayOfEra - 719468
}

export function civilFromDays(days: number): Civil {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const dayOfEra = z - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** 0 Sunday … 6 Saturday. */
export function dayOfWeek(days: number): number {
  return (((days + 4) % 7) + 7) % 7
}

/** Julian day of 1970-01-01. */
export const UNIX_EPOCH_JULIAN = 2440588
/** 2000-01-01, PostgreSQL's epoch, in days since 1970. */
export const PG_EPOCH_DAYS = 10957

const DAYS_MIN = daysFromCivil(-4713, 11, 24)
const DATE_DAYS_END = daysFromCivil(5874898, 1, 1)
/** Days whose every microsecond fits 64 bits beside the two infinities. */
const TIMESTAMP_DAYS_END = 106_751_991

export function dateInRange(days: number): boolean {
  return days >= DAYS_MIN && days < DATE_DAYS_END
}

export function timestampInRange(days: number): boolean {
  return days >= DAYS_MIN && days < TIMESTAMP_DAYS_END
}

export function checkedDate(days: number): number {
  if (!dateInRange(days)) throw new SqlError('22008', 'date out of range')
  return days
}

/** A finite timestamp as whole days (floored) and microseconds of the day. */
export function splitMicros(value: number | bigint): { days: number; micros: number } {
  if (typeof value === 'number') {
    const days = Math.floor(value / MICROS_PER_DAY)
    return { days, micros: value - days * MICROS_PER_DAY }
  }
  let days = value / 86_400_000_000n
  let micros = value % 86_400_000_000n
  if (micros < 0n) {
    micros += 86_400_000_000n
    days -= 1n
  }
  return { days: Number(days), micros: Number(micros) }
}

/** The timestamp of a day number and microseconds (any, also beyond a day). 22008 outside the range. */
export function joinMicros(days: number, micros: number): number | bigint {
  const carry = Math.floor(micros / MICROS_PER_DAY)
  const day = days + carry
  if (!timestampInRange(day)) throw timestampOutOfRange()
  if (day > -104_000 && day < 104_000) return day * MICROS_PER_DAY + (micros - carry * MICROS_PER_DAY)
  return normalizeInt(BigInt(day) * 86_400_000_000n + BigInt(micros - carry * MICROS_PER_DAY))
}

function timestampOutOfRange(): SqlError {
  return new SqlError('22008', 'timestamp out of range')
}

export function isInfinite(value: number | bigint): boolean {
  return value === Infinity || value === -Infinity
}
