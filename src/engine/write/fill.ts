import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import { RowErrorList } from '../../dataflow/row-errors.ts'
import type { DmlRows } from '../../plan/dml.ts'
import { closureKernel } from '../../render/closure.ts'
import { finish } from '../../serve/finishing.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { splitBatch, takeBatch } from '../../types/batch-build.ts'
import type { ProgramEnv } from './row-program.ts'

type QueryRows = Extract<DmlRows, { kind: 'query' }>

/**
 * The rows of INSERT … SELECT with the defaults that are another value for each row (sequences, random()): in the order of
 * its ORDER BY, equal rows one by one. Without such defaults the rows are left as they are.
 */
export function* filled(
  { plan, fill = [], order = [] }: QueryRows,
  batches: readonly Batch[],
  { params, env }: ProgramEnv,
): Pieces<readonly Batch[]> {
  if (fill.length === 0) return batches
  const width = plan.types.length - order.length
  const project = Array.from({ length: width }, (_, c) => c)
  const kernels = fill.map(({ column, expr }) => ({ column, kernel: closureKernel(expr, { env, params }) }))
  const tick = { tick: 0, timestampMs: 0, nowMicros: env.nowMicros, recursionRoundsMax: 0 }
  const rows: Batch[] = []
  for (const sorted of finish(batches, plan.types, { order, limit: null, offset: 0, project })) {
    for (const batch of splitBatch(expanded(sorted), BATCH_ROWS_MAX)) {
      const cols = [...batch.cols]
      for (const { column, kernel } of kernels) {
        const errors = new RowErrorList()
        cols[column] = kernel(batch.cols, batch.n, errors, tick)
        if (errors.count === 0) continue
        const { sqlstate, message, position } = errors.get(errors.rows()[0]!)!
        throw new SqlError(sqlstate, message, { position: position < 0 ? undefined : position + 1 })
      }
      rows.push({ ...batch, cols })
      yield
    }
  }
  return rows
}

/** Each row of count n as n rows. */
export function expanded(batch: Batch): Batch {
  let n = 0
  for (let i = 0; i < batch.n; i++) n += batch.diffs[i]!
  if (n === batch.n) return batch
  const rows = new Int32Array(n)
  for (let i = 0, at = 0; i < batch.n; i++) for (let k = batch.diffs[i]!; k > 0; k--) rows[at++] = i
  return { ...takeBatch(batch, rows, n), diffs: new Int32Array(n).fill(1) }
}
