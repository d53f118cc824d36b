import type { Column } from './column.ts'

/**
 * A batch: the unit that flows. `n` rows, `diffs[i]` the signed count of row i (never 0), `cols[c]` its columns.
 * Arrays may be longer than n (pooled); only the first n entries count. Immutable once handed on.
 */
export interface Batch {
  readonly n: number
  readonly diffs: Int32Array
  readonly cols: readonly Column[]
}

/** Most rows in one batch: bounds what an operator holds at once and keeps columns in the cache. */
export const BATCH_ROWS_MAX = 4096
