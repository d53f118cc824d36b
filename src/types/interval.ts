import type { Interval } from './value.ts'

export const MICROS_PER_DAY = 86_400_000_000
export const MICROS_PER_HOUR = 3_600_000_000
export const MICROS_PER_MINUTE = 60_000_000
export const MICROS_PER_SECOND = 1_000_000

/** PostgreSQL compares intervals by their total with months of 30 days: two numbers (days, micros of a day). */
function total(v: Interval): { days: number; micros: number } {
  const days = Math.floor(v.micros / MICROS_PER_DAY)
  return { days: v.months * 30 + v.days + days, micros: v.micros - days * MICROS_PER_DAY }
}

export function compareInterval(a: Interval, b: Interval): number {
  const x = total(a)
  const y = total(b)
  return Math.sign(x.days - y.days) || Math.sign(x.micros - y.micros)
}

/** Equal intervals (1 day = 24 hours) give equal pairs: what hashes and keys are made of. */
export function intervalKey(v: Interval): readonly [days: number, micros: number] {
  const { days, micros } = total(v)
  return [days, micros]
}

/** 2^31 - 1 days and months at most, as PostgreSQL keeps them. */
const PART_MAX = 2147483647

/** The one form that equal intervals share; months only where the days alone would be too many. */
export function plainInterval(v: Interval): Interval {
  const { days, micros } = total(v)
  if (Math.abs(days) <= PART_MAX) return { months: 0, days, micros }
  const months = Math.max(-PART_MAX, Math.min(PART_MAX, Math.trunc(days / 30)))
  return { months, days: days - months * 30, micros }
}
