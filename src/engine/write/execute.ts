import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { DmlPlan, Returning, TruncatePlan } from '../../plan/dml.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { WriteResult } from '../api.ts'
import { insertChanges } from './insert.ts'
import type { KeyLock } from './key-locks.ts'
import { mergeChanges } from './merge.ts'
import { ReferentialChanges, type TableChanges, type WaitingCheck } from './referential/enforce.ts'
import { type RowProgram, rowProgram } from './row-program.ts'
import { deleteChanges, updateChanges } from './update.ts'
import { PIECE_ROWS, type RowChange, type WritableTable, type WriteScope } from './writable.ts'

const COMMANDS = { insert: 'INSERT', update: 'UPDATE', delete: 'DELETE', merge: 'MERGE', truncate: 'TRUNCATE' } as const

/** The changes that a statement makes, checked; nothing is changed yet. TRUNCATE changes its tables in `applyDml`. */
async function dmlChanges(plan: DmlPlan, scope: WriteScope): Promise<readonly RowChange[]> {
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

/** What a statement changes: its own changes, and of all tables those that are to be applied. */
export interface Written {
  readonly changes: readonly RowChange[]
  readonly tables: readonly TableChanges[]
  readonly locks: Iterable<KeyLock>
  readonly waiting: readonly WaitingCheck[]
  /** The checks that wait, made now. */
  checkWaiting(): Pieces
}

/** The changes that a statement makes, and what follows from them by foreign keys. */
export async function writtenBy(plan: DmlPlan, scope: WriteScope): Promise<Written> {
  const changes = await dmlChanges(plan, scope)
  if (plan.kind === 'truncate') return { changes, tables: [], locks: [], waiting: [], *checkWaiting() {} }
  const table = scope.table(plan.table)
  const { own, to } = table.foreignKeys
  if (own.length === 0 && to.length === 0)
    return { changes, tables: [{ table, changes }], locks: [], waiting: [], *checkWaiting() {} }
  const all = new ReferentialChanges(scope)
  await scope.slices.run(all.run(plan.table, changes))
  const { tables, locks, waiting } = all
  return { changes, tables, locks, waiting, checkWaiting: () => all.check(waiting) }
}

/** Carries out what `writtenBy` found. What can fail (a RETURNING expression, the bound) comes before anything changes. */
export async function applyDml(
  plan: DmlPlan,
  { changes, tables }: Written,
  scope: WriteScope,
): Promise<Omit<WriteResult, 'tick'>> {
  const command = COMMANDS[plan.kind]
  const { slices } = scope
  if (plan.kind === 'truncate') {
    for (const id of plan.tables) checkTruncate(plan, scope.table(id), (each) => scope.table(each).entry.name)
    for (const id of plan.tables) {
      const table = scope.table(id)
      await slices.run(table.apply(table.rows().map((old) => ({ old, next: null }))))
    }
    return { command, count: 0, returning: null }
  }
  const returning = plan.returning === null ? null : await returned(plan.returning, changes, scope, plan.table)
  for (const each of tables) await slices.run(each.table.apply(each.changes))
  return { command, count: changes.length, returning }
}

/** Rows of tables that stay as they are may refer to those that leave. */
export function checkTruncate(
  { tables }: TruncatePlan,
  { foreignKeys, entry }: Pick<WritableTable, 'foreignKeys' | 'entry'>,
  nameOf: (table: number) => string,
): void {
  const fk = foreignKeys.to.find(({ on }) => !tables.includes(on))
  if (fk === undefined) return
  const name = nameOf(fk.on)
  throw new SqlError('0A000', 'cannot truncate a table referenced in a foreign key constraint', {
    detail: `Table "${name}" references "${entry.name}".`,
    hint: `Truncate table "${name}" at the same time, or use TRUNCATE ... CASCADE.`,
  })
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
