import { quoteIdent } from '../types/text/identifier.ts'
import type { CatalogSnapshot, TableColumn } from './entry.ts'

/** The default as PostgreSQL prints it; null: none, or that of an identity column, which is no default there. */
export function defaultText(catalog: CatalogSnapshot, column: TableColumn): string | null {
  const { sequence, identity, defaultSql, generated } = column
  if (generated !== undefined) return generated.sql
  if (identity !== undefined) return null
  const entry = sequence === undefined ? undefined : catalog.byId(sequence)
  // Names of types are stored with their schema.
  if (entry === undefined) return defaultSql?.replace(/::"public"\."([a-z_][a-z0-9_]*)"/g, '::$1') ?? null
  const schema = catalog.byId(entry.schema)?.name ?? 'public'
  const name = schema === 'public' ? quoteIdent(entry.name) : `${quoteIdent(schema)}.${quoteIdent(entry.name)}`
  return `nextval('${name.replaceAll("'", "''")}'::regclass)`
}
