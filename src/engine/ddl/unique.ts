import { SqlError } from '../../base/sql-error.ts'
import { chosenName } from '../../catalog/constraint-name.ts'
import type { IndexEntry, TableEntry } from '../../catalog/entry.ts'
import { primaryKeyName, type UniqueKey } from '../../catalog/unique-key.ts'
import type { UniquePlan } from '../../plan/ddl.ts'
import { rowAt } from '../../types/batch-build.ts'
import type { TableRuntime } from '../table.ts'
import type { World } from '../world.ts'
import { compared, KeyCheck } from '../write/bulk-keys.ts'
import { keyDetail } from '../write/constraints.ts'

/** The indexes behind UNIQUE constraints of a table, named as PostgreSQL names them, with ids from `id` on. */
export function uniqueEntries(
  world: World,
  table: TableEntry,
  uniques: readonly UniquePlan[],
  id: number,
): IndexEntry[] {
  const entries: IndexEntry[] = []
  const own = primaryKeyName(table)
  const taken = (name: string) =>
    name === table.name ||
    name === own ||
    entries.some((e) => e.name === name) ||
    world.catalog.byName(table.schema, name) !== undefined
  for (const { name, columns, nullsNotDistinct } of uniques) {
    if (name !== null && taken(name)) throw new SqlError('42P07', `relation "${name}" already exists`)
    const named = columns.map((c) => table.columns[c]!.name).join('_')
    entries.push({
      kind: 'index',
      id: id + entries.length,
      name: name ?? chosenName(table.name, named, 'key', taken),
      schema: table.schema,
      sql: '',
      dependsOn: [table.id],
      on: table.id,
      columns,
      unique: true,
      constraint: true,
      ...(nullsNotDistinct && { nullsNotDistinct: true as const }),
    })
  }
  return entries
}

/** 23505 where rows that are there would be two of one key. */
export function checkUnique(table: TableRuntime, key: UniqueKey): void {
  const check = new KeyCheck(table, key)
  for (const all of table.rows.scan()) {
    const batch = compared(all, key)
    const row = check.firstRepeated(batch)
    if (row < 0) continue
    throw new SqlError('23505', `could not create unique index "${key.name}"`, {
      detail: `Key ${keyDetail(table.entry, rowAt(batch, row, table.types), key)} is duplicated.`,
      table: table.entry.name,
      constraint: key.name,
    })
  }
}
