import type { InsertPlan } from '../../plan/dml.ts'
import type { Batch } from '../../types/batch.ts'
import { BATCH_ROWS_MAX } from '../../types/batch.ts'
import { rowAt, splitBatch } from '../../types/batch-build.ts'
import type { TableRuntime } from '../table.ts'
import { checkNotNull, duplicateKey } from './constraints.ts'
import { KeyedProbe } from './keyed-probe.ts'

/** INSERT … SELECT without ON CONFLICT and RETURNING: checked and staged column by column, never row by row. */
export function isBulk(plan: { readonly kind: string }): plan is InsertPlan {
  if (plan.kind !== 'insert') return false
  const insert = plan as InsertPlan
  return insert.source.kind === 'query' && insert.onConflict === null && insert.returning === null
}

/** Checks all batches before the first is staged; the number of rows. */
export function bulkInsert(table: TableRuntime, batches: readonly Batch[]): number {
  const { entry } = table
  const parts = batches.flatMap((batch) => splitBatch(batch, BATCH_ROWS_MAX))
  for (const batch of parts) {
    for (let c = 0; c < entry.columns.length; c++) {
      if (!entry.columns[c]!.notNull && !entry.primaryKey?.includes(c)) continue
      const row = batch.cols[c]!.nulls?.indexOf(1) ?? -1
      if (row >= 0 && row < batch.n) checkNotNull(entry, rowAt(batch, row, table.types))
    }
  }
  if (entry.primaryKey !== null) checkKeys(table, entry.primaryKey, parts)
  let count = 0
  for (const batch of parts) {
    for (let i = 0; i < batch.n; i++) count += batch.diffs[i]!
    table.stageBatch(batch)
  }
  return count
}

/** No key of the statement is there already, and none comes twice. */
function checkKeys(table: TableRuntime, key: readonly number[], parts: readonly Batch[]): void {
  const { entry, types } = table
  const seen = new KeyedProbe(key.map((c) => types[c]!))
  for (const batch of parts) {
    const columns = key.map((c) => batch.cols[c]!)
    const taken = table.firstPresent(columns, batch.n)
    if (taken >= 0) throw duplicateKey(entry, rowAt(batch, taken, types))
    const again = seen.firstAgain(columns, batch.n)
    const repeated = again >= 0 ? again : batch.diffs.subarray(0, batch.n).findIndex((diff) => diff > 1)
    if (repeated >= 0) throw duplicateKey(entry, rowAt(batch, repeated, types))
  }
}
