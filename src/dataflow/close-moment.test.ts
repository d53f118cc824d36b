import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CloseMoment } from './close-moment.ts'
import { CLOCK } from './contract.ts'

/** Windows of a size: the start of the one that is open. */
const openWindow = (size: number) => (now: ReadonlyMap<number, number>) => {
  const at = now.get(CLOCK)
  return at === undefined ? null : Math.floor(at / size) * size
}

test('the moment is the first at which the bound is above the value, wherever the search begins', () => {
  const check = (size: number, window: number, since: number) => {
    const value = window * size
    // A window is closed by its end; what is closed long since is so at once.
    expect(new CloseMoment(openWindow(size)).of(value, since)).toBe(Math.max(since, value + size))
  }
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.nat({ max: 1e6 }), fc.nat({ max: 1e15 }), (size, window, since) =>
      check(size, window, since),
    ),
  )
  check(10_000_000, 170_000_000, Number.NEGATIVE_INFINITY)
})

test('a bound that never gets there, or is not known, has no moment', () => {
  expect(new CloseMoment(() => 5).of(5, 0)).toBe(Number.POSITIVE_INFINITY)
  expect(new CloseMoment(() => null).of(5, 0)).toBe(Number.POSITIVE_INFINITY)
  expect(new CloseMoment(openWindow(10)).of(Number.POSITIVE_INFINITY, 0)).toBe(Number.POSITIVE_INFINITY)
})

test('each value is searched for once', () => {
  let asked = 0
  const moment = new CloseMoment((now) => {
    asked++
    return openWindow(10)(now)
  })
  expect(moment.of(40, 20)).toBe(50)
  const once = asked
  expect(moment.of(40, 30)).toBe(50)
  expect(asked).toBe(once)
  expect(moment.of(60, 30)).toBe(70)
  expect(asked).toBeGreaterThan(once)
})
