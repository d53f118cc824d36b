import type { DeletePlan, KeyLookup, UpdatePlan } from '../../plan/dml.ts'
import type { Row } from '../../types/value.ts'
import { checkNotNull, checkPrimaryKey, keyOf, keyText } from './constraints.ts'
import { rowProgram } from './row-program.ts'
import type { RowChange, WritableTable, WriteScope } from './writable.ts'

const NO_ROW: Row = []

/** Evaluates an UPDATE to the changes it makes; throws before anything is changed. */
export async function updateChanges(plan: UpdatePlan, scope: WriteScope): Promise<RowChange[]> {
  const table = scope.table(plan.table)
  const changes: RowChange[] = []
  if (plan.lookup !== null) {
    const old = lookupRow(table, plan.lookup, scope)
    if (old !== null) changes.push({ old, next: rowProgram(plan.set, table.types, scope.program)(old) })
  } else {
    const width = table.types.length
    const seen = new Set<string>()
    const text = keyText(table.entry)
    for (const both of await scope.run(plan.plan)) {
      const old = both.slice(0, width)
      // A target row that several FROM rows match is updated once (PostgreSQL: which one wins is unspecified).
      if (table.entry.primaryKey !== null) {
        const key = text(old)
        if (seen.has(key)) continue
        seen.add(key)
        table.checkLock(keyOf(table.entry, old))
      }
      changes.push({ old, next: both.slice(width) })
    }
  }
  for (const { next } of changes) checkNotNull(table.entry, next!)
  checkPrimaryKey(table, changes)
  return changes
}

export async function deleteChanges(plan: DeletePlan, scope: WriteScope): Promise<RowChange[]> {
  const table = scope.table(plan.table)
  if (plan.lookup !== null) {
    const old = lookupRow(table, plan.lookup, scope)
    return old === null ? [] : [{ old, next: null }]
  }
  const text = keyText(table.entry)
  const left = new Map<string, number>()
  const changes: RowChange[] = []
  for (const old of await scope.run(plan.plan)) {
    const key = text(old)
    // A row that several USING rows match is deleted once; of equal rows as many as there are.
    const remaining = left.get(key) ?? (table.entry.primaryKey === null ? table.count(old) : 1)
    if (remaining === 0) continue
    left.set(key, remaining - 1)
    if (table.entry.primaryKey !== null) table.checkLock(keyOf(table.entry, old))
    changes.push({ old, next: null })
  }
  return changes
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
