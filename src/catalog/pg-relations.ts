import type { RowType } from '../types/sql-type.ts'
import type { CatalogEntry, CatalogSnapshot, IndexEntry, TableEntry } from './entry.ts'
import { primaryKeyName } from './unique-key.ts'
import { LATE } from './watermark.ts'

/** Every object that pg_class lists, with PostgreSQL's letter for its kind. */
export interface PgRelation {
  readonly entry: CatalogEntry
  /**
   * r table, v view, m materialized view, i index, S sequence, c composite type. Sources are shown as tables, as in other streaming databases. An
   * errors relation belongs to another relation and keeps out of listings: PostgreSQL's kind of that sort is t (TOAST).
   */
  readonly relkind: 'r' | 'v' | 'm' | 'i' | 't' | 'S' | 'c'
  readonly rowType: RowType
}

export function* pgRelations(catalog: CatalogSnapshot): Iterable<PgRelation> {
  for (const entry of catalog.all()) {
    switch (entry.kind) {
      case 'table':
        yield {
          entry,
          relkind: 'r',
          rowType: entry.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull })),
        }
        break
      case 'source':
        yield { entry, relkind: 'r', rowType: entry.rowType }
        break
      case 'view':
        // Late rows belong to another relation, as errors do.
        yield { entry, relkind: entry.name.endsWith(LATE) ? 't' : 'v', rowType: entry.rowType }
        break
      case 'materializedView':
        yield { entry, relkind: 'm', rowType: entry.rowType }
        break
      case 'sequence':
        yield { entry, relkind: 'S', rowType: entry.rowType }
        break
      case 'system':
        yield { entry, relkind: entry.relation === 'errors' ? 't' : 'r', rowType: entry.rowType }
        break
      case 'index': {
        const rowType = columnsOf(catalog, entry.on)
        yield { entry, relkind: 'i', rowType: entry.columns.map((c) => rowType[c]!) }
        break
      }
      case 'type':
        if (entry.rules === undefined && entry.type.fields !== undefined)
          yield { entry, relkind: 'c', rowType: entry.type.fields }
        break
      case 'schema':
      case 'connection':
        break
    }
  }
  for (const table of primaryKeys(catalog)) {
    const index = primaryKeyIndex(table)
    yield { entry: index, relkind: 'i', rowType: index.columns.map((c) => ({ ...table.columns[c]!, nullable: false })) }
  }
}

/** Tables with a primary key; its index has no catalog entry of its own, so its oid is made from the table's. */
export function* primaryKeys(catalog: CatalogSnapshot): Iterable<TableEntry> {
  for (const entry of catalog.all()) if (entry.kind === 'table' && entry.primaryKey !== null) yield entry
}

export function primaryKeyIndex(table: TableEntry): IndexEntry {
  const columns = table.primaryKey ?? []
  const { id, schema } = table
  return {
    kind: 'index',
    id: primaryKeyOid(id),
    name: primaryKeyName(table),
    schema,
    sql: '',
    dependsOn: [],
    on: id,
    columns,
    unique: true,
  }
}

export const primaryKeyOid = (table: number): number => 1_000_000_000 + table
export const primaryKeyConstraintOid = (table: number): number => 1_050_000_000 + table
export const defaultOid = (table: number, column: number): number => 2_000_000_000 + table * 1600 + column
/** Every relation has a composite type; its oid is made from the relation's. */
export const rowTypeOid = (relation: number): number => 1_500_000_000 + relation

export function columnsOf(catalog: CatalogSnapshot, object: number): RowType {
  const entry = catalog.byId(object)
  if (entry?.kind === 'table') return entry.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
  return entry !== undefined && 'rowType' in entry ? entry.rowType : []
}
