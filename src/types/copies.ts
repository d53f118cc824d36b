import { assert } from '../base/assert.ts'
import type { Batch } from './batch.ts'
import type { Column } from './column.ts'
import { takeRows } from './column-shape.ts'

/** Highest count of a row of a batch, either way: diffs have 32 bits, and each can be negated. */
export const COUNT_MAX = 2 ** 31 - 1

/** Into so many rows a count is dealt out at most. */
const COPIES_MAX = 1 << 16
/** Counts beyond cannot be told by the rows of batches. */
export const TOLD_COUNT_MAX = COUNT_MAX * COPIES_MAX

/** Rows in which counts beyond 32 bits are dealt out: `from[k]` is the number of the count that row k has a part of. */
export interface Copies {
  readonly n: number
  readonly from: Int32Array
  readonly diffs: Int32Array
}

/** Of n counts up to TOLD_COUNT_MAX; a count of 0 has no rows. */
export function copiesOf(counts: ArrayLike<number>, n: number): Copies {
  const from: number[] = []
  const diffs: number[] = []
  for (let i = 0; i < n; i++) {
    assert(Math.abs(counts[i]) <= TOLD_COUNT_MAX, 'a count can be told')
    for (let left = counts[i]; left !== 0; ) {
      const part = Math.max(-COUNT_MAX, Math.min(COUNT_MAX, left))
      from.push(i)
      diffs.push(part)
      left -= part
    }
  }
  return { n: from.length, from: Int32Array.from(from), diffs: Int32Array.from(diffs) }
}

/** Rows with counts of any size: more rows than counts where one is beyond 32 bits. */
export function inCopies(n: number, cols: readonly Column[], counts: Float64Array): Batch {
  const diffs = Int32Array.from(counts)
  if (diffs.every((diff, i) => diff === counts[i])) return { n, diffs, cols }
  const copies = copiesOf(counts, n)
  return { n: copies.n, diffs: copies.diffs, cols: cols.map((column) => takeRows(column, copies.from, copies.n)) }
}

/** Whether sums of these diffs may leave 32 bits. */
export function mayOverflow(diffs: Int32Array, n: number): boolean {
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.abs(diffs[i])
  return sum > COUNT_MAX
}
