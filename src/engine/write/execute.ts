import type { DmlPlan, Returning } from '../../plan/dml.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import type { WriteResult } from '../api.ts'
import { insertChanges } from './insert.ts'
import { rowProgram } from './row-program.ts'
import { deleteChanges, updateChanges } from './update.ts'
import type { RowChange, WriteScope } from './writable.ts'

const COMMANDS = { insert: 'INSERT', update: 'UPDATE', delete: 'DELETE', truncate: 'TRUNCATE' } as const

/** The changes that a statement makes, checked; nothing is changed yet. TRUNCATE changes its tables in `applyDml`. */
export async function dmlChanges(plan: DmlPlan, scope: WriteScope): Promise<readonly RowChange[]> {
  switch (plan.kind) {
    case 'insert':
      return insertChanges(plan, scope)
    case 'update':
      return updateChanges(plan, scope)
    case 'delete':
      return deleteChanges(plan, scope)
    case 'truncate':
      return []
  }
}

/** Carries out what `dmlChanges` found; cannot fail but for a RETURNING expression, which comes first. */
export function applyDml(plan: DmlPlan, changes: readonly RowChange[], scope: WriteScope): Omit<WriteResult, 'tick'> {
  const command = COMMANDS[plan.kind]
  if (plan.kind === 'truncate') {
    for (const id of plan.tables) {
      const table = scope.table(id)
      table.apply(table.rows().map((old) => ({ old, next: null })))
    }
    return { command, count: 0, returning: null }
  }
  const returning = plan.returning === null ? null : returningRows(plan.returning, changes, scope, plan.table)
  scope.table(plan.table).apply(changes)
  return { command, count: changes.length, returning }
}

function returningRows(
  returning: Returning,
  changes: readonly RowChange[],
  scope: WriteScope,
  table: number,
): WriteResult['returning'] {
  const project = rowProgram(returning.exprs, scope.table(table).types, scope.program)
  const rows = changes.map(({ old, next }) => project((next ?? old)!))
  return {
    fields: returning.fields,
    batches:
      rows.length === 0
        ? []
        : [
            batchFromRows(
              returning.fields.map((f) => f.type),
              rows,
            ),
          ],
  }
}
