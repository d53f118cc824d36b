import type { Pieces } from '../../base/slices.ts'
import type { DeletePlan, KeyLookup, UpdatePlan } from '../../plan/dml.ts'
import type { Row } from '../../types/value.ts'
import { checkKeys, keyOf, keyText } from './constraints.ts'
import { GeneratedColumns } from './generated.ts'
import { rowProgram } from './row-program.ts'
import { RowRules } from './row-rules.ts'
import { PIECE_ROWS, type RowChange, type WritableTable, type WriteScope } from './writable.ts'

const NO_ROW: Row = []

/** Evaluates an UPDATE to the changes it makes; throws before anything is changed. */
export async function updateChanges(plan: UpdatePlan, scope: WriteScope): Promise<RowChange[]> {
  const table = scope.table(plan.table)
  if (plan.lookup === null) {
    const pairs = await scope.run(plan.plan)
    return scope.slices.run(pairChanges(table, pairs, scope))
  }
  const old = lookupRow(table, plan.lookup, scope)
  const changes = old === null ? [] : [{ old, next: rowProgram(plan.set, table.types, scope.program)(old) }]
  return scope.slices.run(checked(table, changes, scope))
}

/** Old row beside new row. */
function* pairChanges(table: WritableTable, pairs: readonly Row[], scope: WriteScope): Pieces<RowChange[]> {
  const changes: RowChange[] = []
  const width = table.types.length
  const left = new Map<string, number>()
  const text = keyText(table.entry)
  for (const [i, both] of pairs.entries()) {
    if (i % PIECE_ROWS === 0) yield
    const old = both.slice(0, width)
    // A target row that several FROM rows match is updated once (PostgreSQL: which one wins is unspecified).
    if (!takeOne(table, left, text(old), old)) continue
    changes.push({ old, next: both.slice(width, 2 * width), beside: both.slice(2 * width) })
  }
  return yield* checked(table, changes, scope)
}

function* checked(table: WritableTable, found: readonly RowChange[], scope: WriteScope): Pieces<RowChange[]> {
  const generated = new GeneratedColumns(table.entry, table.types, scope.program.env)
  const made = generated.rows(found.map(({ next }) => next!))
  const changes = found.map((change, i) => ({ ...change, next: made[i]! }))
  const rules = new RowRules(table.entry, table.types, scope.program.env)
  yield* rules.checkRows(changes.map(({ next }) => next!))
  yield* checkKeys(table, changes)
  return changes
}

export async function deleteChanges(plan: DeletePlan, scope: WriteScope): Promise<RowChange[]> {
  const table = scope.table(plan.table)
  if (plan.lookup !== null) {
    const old = lookupRow(table, plan.lookup, scope)
    return old === null ? [] : [{ old, next: null }]
  }
  const rows = await scope.run(plan.plan)
  return scope.slices.run(removals(table, rows))
}

function* removals(table: WritableTable, rows: readonly Row[]): Pieces<RowChange[]> {
  const text = keyText(table.entry)
  const left = new Map<string, number>()
  const changes: RowChange[] = []
  const width = table.types.length
  for (const [i, row] of rows.entries()) {
    if (i % PIECE_ROWS === 0) yield
    const old = row.slice(0, width)
    // A row that several USING rows match is deleted once.
    if (!takeOne(table, left, text(old), old)) continue
    changes.push({ old, next: null, beside: row.slice(width) })
  }
  return changes
}

/** Whether the row is still to be changed: once with a primary key, of equal rows without one as many as there are. */
export function takeOne(table: WritableTable, left: Map<string, number>, key: string, old: Row): boolean {
  const { entry } = table
  const remaining = left.get(key) ?? (entry.primaryKey === null ? table.count(old) : 1)
  if (remaining === 0) return false
  left.set(key, remaining - 1)
  if (entry.primaryKey !== null) table.checkLock(keyOf(entry, old))
  return true
}

function lookupRow(table: WritableTable, lookup: KeyLookup, scope: WriteScope): Row | null {
  const key = rowProgram(lookup.keys, [], scope.program)(NO_ROW)
  if (key.includes(null)) return null
  table.checkLock(key)
  const row = table.lookup(key)
  if (row === null) return null
  if (lookup.residual === null) return row
  return rowProgram([lookup.residual], table.types, scope.program)(row)[0] === true ? row : null
}
