import type { Batch } from '../../types/batch.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'

/** Rows with their counts expanded. */
export function expand(batches: readonly Batch[], types: readonly SqlType[]): Row[] {
  const rows: Row[] = []
  for (const batch of batches) {
    const values = rowsOf(batch, types)
    for (let i = 0; i < batch.n; i++) for (let n = batch.diffs[i]!; n > 0; n--) rows.push(values[i]!)
  }
  return rows
}
