import type { CatalogSnapshot, IndexEntry, TableEntry } from './entry.ts'

/** What is unique in a table: its primary key, a UNIQUE constraint, a unique index. */
export interface UniqueKey {
  /** Of the index; 0: the primary key. */
  readonly id: number
  /** Of the constraint or the index: what errors name. */
  readonly name: string
  readonly columns: readonly number[]
  /** Rows with a NULL in it are not compared. */
  readonly nullsDistinct: boolean
}

export const primaryKeyName = (table: TableEntry): string => table.primaryKeyName ?? `${table.name}_pkey`

export function primaryKeyOf(table: TableEntry): UniqueKey | null {
  const columns = table.primaryKey
  return columns === null ? null : { id: 0, name: primaryKeyName(table), columns, nullsDistinct: true }
}

export const uniqueKeyOf = (index: IndexEntry): UniqueKey => ({
  id: index.id,
  name: index.name,
  columns: index.columns,
  nullsDistinct: index.nullsNotDistinct !== true,
})

/** Unique indexes of a table, those of its constraints too, in the order in which they were made. */
export function uniqueIndexes(catalog: CatalogSnapshot, table: number): IndexEntry[] {
  return catalog
    .dependants(table)
    .map((id) => catalog.byId(id))
    .filter((e): e is IndexEntry => e?.kind === 'index' && e.unique && e.on === table)
    .sort((a, b) => a.id - b.id)
}
