import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { DmlRows, InsertPlan, OnConflict } from '../../plan/dml.ts'
import { batchFromRows, rowsOf, splitBatch } from '../../types/batch-build.ts'
import type { Row } from '../../types/value.ts'
import { checkPrimaryKey, duplicateKey, keyOf, keyText } from './constraints.ts'
import { filled } from './fill.ts'
import { rowProgram } from './row-program.ts'
import { RowRules } from './row-rules.ts'
import { PIECE_ROWS, type RowChange, type WritableTable, type WriteScope } from './writable.ts'

const NO_ROW: Row = []

/** Evaluates an INSERT to the changes it makes; throws before anything is changed. */
export async function insertChanges(plan: InsertPlan, scope: WriteScope): Promise<RowChange[]> {
  const table = scope.table(plan.table)
  const { source } = plan
  const rows =
    source.kind === 'query'
      ? await filledRows(source, table, scope)
      : source.rows.map((exprs) => rowProgram(exprs, [], scope.program)(NO_ROW))
  return scope.slices.run(rowChanges(plan, table, rows, scope))
}

async function filledRows(source: Extract<DmlRows, { kind: 'query' }>, table: WritableTable, scope: WriteScope) {
  const rows = await scope.run(source.plan)
  if (source.fill === undefined || rows.length === 0) return rows
  const batches = splitBatch(batchFromRows(source.plan.types, rows))
  const full = await scope.slices.run(filled(source, batches, scope.program))
  return full.flatMap((batch) => rowsOf(batch, table.types))
}

function* rowChanges(
  plan: InsertPlan,
  table: WritableTable,
  rows: readonly Row[],
  scope: WriteScope,
): Pieces<RowChange[]> {
  const rules = new RowRules(table.entry, table.types, scope.program.env)
  yield* rules.checkRows(rows)
  if (table.entry.primaryKey === null) return rows.map((next) => ({ old: null, next }))
  if (plan.onConflict === null) {
    const changes = rows.map((next) => ({ old: null, next }))
    yield* checkPrimaryKey(table, changes)
    return changes
  }
  return yield* upsertChanges(table, rows, plan.onConflict, scope, rules)
}

function* upsertChanges(
  table: WritableTable,
  rows: readonly Row[],
  conflict: OnConflict,
  scope: WriteScope,
  rules: RowRules,
): Pieces<RowChange[]> {
  const { entry } = table
  const text = keyText(entry)
  /** Rows that this statement itself put under a key. */
  const own = new Map<string, Row>()
  const changes: RowChange[] = []
  const updated: Row[] = []
  const types = [...table.types, ...table.types]
  const set = conflict.kind === 'update' ? rowProgram(conflict.set, types, scope.program) : null
  const where =
    conflict.kind === 'update' && conflict.where !== null ? rowProgram([conflict.where], types, scope.program) : null
  for (const [i, row] of rows.entries()) {
    if (i % PIECE_ROWS === 0) yield
    const key = text(row)
    const touched = own.has(key)
    const existing = touched ? own.get(key)! : table.lookup(keyOf(entry, row))
    if (existing === null) {
      own.set(key, row)
      changes.push({ old: null, next: row })
      continue
    }
    if (set === null) continue
    if (touched) {
      throw new SqlError('21000', 'ON CONFLICT DO UPDATE command cannot affect row a second time', {
        hint: 'Ensure that no rows proposed for insertion within the same command have duplicate constrained values.',
      })
    }
    const both = [...existing, ...row]
    table.checkLock(keyOf(entry, existing))
    if (where !== null && where(both)[0] !== true) continue
    const next = set(both)
    const nextKey = text(next)
    if (nextKey !== key && (own.has(nextKey) || table.lookup(keyOf(entry, next)) !== null))
      throw duplicateKey(entry, next)
    own.set(key, next)
    changes.push({ old: existing, next })
    updated.push(next)
  }
  yield* rules.checkRows(updated)
  return changes
}
