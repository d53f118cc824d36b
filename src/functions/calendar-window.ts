import { SqlError } from '../base/sql-error.ts'
import { civilFromDays, daysFromCivil, isInfinite, joinMicros, splitMicros } from '../types/calendar.ts'
import { MICROS_PER_DAY } from '../types/interval.ts'
import { localToUtc, utcToLocal, type Zone } from '../types/time-zone.ts'
import type { Interval } from '../types/value.ts'
import { addInterval } from './scalar/interval-math.ts'

/**
 * Time windows on the calendar: months, and the days of a time zone, whose length varies. A window begins where the
 * clock on the wall reads a whole multiple of the size, counted from 1970-01-01 and moved by `offset`; a day that the
 * clocks change has 23 or 25 hours. Windows shorter than a day divide it evenly from its midnight: the last one of a
 * changed day is shorter, or one more.
 */
type Stamp = number | bigint

const EPOCH_MONTH = 1970 * 12

/** Start of the window that holds the instant. `zone` null: the value is the clock's reading itself. */
export function calendarStart(value: Stamp, size: Interval, offset: Interval, zone: Zone | null): Stamp {
  if (isInfinite(value)) return value
  const local = zone === null ? value : utcToLocal(value, zone)
  if (size.months !== 0 || size.days !== 0 || zone === null) return instantOf(binLocal(local, size, offset), zone)
  const midnight = instantOf(binLocal(local, ONE_DAY, offset), zone)
  const into = Number(BigInt(value) - BigInt(midnight))
  return addInterval(midnight, micros(Math.floor(into / size.micros) * size.micros), undefined)
}

/** End of the window that begins there. */
export function calendarEnd(start: Stamp, size: Interval, offset: Interval, zone: Zone | null): Stamp {
  if (isInfinite(start)) return start
  const local = zone === null ? start : utcToLocal(start, zone)
  if (size.months !== 0 || size.days !== 0 || zone === null) {
    return instantOf(addInterval(binLocal(local, size, offset), size, undefined), zone)
  }
  const end = addInterval(start, size, undefined)
  const midnight = instantOf(addInterval(binLocal(local, ONE_DAY, offset), ONE_DAY, undefined), zone)
  if (end < midnight) return end
  return midnight
}

/** Hopping windows that hold the instant, the latest first. */
export function* calendarHops(
  value: Stamp,
  slide: Interval,
  size: Interval,
  offset: Interval,
  zone: Zone | null,
): Generator<[Stamp, Stamp], void, void> {
  if (isInfinite(value)) return
  if (zone !== null && isWithinDay(slide)) {
    // Slides count from each midnight, as tumbling windows of that length do.
    let start = calendarStart(value, slide, offset, zone)
    for (;;) {
      const end = endOf(start, size, zone)
      if (end <= value) return
      yield [start, end]
      start = calendarStart(addInterval(start, micros(-1), undefined), slide, offset, zone)
    }
  }
  let local = binLocal(zone === null ? value : utcToLocal(value, zone), slide, offset)
  const back = negated(slide)
  for (;;) {
    const start = instantOf(local, zone)
    const end = endOf(start, size, zone)
    if (end <= value) return
    yield [start, end]
    // From the bin itself: 31 March less a month, less a month is not 31 March less two.
    local = binLocal(addInterval(local, back, undefined), slide, offset)
  }
}

/** A size of days or months is one of the calendar, a shorter one is time that passes. */
function endOf(start: Stamp, size: Interval, zone: Zone | null): Stamp {
  if (zone === null || isWithinDay(size)) return addInterval(start, size, undefined)
  return instantOf(addInterval(utcToLocal(start, zone), size, undefined), zone)
}

const isWithinDay = (length: Interval): boolean => length.months === 0 && length.days === 0

/** Cumulating windows that hold the instant: one start, ends a step apart, the last the end of the size. */
export function* calendarSteps(
  value: Stamp,
  step: Interval,
  size: Interval,
  offset: Interval,
  zone: Zone | null,
): Generator<[Stamp, Stamp], void, void> {
  if (isInfinite(value)) return
  const start = calendarStart(value, size, offset, zone)
  const last = calendarEnd(start, size, offset, zone)
  const onCalendar = step.months !== 0 || step.days !== 0
  const local = zone === null || !onCalendar ? start : utcToLocal(start, zone)
  for (let i = 1; ; i++) {
    const moved = addInterval(local, times(step, i), undefined)
    const end = onCalendar ? instantOf(moved, zone) : moved
    if (end >= last) {
      yield [start, last]
      return
    }
    if (end > value) yield [start, end]
  }
}

const ONE_DAY: Interval = { months: 0, days: 1, micros: 0 }
const micros = (n: number): Interval => ({ months: 0, days: 0, micros: n })
const times = (a: Interval, n: number): Interval => ({ months: a.months * n, days: a.days * n, micros: a.micros * n })
const negated = (a: Interval): Interval => ({ months: -a.months, days: -a.days, micros: -a.micros })

function binLocal(local: Stamp, size: Interval, offset: Interval): Stamp {
  const shifted = splitMicros(addInterval(local, { ...negated(offset), months: 0 }, undefined))
  let start: Stamp
  if (size.months !== 0) {
    const { year, month } = civilFromDays(shifted.days)
    const index = year * 12 + month - 1 - EPOCH_MONTH - offset.months
    const first = Math.floor(index / size.months) * size.months + EPOCH_MONTH + offset.months
    const years = Math.floor(first / 12)
    start = joinMicros(daysFromCivil(years, first - years * 12 + 1, 1), 0)
  } else {
    const length = size.days * MICROS_PER_DAY + size.micros
    const at = BigInt(shifted.days) * 86_400_000_000n + BigInt(shifted.micros)
    const rest = ((at % BigInt(length)) + BigInt(length)) % BigInt(length)
    const floor = at - rest
    const days = floor / 86_400_000_000n
    start = joinMicros(Number(days), Number(floor - days * 86_400_000_000n))
  }
  return addInterval(start, { ...offset, months: 0 }, undefined)
}

/** The first instant at which the clock of the zone reads this, or has jumped over it. */
function instantOf(local: Stamp, zone: Zone | null): Stamp {
  if (zone === null) return local
  const later = localToUtc(local, zone)
  // Clocks that go back over a midnight read it twice: localToUtc answers the second time.
  const { days, micros: rest } = splitMicros(local)
  const before = zone.offsetAt(days * 86400 + Math.floor(rest / 1e6) - 86400)
  const earlier = joinMicros(days, rest - before * 1e6)
  return earlier < later && utcToLocal(earlier, zone) === local ? earlier : later
}

/** As of windows of fixed length. */
const HOPS_MAX = 10_000

export type WindowKind = 'tumble' | 'hop' | 'cumulate'

/** What a window may be made of; `step` is the slide of hopping windows and the step of cumulating ones. */
export function checkWindow(kind: WindowKind, size: Interval, step: Interval | null, zoned: boolean): void {
  checkLength(size, 'size')
  if (step !== null) checkLength(step, kind === 'hop' ? 'slide' : 'step')
  const onCalendar = zoned || size.months !== 0 || (step !== null && step.months !== 0)
  if (!onCalendar) {
    if (kind === 'cumulate' && step !== null && length(size) % length(step) !== 0) throw notMultiple()
    return
  }
  if (!zoned && step !== null && (size.months === 0) !== (step.months === 0)) {
    throw new SqlError('0A000', 'windows of months and of days cannot be mixed')
  }
  for (const part of step === null ? [size] : [size, step]) {
    if (part.months !== 0 || (part.days !== 0 && part.micros === 0)) continue
    // The size of hopping windows is time that passes when it is shorter than a day.
    if (kind === 'hop' && part === size && part.days === 0) continue
    if (part.days !== 0 || MICROS_PER_DAY % part.micros !== 0) {
      throw new SqlError('22023', 'a window in a time zone has whole days or divides a day')
    }
  }
  if (kind === 'hop' && step !== null && isWithinDay(step)) {
    const many = (size.months * 31 * MICROS_PER_DAY + length(size)) / length(step)
    if (many > HOPS_MAX) throw new SqlError('54000', `more than ${HOPS_MAX} windows hold each row`)
  }
  if (kind === 'cumulate' && step !== null) {
    if (step.months !== 0 && size.months % step.months !== 0) throw notMultiple()
    if (step.months === 0 && size.months === 0 && length(size) % length(step) !== 0) throw notMultiple()
  }
}

export const length = (i: Interval): number => i.days * MICROS_PER_DAY + i.micros

function checkLength(part: Interval, name: string): void {
  if (part.months < 0 || length(part) < 0 || (part.months === 0 && length(part) === 0)) {
    throw new SqlError('22023', `window ${name} must be greater than zero`)
  }
  if (part.months !== 0 && length(part) !== 0) {
    throw new SqlError('0A000', `a window ${name} of months cannot have days or time`)
  }
  if (!Number.isSafeInteger(length(part))) throw new SqlError('22008', 'interval out of range')
}

const notMultiple = () => new SqlError('22023', 'window size must be a multiple of the step')
