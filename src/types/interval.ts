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
