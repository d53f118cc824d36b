import { expect, test } from 'vitest'
import { ManualClock } from './manual-clock.ts'
import { type Runtime, systemRuntime } from './runtime.ts'

/** A wall clock that the test moves, with the timers that were set on it. */
function wall(startMs: number) {
  const timers: { fn: () => void; delayMs: number; cancelled: boolean }[] = []
  const state = { nowMs: startMs, timers }
  const runtime: Runtime = {
    ...systemRuntime,
    nowMs: () => state.nowMs,
    setTimer(fn, delayMs) {
      const timer = { fn, delayMs, cancelled: false }
      timers.push(timer)
      return () => {
        timer.cancelled = true
      }
    },
  }
  return { state, clock: new ManualClock(runtime) }
}

test('it follows the wall clock until it is stopped, and then moves by hand only', () => {
  const { state, clock } = wall(1000)
  state.nowMs = 1500
  expect(clock.nowMs()).toBe(1500)
  clock.setManual(true)
  state.nowMs = 9000
  expect(clock.nowMs()).toBe(1500)
  clock.advanceTo(1700)
  expect(clock.nowMs()).toBe(1700)
  clock.setManual(false)
  expect(clock.nowMs()).toBe(9000)
})

test('timers that become due fire in the order of their time, each at its time, also those set on the way', () => {
  const { clock } = wall(0)
  clock.setManual(true)
  const fired: string[] = []
  clock.setTimer(() => fired.push(`late at ${clock.nowMs()}`), 300)
  clock.setTimer(() => {
    fired.push(`early at ${clock.nowMs()}`)
    clock.setTimer(() => fired.push(`again at ${clock.nowMs()}`), 100)
  }, 100)
  clock.setTimer(() => fired.push('never'), 1001)
  clock.setTimer(() => fired.push('cancelled'), 50)()
  clock.advanceTo(1000)
  expect(fired).toEqual(['early at 100', 'again at 200', 'late at 300'])
  expect(clock.nowMs()).toBe(1000)
})

test('timers go over from the wall clock to the standing one and back', () => {
  const { state, clock } = wall(1000)
  const fired: string[] = []
  clock.setTimer(() => fired.push('a'), 500)
  clock.setManual(true)
  expect(state.timers[0]!.cancelled).toBe(true)
  clock.advanceTo(1400)
  expect(fired).toEqual([])
  clock.setTimer(() => fired.push('b'), 50)
  clock.setManual(false)
  // Each has as long to go as before, although the wall clock stands at 1000 still.
  expect(state.timers.slice(1).map((t) => t.delayMs)).toEqual([100, 50])
  for (const timer of state.timers.slice(1)) timer.fn()
  expect(fired).toEqual(['a', 'b'])
})
