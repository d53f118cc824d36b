import { BATCH_ROWS_MAX, type Batch } from './batch.ts'
import type { Column } from './column.ts'
import { columnBuilder } from './column-build.ts'
import { datumAt } from './column-read.ts'
import { concatColumns, sliceColumn, takeRows } from './column-shape.ts'
import type { SqlType } from './sql-type.ts'
import type { Datum, Row } from './value.ts'

/** A batch of rows, each counted once or as `diffs` says. Longer than BATCH_ROWS_MAX is the caller's affair (`splitBatch`). */
export function batchFromRows(types: readonly SqlType[], rows: readonly Row[], diffs?: ArrayLike<number>): Batch {
  const n = rows.length
  const cols: Column[] = []
  for (let c = 0; c < types.length; c++) {
    const builder = columnBuilder(types[c], n)
    for (let i = 0; i < n; i++) builder.append(rows[i][c])
    cols.push(builder.finish())
  }
  return { n, diffs: diffs === undefined ? new Int32Array(n).fill(1) : Int32Array.from(diffs), cols }
}

export function rowAt(batch: Batch, i: number, types: readonly SqlType[]): Datum[] {
  const row = new Array<Datum>(types.length)
  for (let c = 0; c < types.length; c++) row[c] = datumAt(batch.cols[c], i, types[c])
  return row
}

export function rowsOf(batch: Batch, types: readonly SqlType[]): Datum[][] {
  const rows: Datum[][] = []
  for (let i = 0; i < batch.n; i++) rows.push(rowAt(batch, i, types))
  return rows
}

/** Rows `rows[0..n)` of a batch, with their diffs. */
export function takeBatch(batch: Batch, rows: Int32Array, n: number): Batch {
  const diffs = new Int32Array(n)
  for (let k = 0; k < n; k++) diffs[k] = batch.diffs[rows[k]]
  return { n, diffs, cols: batch.cols.map((column) => takeRows(column, rows, n)) }
}

export function sliceBatch(batch: Batch, start: number, end: number): Batch {
  return {
    n: end - start,
    diffs: batch.diffs.subarray(start, end),
    cols: batch.cols.map((column) => sliceColumn(column, start, end)),
  }
}

/** Pieces of at most `rowsMax` rows. */
export function splitBatch(batch: Batch, rowsMax = BATCH_ROWS_MAX): Batch[] {
  if (batch.n <= rowsMax) return batch.n === 0 ? [] : [batch]
  const pieces: Batch[] = []
  for (let start = 0; start < batch.n; start += rowsMax) {
    pieces.push(sliceBatch(batch, start, Math.min(batch.n, start + rowsMax)))
  }
  return pieces
}

/** All rows of batches of one row type (at least one batch). */
export function concatBatches(batches: readonly Batch[]): Batch {
  if (batches.length === 1) return batches[0]
  const counts = batches.map((batch) => batch.n)
  const n = counts.reduce((sum, count) => sum + count, 0)
  const diffs = new Int32Array(n)
  let at = 0
  for (const batch of batches) {
    diffs.set(batch.diffs.subarray(0, batch.n), at)
    at += batch.n
  }
  const cols = batches[0].cols.map((_, c) =>
    concatColumns(
      batches.map((batch) => batch.cols[c]),
      counts,
    ),
  )
  return { n, diffs, cols }
}

/** The same rows with every diff negated: retract what was inserted. */
export function negateBatch(batch: Batch): Batch {
  const diffs = new Int32Array(batch.n)
  for (let i = 0; i < batch.n; i++) diffs[i] = -batch.diffs[i]
  return { n: batch.n, diffs, cols: batch.cols }
}

export function hasRetraction({ n, diffs }: Batch): boolean {
  for (let i = 0; i < n; i++) if (diffs[i] < 0) return true
  return false
}
