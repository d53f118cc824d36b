import { drain, type Pieces } from '../base/slices.ts'
import { BATCH_ROWS_MAX, type Batch } from '../types/batch.ts'
import { concatBatches, splitBatch, takeBatch } from '../types/batch-build.ts'
import { compareRows } from '../types/compare.ts'
import { copiesOf, mayOverflow } from '../types/copies.ts'
import type { SqlType } from '../types/sql-type.ts'
import { identicalRows } from './identical.ts'
import { groupRows, hashesOf } from './row-hash.ts'

/** Rows that are consolidated or sorted in one piece. */
const PIECE_ROWS = 16_384
const PARTS_MAX = 256

/** The same Z-set with each row once: diffs of equal rows are summed, rows that cancel are gone. In no order. */
export function consolidate(batches: readonly Batch[]): Batch[] {
  return drain(consolidation(batches))
}

/**
 * The same in pieces. Many rows are dealt out by hash first, so that equal rows meet in one part: its table stays in
 * the cache, where one over all of them would not.
 */
export function* consolidation(batches: readonly Batch[]): Pieces<Batch[]> {
  if (batches.length === 0) return []
  let rows = 0
  for (const batch of batches) rows += batch.n
  if (rows <= PIECE_ROWS || batches[0].cols.length === 0) {
    return splitBatch(consolidateOne(concatBatches(batches)), BATCH_ROWS_MAX)
  }
  const count = Math.min(PARTS_MAX, 1 << Math.ceil(Math.log2(rows / PIECE_ROWS)))
  const parts: Batch[][] = Array.from({ length: count }, () => [])
  for (const whole of batches) {
    for (const batch of splitBatch(whole, PIECE_ROWS)) {
      deal(batch, parts)
      yield
    }
  }
  const out: Batch[] = []
  for (const part of parts) {
    if (part.length === 0) continue
    out.push(...splitBatch(consolidateOne(concatBatches(part)), BATCH_ROWS_MAX))
    part.length = 0
    yield
  }
  return out
}

/**
 * By bits 16 to 23 of the hash. The lower ones place a row in the tables, the upper ones choose the segment of an index:
 * rows that come in the order of either would fill one corner of an index after the other.
 */
function deal(batch: Batch, parts: readonly Batch[][]): void {
  const hashes = hashesOf(batch.cols, batch.n)
  const ends = new Int32Array(parts.length + 1)
  const partOf = (i: number) => (hashes[i] >>> 16) & (parts.length - 1)
  for (let i = 0; i < batch.n; i++) ends[partOf(i) + 1]++
  for (let p = 0; p < parts.length; p++) ends[p + 1] += ends[p]
  const rows = new Int32Array(batch.n)
  const next = ends.slice()
  for (let i = 0; i < batch.n; i++) rows[next[partOf(i)]++] = i
  for (let p = 0; p < parts.length; p++) {
    const n = ends[p + 1] - ends[p]
    if (n > 0) parts[p].push(takeBatch(batch, rows.subarray(ends[p], ends[p + 1]), n))
  }
}

/** Rows from which on a delta of an ordered arrangement is consolidated first: rows that come often cost one walk down. */
const CONSOLIDATED_MIN = 32

export const consolidateLong = (batch: Batch): Batch => (batch.n < CONSOLIDATED_MIN ? batch : consolidateOne(batch))

/** The same for one batch of any length. */
export function consolidateOne(batch: Batch): Batch {
  const n = batch.n
  if (n <= 1) return batch
  const group = new Int32Array(n)
  const first = new Int32Array(n)
  const groups = groupRows(batch.cols, n, group, first, identicalRows)
  if (mayOverflow(batch.diffs, n)) return consolidateLarge(batch, group, first, groups)
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

/** Counts that may leave 32 bits: such a row is there several times. */
function consolidateLarge(batch: Batch, group: Int32Array, first: Int32Array, groups: number): Batch {
  const sums = new Float64Array(groups)
  for (let i = 0; i < batch.n; i++) sums[group[i]] += batch.diffs[i]
  const { n, from, diffs } = copiesOf(sums, groups)
  return {
    ...takeBatch(
      batch,
      from.map((g) => first[g]),
      n,
    ),
    diffs,
  }
}

/** In the row order, which every output leaves in: the same rows always come in the same order. */
export function sortBatches(types: readonly SqlType[], batches: readonly Batch[]): Batch[] {
  return drain(sorting(types, batches))
}

/** The same in pieces: runs are sorted, then merged in pairs. */
export function* sorting(types: readonly SqlType[], batches: readonly Batch[]): Pieces<Batch[]> {
  if (batches.length === 0) return []
  const all = concatBatches(batches)
  const n = all.n
  if (n <= 1) return n === 0 ? [] : [all]
  const compare = (i: number, j: number) =>
    compareRows(types, all.cols, i, all.cols, j) || all.diffs[i] - all.diffs[j] || i - j
  let order = Int32Array.from({ length: n }, (_, i) => i)
  for (let start = 0; start < n; start += PIECE_ROWS) {
    order.subarray(start, start + PIECE_ROWS).sort(compare)
    yield
  }
  let other = new Int32Array(n)
  for (let run = PIECE_ROWS; run < n; run *= 2) {
    for (let start = 0; start < n; start += run * 2) yield* merge(order, start, run, other, compare)
    ;[order, other] = [other, order]
  }
  const out: Batch[] = []
  for (let start = 0; start < n; start += BATCH_ROWS_MAX) {
    const rows = order.subarray(start, start + BATCH_ROWS_MAX)
    out.push(takeBatch(all, rows, rows.length))
    yield
  }
  return out
}

/** The runs [start, start + run) and the one behind it, from one array into the other. */
function* merge(
  from: Int32Array,
  start: number,
  run: number,
  to: Int32Array,
  compare: (i: number, j: number) => number,
): Pieces {
  const middle = Math.min(from.length, start + run)
  const end = Math.min(from.length, middle + run)
  let left = start
  let right = middle
  for (let at = start; at < end; at++) {
    if (right === end || (left < middle && compare(from[left], from[right]) <= 0)) to[at] = from[left++]
    else to[at] = from[right++]
    if ((at & (PIECE_ROWS - 1)) === 0) yield
  }
}
