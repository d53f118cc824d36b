import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { DmlRows, InsertPlan, OnConflict } from '../../plan/dml.ts'
import { batchFromRows, rowsOf, splitBatch } from '../../types/batch-build.ts'
import type { Row } from '../../types/value.ts'
import { checkKeys, keyOf } from './constraints.ts'
import { filled } from './fill.ts'
import { GeneratedColumns } from './generated.ts'
import { rowProgram } from './row-program.ts'
import { RowRules } from './row-rules.ts'
import { UpsertKey } from './upsert-keys.ts'
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
  given: readonly Row[],
  scope: WriteScope,
): Pieces<RowChange[]> {
  const generated = new GeneratedColumns(table.entry, table.types, scope.program.env)
  const rows = generated.rows(given)
  const rules = new RowRules(table.entry, table.types, scope.program.env)
  if (plan.onConflict === null) {
    const changes = rows.map((next) => ({ old: null, next }))
    yield* checked(rules, table, rows, changes)
    return changes
  }
  yield* rules.checkRows(rows)
  if (table.keys.length === 0) return rows.map((next) => ({ old: null, next }))
  return yield* upsertChanges(table, rows, plan.onConflict, scope, { rules, generated })
}

/**
 * Rules, then keys, of all rows together. Where they are refused, the error is that of the first row that is, as if they
 * had come one by one: it is looked for among the beginnings of the statement, halving what is left.
 */
function* checked(rules: RowRules, table: WritableTable, rows: readonly Row[], changes: readonly RowChange[]): Pieces {
  try {
    yield* rules.checkRows(rows)
    yield* checkKeys(table, changes)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    let sound = 0
    let refused = rows.length
    while (refused - sound > 1) {
      const middle = (sound + refused) >> 1
      try {
        yield* rules.checkRows(rows.slice(sound, middle))
        yield* checkKeys(table, changes.slice(0, middle))
        sound = middle
      } catch (earlier) {
        if (!(earlier instanceof SqlError)) throw earlier
        refused = middle
      }
    }
    yield* rules.checkRows(rows.slice(sound, refused))
    yield* checkKeys(table, changes.slice(0, refused))
    throw error
  }
}

function* upsertChanges(
  table: WritableTable,
  rows: readonly Row[],
  conflict: OnConflict,
  scope: WriteScope,
  { rules, generated }: { readonly rules: RowRules; readonly generated: GeneratedColumns },
): Pieces<RowChange[]> {
  const { entry } = table
  const keys = table.keys.map((key) => new UpsertKey(table, key))
  const { target } = conflict
  const arbiters = target === null ? keys : keys.filter((key) => key.isOver(target))
  /** Rows that this statement itself put there. */
  const own = new Set<Row>()
  const changes: RowChange[] = []
  const updated: Row[] = []
  const types = [...table.types, ...table.types]
  const set = conflict.kind === 'update' ? rowProgram(conflict.set, types, scope.program) : null
  const where =
    conflict.kind === 'update' && conflict.where !== null ? rowProgram([conflict.where], types, scope.program) : null
  for (const [i, row] of rows.entries()) {
    if (i % PIECE_ROWS === 0) yield
    const existing = met(arbiters, row)
    if (existing === null) {
      for (const key of keys) if (!arbiters.includes(key)) key.check(row)
      for (const key of keys) key.put(row)
      own.add(row)
      changes.push({ old: null, next: row })
      continue
    }
    if (set === null) continue
    if (own.has(existing)) {
      throw new SqlError('21000', 'ON CONFLICT DO UPDATE command cannot affect row a second time', {
        hint: 'Ensure that no rows proposed for insertion within the same command have duplicate constrained values.',
      })
    }
    const both = [...existing, ...row]
    if (entry.primaryKey !== null) table.checkLock(keyOf(entry, existing))
    if (where !== null && where(both)[0] !== true) continue
    const next = generated.row(set(both))
    for (const key of keys) key.remove(existing)
    for (const key of keys) key.check(next)
    for (const key of keys) key.put(next)
    own.add(next)
    changes.push({ old: existing, next })
    updated.push(next)
  }
  yield* rules.checkRows(updated)
  return changes
}

function met(arbiters: readonly UpsertKey[], row: Row): Row | null {
  for (const key of arbiters) {
    const existing = key.find(row)
    if (existing !== null) return existing
  }
  return null
}
