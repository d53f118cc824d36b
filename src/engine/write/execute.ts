import type { Pieces } from '../../base/slices.ts'
import type { DmlPlan, Returning } from '../../plan/dml.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { WriteResult } from '../api.ts'
import { insertChanges } from './insert.ts'
import { mergeChanges } from './merge.ts'
import { type RowProgram, rowProgram } from './row-program.ts'
import { deleteChanges, updateChanges } from './update.ts'
import { PIECE_ROWS, type RowChange, type WriteScope } from './writable.ts'

const COMMANDS = { insert: 'INSERT', update: 'UPDATE', delete: 'DELETE', merge: 'MERGE', truncate: 'TRUNCATE' } as const

/** The changes that a statement makes, checked; nothing is changed yet. TRUNCATE changes its tables in `applyDml`. */
export async function dmlChanges(plan: DmlPlan, scope: WriteScope): Promise<readonly RowChange[]> {
  switch (plan.kind) {
    case 'insert':
      return insertChanges(plan, scope)
    case 'update':
      return updateChanges(plan, scope)
    case 'delete':
      return deleteChanges(plan, scope)
    case 'merge':
      return mergeChanges(plan, scope)
    case 'truncate':
      return []
  }
}

/** Carries out what `dmlChanges` found. What can fail (a RETURNING expression, the bound) comes before anything changes. */
export async function applyDml(
  plan: DmlPlan,
  changes: readonly RowChange[],
  scope: WriteScope,
): Promise<Omit<WriteResult, 'tick'>> {
  const command = COMMANDS[plan.kind]
  const { slices } = scope
  if (plan.kind === 'truncate') {
    for (const id of plan.tables) {
      const table = scope.table(id)
      await slices.run(table.apply(table.rows().map((old) => ({ old, next: null }))))
    }
    return { command, count: 0, returning: null }
  }
  const returning = plan.returning === null ? null : await returned(plan.returning, changes, scope, plan.table)
  await slices.run(scope.table(plan.table).apply(changes))
  return { command, count: changes.length, returning }
}

async function returned(
  returning: Returning,
  changes: readonly RowChange[],
  scope: WriteScope,
  table: number,
): Promise<WriteResult['returning']> {
  const columns = [...scope.table(table).types, ...(returning.beside ?? [])]
  const project = rowProgram(returning.exprs, columns, scope.program)
  const types = returning.fields.map((f) => f.type)
  const batches = await scope.slices.run(projected(changes, project, types))
  return { fields: returning.fields, batches }
}

function* projected(changes: readonly RowChange[], project: RowProgram, types: readonly SqlType[]): Pieces<Batch[]> {
  const batches: Batch[] = []
  for (let start = 0; start < changes.length; start += PIECE_ROWS) {
    const rows = changes
      .slice(start, start + PIECE_ROWS)
      .map(({ old, next, beside = [] }) => project([...(next ?? old)!, ...beside]))
    batches.push(batchFromRows(types, rows))
    yield
  }
  return batches
}
