import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drain } from '../base/slices.ts'
import { BATCH_ROWS_MAX } from '../types/batch.ts'
import { batchFromRows, rowsOf, splitBatch } from '../types/batch-build.ts'
import { INT4, TEXT } from '../types/sql-type.ts'
import { Circuit } from './circuit.ts'
import { consolidation, sortBatches, sorting } from './consolidate.ts'
import { InputNode } from './input.ts'
import { MapOperator } from './operators/map.ts'

const TYPES = [INT4, TEXT]
const ROWS = 60_000

const many = (seed: number) => {
  const rows = Array.from({ length: ROWS }, (_, i) => [(i * 7919 * (seed + 1)) % 9_001, `text ${(i * seed) % 13}`])
  const diffs = rows.map((_, i) => ((i + seed) % 3) - 1 || 1)
  return { rows, diffs, batches: splitBatch(batchFromRows(TYPES, rows, diffs), 1000) }
}

test('many rows are consolidated in pieces, to the sums of their counts', () => {
  fc.assert(
    fc.property(fc.nat(1000), (seed) => {
      const { rows, diffs, batches } = many(seed)
      const sums = new Map<string, number>()
      for (const [i, row] of rows.entries()) sums.set(row.join('/'), (sums.get(row.join('/')) ?? 0) + diffs[i]!)
      const found = new Map<string, number>()
      let pieces = 0
      const work = consolidation(batches)
      let step = work.next()
      for (; !step.done; step = work.next()) pieces++
      for (const batch of step.value) {
        expect(batch.n).toBeLessThanOrEqual(BATCH_ROWS_MAX)
        rowsOf(batch, TYPES).forEach((row, i) => {
          expect(found.has(row.join('/')), 'each row comes once').toBe(false)
          found.set(row.join('/'), batch.diffs[i]!)
        })
      }
      expect(pieces).toBeGreaterThan(10)
      expect(found).toEqual(new Map([...sums].filter(([, n]) => n !== 0)))
    }),
    { numRuns: 3 },
  )
})

test('many rows are sorted in pieces, as few are at once', () => {
  const { rows, diffs, batches } = many(5)
  const compare = (a: number, b: number): number =>
    (rows[a]![0] as number) - (rows[b]![0] as number) ||
    (rows[a]![1]! < rows[b]![1]! ? -1 : rows[a]![1]! > rows[b]![1]! ? 1 : 0) ||
    diffs[a]! - diffs[b]!
  const order = rows.map((_, i) => i).sort(compare)
  const sorted = drain(sorting(TYPES, batches))
  expect(sorted.flatMap((batch) => rowsOf(batch, TYPES))).toEqual(order.map((i) => rows[i]))
  expect(sorted.flatMap((batch) => [...batch.diffs.subarray(0, batch.n)])).toEqual(order.map((i) => diffs[i]))
  expect(sortBatches(TYPES, batches)).toEqual(sorted)
})

test('a tick in pieces gives way inside an operator and emits what a whole one does', () => {
  const input = new InputNode({ id: 0, position: -1 }, TYPES)
  const map = new MapOperator({ id: 1, position: -1 }, input.output.pipe(), TYPES, (cols, n) => ({ n, cols }))
  const out = map.output.pipe()
  const circuit = new Circuit()
  circuit.add([input, map])
  const { batches } = many(1)
  for (const batch of batches) input.pushRows(batch)
  let pieces = 0
  for (const _ of circuit.pieces({ tick: 1, timestampMs: 1, nowMicros: 1, recursionRoundsMax: 1 })) pieces++
  expect(pieces).toBeGreaterThanOrEqual(batches.length)
  expect(out.take().rows.map((batch) => batch.n)).toEqual(batches.map((batch) => batch.n))
})
