import { SqlError } from '../base/sql-error.ts'
import type { CatalogEntry, CatalogSnapshot, SchemaEntry, TypeEntry } from './entry.ts'
import { isTemporarySchema, OWN_TEMPORARY } from './temporary.ts'

/** What unqualified names are looked up with: PostgreSQL searches pg_catalog first unless the path names it. */
export interface NameContext {
  readonly database: string
  readonly searchPath: readonly string[]
}

/** Object of one, two (schema.name) or three (database.schema.name) parts; undefined when there is none. Types are found by findType. */
export function findObject(
  catalog: CatalogSnapshot,
  parts: readonly string[],
  context: NameContext,
  position?: number,
): CatalogEntry | undefined {
  return find(catalog, parts, context, (entry) => entry.kind !== 'type', position)
}

/** A type that CREATE TYPE or CREATE DOMAIN made. */
export function findType(
  catalog: CatalogSnapshot,
  parts: readonly string[],
  context: NameContext,
  position?: number,
): TypeEntry | undefined {
  const found = find(catalog, parts, context, (entry) => entry.kind === 'type', position)
  return found?.kind === 'type' ? found : undefined
}

function find(
  catalog: CatalogSnapshot,
  parts: readonly string[],
  context: NameContext,
  wanted: (entry: CatalogEntry) => boolean,
  position: number | undefined,
): CatalogEntry | undefined {
  const name = parts[parts.length - 1]
  if (parts.length > 1) {
    checkDatabase(parts, 3, context, position)
    const schema = findSchema(catalog, ownSchema(parts[parts.length - 2], context))
    const entry = schema && catalog.byName(schema.id, name)
    return entry && wanted(entry) ? entry : undefined
  }
  for (const schema of schemasToSearch(catalog, context)) {
    const entry = catalog.byName(schema.id, name)
    if (entry && wanted(entry)) return entry
  }
  return undefined
}

export function findSchema(catalog: CatalogSnapshot, name: string): SchemaEntry | undefined {
  const entry = catalog.byName(0, name)
  return entry?.kind === 'schema' ? entry : undefined
}

/** Schema where a new object of this name goes: the named one, or the first of the path that exists. */
export function creationSchema(
  catalog: CatalogSnapshot,
  parts: readonly string[],
  context: NameContext,
  position?: number,
): SchemaEntry {
  if (parts.length > 1) {
    checkDatabase(parts, 3, context, position)
    const schema = findSchema(catalog, ownSchema(parts[parts.length - 2], context))
    if (schema) return schema
    throw new SqlError('3F000', `schema "${parts[parts.length - 2]}" does not exist`, { position })
  }
  for (const name of context.searchPath) {
    if (isTemporarySchema(name)) continue
    const schema = findSchema(catalog, name)
    if (schema) return schema
  }
  throw new SqlError('3F000', 'no schema has been selected to create in', { position })
}

export function checkDatabase(parts: readonly string[], length: number, context: NameContext, position?: number): void {
  if (parts.length > length) {
    throw new SqlError('42601', `improper qualified name (too many dotted names): ${parts.join('.')}`, { position })
  }
  if (parts.length === length && parts[0] !== context.database) {
    throw new SqlError('0A000', `cross-database references are not implemented: ${parts.join('.')}`, { position })
  }
}

/** pg_temp is the session's own schema for temporary tables. */
const ownSchema = (name: string, { searchPath }: NameContext): string =>
  name === OWN_TEMPORARY ? (searchPath.find(isTemporarySchema) ?? name) : name

function schemasToSearch(catalog: CatalogSnapshot, context: NameContext): SchemaEntry[] {
  const own = context.searchPath.filter(isTemporarySchema)
  const rest = context.searchPath.filter((name) => !isTemporarySchema(name))
  const names = [...own, ...(rest.includes('pg_catalog') ? rest : ['pg_catalog', ...rest])]
  return names.map((n) => findSchema(catalog, n)).filter((s) => s !== undefined)
}
