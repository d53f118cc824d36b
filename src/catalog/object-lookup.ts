import { SqlError } from '../base/sql-error.ts'
import type { ObjectLookup } from '../functions/object-lookup.ts'
import { arrayOf, type SqlType } from '../types/sql-type.ts'
import { quoteIdent } from '../types/text/identifier.ts'
import { userArrayOid } from '../types/user-type.ts'
import { functionText, indexDefinition, viewDefinition } from './definitions.ts'
import type { CatalogEntry, CatalogSnapshot } from './entry.ts'
import { constraintByOid } from './pg-constraints.ts'
import { columnsOf, primaryKeyIndex, primaryKeyOid, primaryKeys, rowTypeOid } from './pg-relations.ts'
import { findObject, findSchema, findType, type NameContext } from './resolve-name.ts'

/** Answers functions over oids from one snapshot of the catalog. `bytes`: of an object's state, where it is known. */
export function objectLookup(
  catalog: CatalogSnapshot,
  context: NameContext,
  bytes: (object: number) => number = () => 0,
): ObjectLookup {
  const path = ['pg_catalog', ...context.searchPath]
  const keyedTable = (oid: number) => {
    const entry = catalog.byId(oid)
    return entry?.kind === 'table' && entry.primaryKey !== null ? entry : undefined
  }
  const relation = (oid: number): CatalogEntry | undefined => {
    const entry = catalog.byId(oid)
    if (entry !== undefined) return isRelation(entry) ? entry : undefined
    const table = keyedTable(oid - primaryKeyOid(0))
    return table && primaryKeyIndex(table)
  }
  const visible = (entry: CatalogEntry, schema: string): boolean =>
    catalog.byId(entry.id) === undefined
      ? path.includes(schema)
      : findObject(catalog, [entry.name], context)?.id === entry.id
  const primaryKeyByName = (parts: readonly string[]): number | undefined => {
    const schemas = parts.length > 1 ? [parts[parts.length - 2]] : path
    for (const table of primaryKeys(catalog)) {
      const { name } = primaryKeyIndex(table)
      const schema = catalog.byId(table.schema)?.name
      if (name === parts[parts.length - 1] && schemas.includes(schema ?? '')) return primaryKeyOid(table.id)
    }
    return undefined
  }

  return {
    relation(oid) {
      const entry = relation(oid)
      const schema = entry && catalog.byId(entry.schema)?.name
      return entry && schema !== undefined ? { schema, name: entry.name, visible: visible(entry, schema) } : undefined
    },
    relationOid(parts) {
      const entry = findObject(catalog, parts, context)
      return entry !== undefined && isRelation(entry) ? entry.id : primaryKeyByName(parts)
    },
    schema: (oid) => {
      const entry = catalog.byId(oid)
      return entry?.kind === 'schema' ? entry.name : undefined
    },
    schemaOid: (name) => findSchema(catalog, name)?.id,
    userType: (oid) => userTypeByOid(catalog, oid),
    userTypeNamed: (parts) => findType(catalog, parts, context)?.type,
    rowTypeName: (oid) => relation(oid - rowTypeOid(0))?.name,
    viewDefinition(oid) {
      const entry = catalog.byId(oid)
      return entry === undefined ? null : viewDefinition(entry)
    },
    indexDefinition(oid, column) {
      const entry = relation(oid)
      if (entry?.kind !== 'index') return null
      if (column === 0) return indexDefinition(catalog, entry)
      const name = columnsOf(catalog, entry.on)[entry.columns[column - 1] ?? -1]?.name
      return name === undefined ? null : quoteIdent(name)
    },
    constraintDefinition: (oid, pretty) => constraintByOid(catalog, oid)?.definition(pretty) ?? null,
    functionText(oid) {
      const entry = catalog.byId(oid)
      return entry?.kind === 'function' ? functionText(entry) : undefined
    },
    serialSequence(oid, column) {
      const table = relation(oid)
      const at = columnsOf(catalog, oid).findIndex((c) => c.name === column)
      if (at < 0) throw new SqlError('42703', `column "${column}" of relation "${table?.name}" does not exist`)
      for (const id of catalog.dependants(oid)) {
        const entry = catalog.byId(id)
        if (entry?.kind !== 'sequence' || entry.ownedBy?.column !== at) continue
        return `${quoteIdent(catalog.byId(entry.schema)?.name ?? '')}.${quoteIdent(entry.name)}`
      }
      return null
    },
    comment(oid, column, name) {
      const entry = catalog.byId(oid)
      if (name !== null && name !== (entry?.kind === 'schema' ? 'pg_namespace' : 'pg_class')) return null
      return entry?.comments?.find(([of]) => of === column)?.[1] ?? null
    },
    bytes: (oid) => (relation(oid) === undefined ? null : bytes(oid)),
  }
}

const isRelation = (entry: CatalogEntry): boolean =>
  entry.kind !== 'schema' && entry.kind !== 'connection' && (entry.kind !== 'type' || entry.type.kind === 'record')

/** A type that users made, or the array of one. */
export function userTypeByOid(catalog: CatalogSnapshot, oid: number): SqlType | undefined {
  const own = catalog.byId(oid)
  if (own?.kind === 'type') return own.type
  const element = catalog.byId(oid - userArrayOid(0))
  return element?.kind === 'type' ? arrayOf(element.type) : undefined
}
