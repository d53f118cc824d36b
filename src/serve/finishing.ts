import type { Finishing } from '../plan/logical.ts'
import type { Batch } from '../types/batch.ts'
import { concatBatches, sliceBatch, splitBatch, takeBatch } from '../types/batch-build.ts'
import { compareBySort, compareRows } from '../types/compare.ts'
import type { SqlType } from '../types/sql-type.ts'

/**
 * Finishing of a pull: order, offset, limit, project, over the consolidated Z-set of one tick. A row of count c stands
 * for c rows. Without ORDER BY rows keep the order in which they came; with it ties follow the encoded row, so that the
 * same data always gives the same answer. Cost: O(n log n) for an order, O(n) otherwise.
 */
export function finish(batches: readonly Batch[], types: readonly SqlType[], finishing: Finishing): Batch[] {
  const { order, limit, offset, project } = finishing
  const whole = project.length === types.length && project.every((c, i) => c === i)
  const pick = (batch: Batch): Batch => (whole ? batch : { ...batch, cols: project.map((c) => batch.cols[c]!) })
  if (order.length === 0) return cut(batches, offset, limit).map(pick)
  if (batches.length === 0) return []
  const all = concatBatches(batches)
  const rows = sortedRows(all, types, order)
  const sorted = splitBatch(takeBatch(all, rows, all.n))
  return cut(sorted, offset, limit).map(pick)
}

function sortedRows(all: Batch, types: readonly SqlType[], order: Finishing['order']): Int32Array {
  const rows = new Int32Array(all.n)
  for (let i = 0; i < all.n; i++) rows[i] = i
  return rows.sort((a, b) => {
    const byOrder = compareBySort(order, types, all.cols, a, all.cols, b)
    return byOrder !== 0 ? byOrder : compareRows(types, all.cols, a, all.cols, b)
  })
}

/** Rows of ranks offset .. offset+limit-1, counts taken apart at the edges. Stops at the limit. */
function cut(batches: readonly Batch[], offset: number, limit: number | null): Batch[] {
  if (offset === 0 && limit === null) return batches.filter((b) => b.n > 0)
  const out: Batch[] = []
  let skip = offset
  let left = limit ?? Number.POSITIVE_INFINITY
  for (const batch of batches) {
    if (left <= 0) break
    const diffs = batch.diffs.slice(0, batch.n)
    let start = 0
    while (start < batch.n && skip > 0) {
      const taken = Math.min(skip, diffs[start]!)
      skip -= taken
      diffs[start]! -= taken
      if (diffs[start] === 0) start++
    }
    let end = start
    while (end < batch.n && left > 0) {
      if (diffs[end]! > left) diffs[end] = left
      left -= diffs[end]!
      end++
    }
    if (end > start) out.push(sliceBatch({ ...batch, diffs }, start, end))
  }
  return out
}
