import type { Batch } from '../../types/batch.ts'
import { takeBatch } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { nullColumn, takeRows } from '../../types/column-shape.ts'
import type { SqlType } from '../../types/sql-type.ts'

export const NO_MATCH = -1

/**
 * Left rows beside at most one right row each: row i with row match[i] of `right`. Those without a match: with NULLs
 * when `outer`, else gone.
 */
export function* withMatches(
  left: Batch,
  match: Int32Array,
  right: readonly Column[],
  types: readonly SqlType[],
  outer: boolean,
): Iterable<Batch> {
  const matched = new Int32Array(left.n)
  const of = new Int32Array(left.n)
  const alone = new Int32Array(left.n)
  let m = 0
  let a = 0
  for (let i = 0; i < left.n; i++) {
    if (match[i] === NO_MATCH) alone[a++] = i
    else {
      of[m] = match[i]
      matched[m++] = i
    }
  }
  if (m > 0) {
    const rows = m === left.n ? left : takeBatch(left, matched, m)
    yield { ...rows, cols: [...rows.cols, ...right.map((column) => takeRows(column, of, m))] }
  }
  if (a > 0 && outer) {
    const rows = a === left.n ? left : takeBatch(left, alone, a)
    yield { ...rows, cols: [...rows.cols, ...types.map((type) => nullColumn(type, a))] }
  }
}
