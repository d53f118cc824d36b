import type { CatalogSnapshot, ForeignKeyEntry } from './entry.ts'

const foreignKeys = (catalog: CatalogSnapshot, table: number): ForeignKeyEntry[] =>
  catalog
    .dependants(table)
    .map((id) => catalog.byId(id))
    .filter((e): e is ForeignKeyEntry => e?.kind === 'foreignKey')
    .sort((a, b) => a.id - b.id)

/** A table's own, in the order in which they were made. */
export const foreignKeysOf = (catalog: CatalogSnapshot, table: number): ForeignKeyEntry[] =>
  foreignKeys(catalog, table).filter((fk) => fk.on === table)

/** Those that refer to a table, its own among them. */
export const foreignKeysTo = (catalog: CatalogSnapshot, table: number): ForeignKeyEntry[] =>
  foreignKeys(catalog, table).filter((fk) => fk.references === table)
