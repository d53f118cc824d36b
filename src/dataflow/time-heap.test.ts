import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimeHeap } from './time-heap.ts'

test('moments come out once each, ascending, as far as they are due and asked for', () => {
  const heap = new TimeHeap()
  expect(heap.first).toBe(Number.POSITIVE_INFINITY)
  for (const time of [5, 1, 5, 3, 1, 9]) heap.add(time)
  expect(heap.first).toBe(1)
  expect([...heap.takeUpTo(0, 10)]).toEqual([])
  expect([...heap.takeUpTo(5, 2)]).toEqual([1, 3])
  expect([...heap.takeUpTo(5, 10)]).toEqual([5])
  expect(heap.first).toBe(9)
  heap.clear()
  expect(heap.size).toBe(0)
})

test('it holds what a sorted set would', () => {
  const step = fc.oneof(
    fc.record({ add: fc.nat(50) }),
    fc.record({ upTo: fc.nat(50), max: fc.integer({ min: 1, max: 9 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new TimeHeap()
      let model: number[] = []
      for (const s of steps) {
        if ('add' in s) {
          heap.add(s.add)
          model = [...new Set([...model, s.add])].sort((a, b) => a - b)
        } else {
          const want = model.filter((t) => t <= s.upTo).slice(0, s.max)
          expect([...heap.takeUpTo(s.upTo, s.max)]).toEqual(want)
          model = model.filter((t) => !want.includes(t))
        }
        expect(heap.first).toBe(model[0] ?? Number.POSITIVE_INFINITY)
      }
    }),
  )
})
