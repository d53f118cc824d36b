import type { FunctionText } from '../functions/object-lookup.ts'
import { formatType } from '../types/pg-type.ts'
import { quoteIdent } from '../types/text/identifier.ts'
import type {
  CatalogEntry,
  CatalogSnapshot,
  FunctionEntry,
  FunctionParameterEntry,
  IndexEntry,
  TableEntry,
} from './entry.ts'
import { columnsOf } from './pg-relations.ts'

/** Catalog objects as the SQL that pg_get_viewdef and its like print. */
const VIEW =
  /^CREATE (?:MATERIALIZED )?VIEW "(?:[^"]|"")*"\."(?:[^"]|"")*"(?: WITH \((?:[^')]|'(?:[^']|'')*')*\))? AS ([\s\S]*)$/

/** The query of a view, with a semicolon as PostgreSQL prints it. */
export function viewDefinition(entry: CatalogEntry): string | null {
  if (entry.kind !== 'view' && entry.kind !== 'materializedView') return null
  const body = VIEW.exec(entry.sql)?.[1] ?? entry.sql
  return ` ${body.trim()};`
}

export function indexDefinition(catalog: CatalogSnapshot, index: IndexEntry): string {
  const on = catalog.byId(index.on)
  const schema = on === undefined ? undefined : catalog.byId(on.schema)
  const table = `${quoteIdent(schema?.name ?? '')}.${quoteIdent(on?.name ?? '')}`
  const columns = columnsOf(catalog, index.on)
  const names = index.columns
    .map((c, i) => `${quoteIdent(columns[c]!.name)}${orderText(index.orders?.[i] ?? 0)}`)
    .join(', ')
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quoteIdent(index.name)} ON ${table} USING btree (${names})${index.nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''}`
}

/** Where NULLs go is said only where it is not what the direction has by itself. */
function orderText(order: number): string {
  const nullsFirst = (order & 2) !== 0
  if ((order & 1) !== 0) return nullsFirst ? ' DESC' : ' DESC NULLS LAST'
  return nullsFirst ? ' NULLS FIRST' : ''
}

export function functionText(entry: FunctionEntry): FunctionText {
  const named = (p: FunctionParameterEntry) => `${p.name === null ? '' : `${quoteIdent(p.name)} `}${formatType(p.type)}`
  const columns = entry.columns?.map((c) => `${quoteIdent(c.name)} ${formatType(c.type)}`).join(', ')
  return {
    arguments: entry.parameters
      .map((p) => `${named(p)}${p.defaultSql === null ? '' : ` DEFAULT ${p.defaultSql}`}`)
      .join(', '),
    identity: entry.parameters.map(named).join(', '),
    result: entry.returns === null ? `TABLE(${columns})` : `${entry.set ? 'SETOF ' : ''}${formatType(entry.returns)}`,
    definition: entry.sql,
  }
}

export function primaryKeyDefinition(table: TableEntry): string {
  return `PRIMARY KEY (${(table.primaryKey ?? []).map((c) => quoteIdent(table.columns[c]!.name)).join(', ')})`
}
