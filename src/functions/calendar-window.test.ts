import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { zoneByName } from '../types/time-zone.ts'
import type { Interval } from '../types/value.ts'
import { calendarEnd, calendarHops, calendarStart, calendarSteps } from './calendar-window.ts'

const interval = (months: number, days: number, micros = 0): Interval => ({ months, days, micros })
const NONE = interval(0, 0)
const HOUR = 3_600_000_000

const zone = fc
  .constantFrom('Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kathmandu', null)
  .map((name) => (name === null ? null : zoneByName(name)))
/** Half of them near the changes of the clocks of 2024. */
const instant = fc.oneof(
  fc.integer({ min: -2e15, max: 2.5e15 }),
  fc
    .tuple(
      fc.constantFrom(1710057600, 1730606400, 1712411100, 1728141300, 1710046800, 1730610000),
      fc.integer({ min: -90000, max: 90000 }),
    )
    .map(([at, by]) => (at + by) * 1e6),
)
const size = fc.oneof(
  fc.constantFrom(1, 2, 3, 12).map((months) => interval(months, 0)),
  fc.constantFrom(1, 2, 7).map((days) => interval(0, days)),
  fc.constantFrom(1, 2, 6, 12).map((hours) => interval(0, 0, hours * HOUR)),
)

describe('windows on the calendar', () => {
  test('hold the instant, and the next one begins where one ends', () => {
    fc.assert(
      fc.property(instant, size, zone, (at, of, clock) => {
        const start = calendarStart(at, of, NONE, clock)
        const end = calendarEnd(start, of, NONE, clock)
        expect(start <= at && at < end).toBe(true)
        expect(calendarStart(start, of, NONE, clock)).toBe(start)
        expect(calendarStart(end, of, NONE, clock)).toBe(end)
        expect(calendarStart(Number(end) - 1, of, NONE, clock)).toBe(start)
      }),
    )
  })

  test('never go back as time goes on', () => {
    fc.assert(
      fc.property(instant, fc.nat(9e10), size, zone, (at, later, of, clock) => {
        expect(calendarStart(at, of, NONE, clock) <= calendarStart(at + later, of, NONE, clock)).toBe(true)
      }),
    )
  })

  test('hop: as many hold an instant as slides fit the size', () => {
    fc.assert(
      fc.property(
        instant,
        fc.constantFrom(interval(1, 0), interval(0, 1)),
        fc.integer({ min: 1, max: 4 }),
        zone,
        (at, slide, times, clock) => {
          const of = interval(slide.months * times, slide.days * times)
          const list = [...calendarHops(at, slide, of, NONE, clock)]
          expect(list).toHaveLength(times)
          expect(list.every(([start, end]) => start <= at && at < end)).toBe(true)
          expect(list[0]?.[0]).toBe(calendarStart(at, slide, NONE, clock))
        },
      ),
    )
  })

  test('hop by parts of a day: starts are those of tumbling windows of the slide, and each window that holds an instant is there', () => {
    const named = zone.filter((z) => z !== null)
    const sizes = fc.constantFrom(interval(0, 0, 12 * HOUR), interval(0, 1), interval(0, 2))
    fc.assert(
      fc.property(instant, fc.constantFrom(1, 6, 12), sizes, named, (at, hours, of, clock) => {
        const slide = interval(0, 0, hours * HOUR)
        const list = [...calendarHops(at, slide, of, NONE, clock)]
        expect(list[0]?.[0]).toBe(calendarStart(at, slide, NONE, clock))
        for (const [i, [start, end]] of list.entries()) {
          expect(start <= at && at < end).toBe(true)
          expect(calendarStart(start, slide, NONE, clock)).toBe(start)
          if (i > 0) expect(calendarEnd(start, slide, NONE, clock)).toBe(list[i - 1][0])
        }
        // Whoever comes at its last instant finds the same window.
        const [start, end] = list.at(-1)!
        expect([...calendarHops(Number(end) - 1, slide, of, NONE, clock)]).toContainEqual([start, end])
      }),
    )
  })

  test('cumulate: one start, ends that grow to the end of the size', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(interval(0, 0, HOUR), interval(0, 1)), zone, (at, step, clock) => {
        const of = interval(0, 7)
        const list = [...calendarSteps(at, step, of, NONE, clock)]
        const start = calendarStart(at, of, NONE, clock)
        expect(list.every(([s, end]) => s === start && end > at)).toBe(true)
        expect(list.at(-1)?.[1]).toBe(calendarEnd(start, of, NONE, clock))
      }),
    )
  })
})
