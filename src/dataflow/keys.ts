import type { Batch } from '../types/batch.ts'
import { takeBatch } from '../types/batch-build.ts'
import type { Column } from '../types/column.ts'

/** The given columns, in that order. */
export function pick<T>(cols: readonly T[], numbers: readonly number[]): T[] {
  const picked = new Array<T>(numbers.length)
  for (let i = 0; i < numbers.length; i++) picked[i] = cols[numbers[i]]
  return picked
}

/** The batch without the rows that have NULL in a key column: `=` never matches them. */
export function withoutNullKeys(batch: Batch, keys: readonly number[]): Batch {
  if (keys.every((key) => batch.cols[key].nulls === null)) return batch
  const rows = new Int32Array(batch.n)
  let kept = 0
  for (let i = 0; i < batch.n; i++) if (!hasNull(batch.cols, keys, i)) rows[kept++] = i
  return kept === batch.n ? batch : takeBatch(batch, rows, kept)
}

/** Rows that are kept: no NULL in `all` of these columns, and a value in `any` of those, where there are such. */
export interface Present {
  readonly all: readonly number[]
  readonly any: readonly number[]
}

/** The batch in two: rows that are present so, and the others. */
export function partPresent(
  batch: Batch,
  { all, any }: Present,
): { readonly present: Batch; readonly rest: Batch | null } {
  if ([...all, ...any].every((c) => batch.cols[c].nulls === null)) return { present: batch, rest: null }
  const kept = new Int32Array(batch.n)
  const left = new Int32Array(batch.n)
  let n = 0
  let m = 0
  for (let i = 0; i < batch.n; i++) {
    const none = any.length > 0 && any.every((c) => hasNull(batch.cols, [c], i))
    if (none || hasNull(batch.cols, all, i)) left[m++] = i
    else kept[n++] = i
  }
  return m === 0
    ? { present: batch, rest: null }
    : { present: takeBatch(batch, kept, n), rest: takeBatch(batch, left, m) }
}

export function hasNull(cols: readonly Column[], keys: readonly number[], row: number): boolean {
  for (const key of keys) {
    const nulls = cols[key].nulls
    if (nulls !== null && nulls[row] === 1) return true
  }
  return false
}

const INDICES: number[] = []
/** 0 .. n-1. */
export function firstColumns(n: number): readonly number[] {
  while (INDICES.length < n) INDICES.push(INDICES.length)
  return INDICES.slice(0, n)
}
