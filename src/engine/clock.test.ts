import { expect, test } from 'vitest'
import { systemRuntime } from '../base/runtime.ts'
import { EngineClock } from './clock.ts'

const at = (wall: { ms: number }, reservedMs = 0) =>
  new EngineClock({ ...systemRuntime, nowMs: () => wall.ms }, 0, 0, reservedMs)

test('timestamps follow the wall clock, but always increase', () => {
  const wall = { ms: 1000 }
  const clock = at(wall)
  expect(clock.next().timestampMs).toBe(1000)
  expect(clock.next().timestampMs).toBe(1001)
  wall.ms = 500
  expect(clock.next()).toEqual({ timestampMs: 1002, nowMicros: 1_000_000 })
})

test('progress goes no further than the durable bound, and no tick comes below what was told', () => {
  const wall = { ms: 1000 }
  const clock = at(wall, 100)
  expect(clock.frontierMs()).toBe(101)
  clock.reserved(2000)
  expect(clock.frontierMs()).toBe(1000)
  wall.ms = 990
  expect(clock.next().timestampMs).toBe(1000)
})

test('progress stops before a tick that is being journaled', () => {
  const wall = { ms: 1000 }
  const clock = at(wall)
  clock.reserved(9000)
  const { timestampMs, nowMicros } = clock.next()
  wall.ms = 1500
  expect(clock.frontierMs()).toBe(timestampMs)
  clock.runs(timestampMs, nowMicros)
  expect(clock.frontierMs()).toBe(1500)
})
