import { BATCH_ROWS_MAX, type Batch } from '../types/batch.ts'
import { concatBatches, splitBatch, takeBatch } from '../types/batch-build.ts'
import { compareRows } from '../types/compare.ts'
import type { SqlType } from '../types/sql-type.ts'
import { identicalRows } from './identical.ts'
import { groupRows } from './row-hash.ts'

/** The same Z-set with each row once: diffs of equal rows are summed, rows that cancel are gone. Order: first seen. */
export function consolidate(batches: readonly Batch[]): Batch[] {
  if (batches.length === 0) return []
  return splitBatch(consolidateOne(concatBatches(batches)), BATCH_ROWS_MAX)
}

/** The same for one batch of any length. */
export function consolidateOne(batch: Batch): Batch {
  const n = batch.n
  if (n <= 1) return batch
  const group = new Int32Array(n)
  const first = new Int32Array(n)
  const groups = groupRows(batch.cols, n, group, first, identicalRows)
  const sums = new Int32Array(groups)
  for (let i = 0; i < n; i++) sums[group[i]] += batch.diffs[i]
  let kept = 0
  for (let g = 0; g < groups; g++) {
    if (sums[g] === 0) continue
    first[kept] = first[g]
    sums[kept++] = sums[g]
  }
  if (kept === n) return batch
  const taken = takeBatch(batch, first, kept)
  return { n: kept, diffs: sums.subarray(0, kept), cols: taken.cols }
}

/** In the row order, which every output leaves in: the same rows always come in the same order. */
export function sortBatches(types: readonly SqlType[], batches: readonly Batch[]): Batch[] {
  if (batches.length === 0) return []
  const all = concatBatches(batches)
  if (all.n <= 1) return all.n === 0 ? [] : [all]
  const order = Array.from({ length: all.n }, (_, i) => i)
  order.sort((i, j) => compareRows(types, all.cols, i, all.cols, j) || all.diffs[i] - all.diffs[j])
  return splitBatch(takeBatch(all, Int32Array.from(order), all.n), BATCH_ROWS_MAX)
}
