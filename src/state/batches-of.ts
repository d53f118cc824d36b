import { BATCH_ROWS_MAX, type Batch } from '../types/batch.ts'
import type { RowStore } from './row-store.ts'

/** The rows of slots in batches of at most BATCH_ROWS_MAX; slots with a count of 0 are left out. */
export function* batchesOf(
  store: RowStore,
  slots: Iterable<number>,
  count: (slot: number) => number,
): Generator<Batch> {
  const page = new Int32Array(BATCH_ROWS_MAX)
  const counts = new Int32Array(BATCH_ROWS_MAX)
  let n = 0
  const flush = (): Batch => {
    const batch = { n, diffs: counts.slice(0, n), cols: store.columns.map((column) => column.gather(page, n)) }
    n = 0
    return batch
  }
  for (const slot of slots) {
    const diff = count(slot)
    if (diff === 0) continue
    page[n] = slot
    counts[n++] = diff
    if (n === BATCH_ROWS_MAX) yield flush()
  }
  if (n > 0) yield flush()
}
