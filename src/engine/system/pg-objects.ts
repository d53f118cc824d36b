import type { CatalogEntry } from '../../catalog/entry.ts'
import type { RowType } from '../../types/sql-type.ts'
import { typeOid, typmodOf } from '../../types/pg-type.ts'
import type { Datum } from '../../types/value.ts'
import type { World } from '../world.ts'

/** Every object that pg_class lists, with PostgreSQL's letter for its kind. */
export interface PgRelation {
  readonly entry: CatalogEntry
  /** r table, v view, m materialized view, i index. Sources are shown as tables, as in other streaming databases. */
  readonly relkind: 'r' | 'v' | 'm' | 'i'
  readonly rowType: RowType
}

export function* pgRelations(world: World): Iterable<PgRelation> {
  for (const entry of world.catalog.all()) {
    switch (entry.kind) {
      case 'table':
        yield { entry, relkind: 'r', rowType: entry.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull })) }
        break
      case 'source':
        yield { entry, relkind: 'r', rowType: entry.rowType }
        break
      case 'view':
        yield { entry, relkind: 'v', rowType: entry.rowType }
        break
      case 'materializedView':
        yield { entry, relkind: 'm', rowType: entry.rowType }
        break
      case 'system':
        yield { entry, relkind: entry.relation === 'errors' ? 'v' : 'r', rowType: entry.rowType }
        break
      case 'index': {
        const rowType = columnsOf(world, entry.on)
        yield { entry, relkind: 'i', rowType: entry.columns.map((c) => rowType[c]!) }
        break
      }
      case 'schema':
      case 'connection':
        break
    }
  }
  for (const { entry } of primaryKeys(world)) {
    if (entry.kind !== 'table') continue
    const index: CatalogEntry = { kind: 'index', id: primaryKeyOid(entry.id), name: `${entry.name}_pkey`, schema: entry.schema, sql: '', dependsOn: [], on: entry.id, columns: entry.primaryKey!, unique: true }
    yield { entry: index, relkind: 'i', rowType: entry.primaryKey!.map((c) => ({ ...entry.columns[c]!, nullable: false })) }
  }
}

/** Tables with a primary key; its index has no catalog entry of its own, so its oid is made from the table's. */
export function* primaryKeys(world: World): Iterable<{ readonly entry: CatalogEntry }> {
  for (const entry of world.catalog.all()) if (entry.kind === 'table' && entry.primaryKey !== null) yield { entry }
}
export const primaryKeyOid = (table: number): number => 1_000_000_000 + table
/** Every relation has a composite type; its oid is made from the relation's. */
export const rowTypeOid = (relation: number): number => 1_500_000_000 + relation

export function columnsOf(world: World, object: number): RowType {
  const entry = world.catalog.byId(object)
  if (entry?.kind === 'table') return entry.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
  return entry !== undefined && 'rowType' in entry ? entry.rowType : []
}

export function liveRows(world: World, object: number): number {
  return (world.tables.get(object)?.rows ?? world.views.get(object)?.output.rows)?.rows ?? -1
}

export const typeFacts = (field: RowType[number]): { readonly oid: number; readonly typmod: number } => ({ oid: typeOid(field.type), typmod: typmodOf(field.type) })

/** Owner of everything: the one role. */
export const OWNER_OID = 10
export const OWNER = 'millrace'
export const DATABASE_OID = 5
export const vector = (numbers: readonly number[]): Datum => numbers.join(' ')
