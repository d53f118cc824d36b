import { describe, expect, test } from 'vitest'
import { UndoLog } from './undo-log.ts'

describe('the undo log', () => {
  test('remembers the first count of a slot after each pin, and nothing of slots that came later', () => {
    const log = new UndoLog()
    const early = log.pin(10)
    log.save(3, 1)
    const late = log.pin(11)
    log.save(3, 2)
    log.save(10, 5)
    expect([early.diff(3, 9), late.diff(3, 9)]).toEqual([1, 2])
    expect([early.diff(10, 9), late.diff(10, 9)]).toEqual([0, 5])
    expect(early.diff(4, 7)).toBe(7)
  })

  test('a slot whose row went comes free when the last pin that could read it is released', () => {
    const log = new UndoLog()
    const freed: number[] = []
    const first = log.pin(10)
    log.save(1, 1)
    log.keepBack(1, 77)
    const second = log.pin(10)
    log.save(2, 1)
    log.keepBack(2, 78)
    log.release(first, (slot) => freed.push(slot))
    expect(freed).toEqual([1])
    log.release(second, (slot) => freed.push(slot))
    expect(freed).toEqual([1, 2])
    expect(log.active).toBe(false)
  })

  test('is bounded: the pin that would need more is broken with 72000, the others stay', () => {
    const log = new UndoLog(2)
    const old = log.pin(10)
    log.save(1, 1)
    log.save(2, 1)
    const young = log.pin(10)
    log.save(3, 1)
    expect(() => old.diff(1, 0)).toThrow('snapshot too old')
    expect(young.diff(3, 0)).toBe(1)
  })
})
