import { SqlError } from '../base/sql-error.ts'
import { TOO_OFTEN } from '../dataflow/too-often.ts'
import type { Matches } from '../state/contract.ts'
import { createState } from '../state/factory.ts'
import type { Batch } from '../types/batch.ts'
import { COUNT_MAX } from '../types/copies.ts'
import type { TableRuntime } from './table.ts'
import type { TableDelta } from './tick-record.ts'
import type { World } from './world.ts'

/**
 * Whatever can keep a change from being staged, before any of the statement's changes is: they come as a whole or not at
 * all, although they are staged table by table, batch by batch.
 */
export function checkStageable(world: World, changes: readonly TableDelta[]): void {
  const byTable = new Map<number, Batch[]>()
  for (const { object, batch } of changes) {
    const batches = byTable.get(object)
    if (batches === undefined) byTable.set(object, [batch])
    else batches.push(batch)
  }
  for (const [object, batches] of byTable) {
    const table = world.tables.get(object)
    if (table === undefined) throw new SqlError('42P01', 'a table that the statement changes was dropped meanwhile')
    checkCounts(table, batches)
  }
}

/** Row by row only once some row of the table could be there too often: one pass over the counts otherwise. */
function checkCounts({ entry, rows, types }: TableRuntime, batches: readonly Batch[]): void {
  if (entry.primaryKey !== null) return
  let highest = rows.countHighest
  for (const { n, diffs } of batches) for (let i = 0; i < n; i++) if (diffs[i]! > 0) highest += diffs[i]!
  if (highest <= COUNT_MAX) return
  const overflowed = () => {
    throw new SqlError(TOO_OFTEN.sqlstate, TOO_OFTEN.message, { table: entry.name })
  }
  const coming = createState().arrangement({ id: 'coming', types, key: rows.key, overflowed })
  for (const batch of batches) coming.apply(batch)
  const matches: Matches = { n: 0, probe: new Int32Array(64), slot: new Int32Array(64) }
  for (const { n, cols, diffs } of coming.scan()) {
    rows.probe(
      rows.key.map((c) => cols[c]!),
      n,
      matches,
    )
    // Under one key lie rows that are equal and written differently (1.0, 1.00): this near to the end they count as one.
    for (let m = 0; m < matches.n; m++)
      if (rows.diff(matches.slot[m]!) + diffs[matches.probe[m]!]! > COUNT_MAX) overflowed()
  }
}
