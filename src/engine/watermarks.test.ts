import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SourceBatch } from '../connectors/contract.ts'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { INT4, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'
import { admitted, FUTURE, NO_TIME } from './event-time-records.ts'
import { PastWatermarks, Watermarks } from './watermarks.ts'

const TIMESTAMP: SqlType = { kind: 'timestamp' }
const spec = (delay: number, maxFuture: number | null = null) => ({ column: 1, delay, idleMs: null, maxFuture })

function batchOf(type: SqlType, first: number, times: readonly Datum[]): SourceBatch {
  return {
    partition: 0,
    first,
    next: first + times.length,
    rows: batchFromRows(
      [TEXT, type],
      times.map((t): Row => ['x', t]),
    ),
    deletes: null,
    offsets: Float64Array.from(times, (_, i) => first + i),
    deadLetters: [],
  }
}
const stampsOf = (batch: SourceBatch['rows'], type: SqlType): Datum[] =>
  rowsOf(batch, [TEXT, type, type]).map((row) => row[2]!)

test('records without a time, out of range, or too far ahead of the clock are put aside and move nothing', () => {
  const now = 1_700_000_000_000_000
  const watermarks = new Watermarks(spec(0, 60_000_000), [TEXT, TIMESTAMP])
  const batch = batchOf(TIMESTAMP, 5, [now, null, now + 60_000_001, Number.POSITIVE_INFINITY, now + 60_000_000])
  const kept = admitted(watermarks, batch, now)
  expect([...kept.offsets]).toEqual([5, 9])
  expect(kept.deadLetters.map(({ offset, reason }) => [offset, reason])).toEqual([
    [6, NO_TIME],
    [7, FUTURE],
    [8, NO_TIME],
  ])
  expect(kept.next).toBe(10)
  watermarks.stamp(0, 5, kept.rows, now)
  watermarks.advance(now)
  expect(watermarks.current).toBe(now + 60_000_000)
})

test('who reads a partition again, in batches of any size, finds the watermarks that its records came with', () => {
  const steps = fc.array(
    fc.record({
      times: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 6 }),
      raise: fc.option(fc.integer({ min: 0, max: 120 })),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(steps, fc.nat(20), fc.integer({ min: 1, max: 7 }), (list, delay, size) => {
      const live = new Watermarks(spec(delay), [TEXT, INT4])
      const times: number[] = []
      const stamps: Datum[] = []
      for (const { times: more, raise } of list) {
        stamps.push(...stampsOf(live.stamp(0, times.length, batchOf(INT4, 0, more).rows, 0), INT4))
        times.push(...more)
        live.advance(0)
        if (raise !== null && raise > (live.current ?? -1)) live.advanceTo(raise, new Map([[0, times.length]]), 0)
      }
      const past = new PastWatermarks(live)
      const again: Datum[] = []
      for (let at = 0; at < times.length; at += size) {
        const { offsets, rows } = batchOf(INT4, at, times.slice(at, at + size))
        again.push(...stampsOf(past.stamp(0, offsets, rows), INT4))
      }
      expect(again).toEqual(stamps)
    }),
  )
})

test('a watermark is the lowest of active partitions, never goes back, and outlives an image', () => {
  const watermarks = new Watermarks(spec(10), [TEXT, INT4])
  watermarks.begin(0, true, 0)
  watermarks.begin(1, true, 0)
  watermarks.begin(2, false, 0)
  watermarks.stamp(0, 0, batchOf(INT4, 0, [100]).rows, 0)
  watermarks.advance(0)
  // Partition 1 has records to come; 2 has none.
  expect(watermarks.current).toBe(null)
  watermarks.stamp(1, 0, batchOf(INT4, 0, [50]).rows, 0)
  watermarks.advance(0)
  expect(watermarks.current).toBe(40)
  watermarks.becomeIdle(1)
  watermarks.advance(0)
  expect(watermarks.current).toBe(90)
  const restored = new Watermarks(spec(10), [TEXT, INT4])
  restored.restore(JSON.parse(JSON.stringify(watermarks.image())))
  for (const each of [watermarks, restored]) {
    expect(stampsOf(each.stamp(1, 1, batchOf(INT4, 1, [60, 95]).rows, 0), INT4)).toEqual([90, 90])
    each.advance(0)
    expect(each.current).toBe(90)
    expect(each.partitions.get(1)!.late).toBe(1)
    expect(each.floors).toEqual([{ partition: 1, offset: 1, value: 90 }])
  }
})

test('a watermark that was set before the first record goes on with the clock from there, where a time-out was declared', () => {
  const set = (idleMs: number | null) => {
    const watermarks = new Watermarks({ ...spec(0), idleMs }, [TEXT, TIMESTAMP])
    watermarks.begin(0, false, 1_000)
    watermarks.advanceTo(500_000, new Map([[0, 0]]), 2_000_000)
    watermarks.advance(2_000_000)
    expect(watermarks.current).toBe(500_000)
    watermarks.advance(3_000_000)
    return watermarks
  }
  expect(set(30_000)).toMatchObject({ current: 1_500_000, runsWithClock: true })
  expect(set(null)).toMatchObject({ current: 500_000, runsWithClock: false })
})
