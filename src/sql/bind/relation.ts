import type { FromItem } from '../../../grammar/ast.ts'
import type { Name } from '../../../grammar/ast-base.ts'
import { assert } from '../../base/assert.ts'
import type { CatalogEntry, TableEntry } from '../../catalog/entry.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import { watermarkOf, withWatermark } from '../../catalog/watermark.ts'
import type { Logical } from '../../plan/logical.ts'
import { column } from '../../plan/scalar-walk.ts'
import type { RowType } from '../../types/sql-type.ts'
import { arrivalField, withArrivals } from './arrival.ts'
import { bindError } from './bind-error.ts'
import type { Before, CteScope, NamedQuery, Statement } from './context.ts'
import { aliasNames, type FromPlan, relation } from './from-plan.ts'
import { handled } from './handled.ts'
import { orderKey } from './order.ts'

/** An entry that has rows. */
export type RelationEntry = Extract<CatalogEntry, { kind: 'table' | 'source' | 'view' | 'materializedView' | 'system' }>

/** A name in FROM: a query of WITH, or a relation of the catalog; views are replaced by their query. */
export function bindTable(
  st: Statement,
  item: Extract<FromItem, { kind: 'table' }>,
  ctes: CteScope | null,
  before: Before | null = null,
): FromPlan {
  handled(item, ['name', 'alias'])
  const parts = item.name.parts.map((p) => p.name)
  const last = parts[parts.length - 1]
  const cte = parts.length === 1 ? findCte(ctes, last) : undefined
  if (cte) {
    cte.uses++
    const row = cte.ordered?.row ?? cte.rowType
    const plan: Logical = { kind: 'ref', binding: cte.binding, rowType: row }
    const { alias, names } = aliasNames(item.alias, cte.rowType, last)
    const order = cte.ordered?.keys.map((key) => orderKey(key, row))
    return { ...relation(plan, alias, null, names, cte.origins, null), order }
  }
  const entry = lookupRelation(st, item.name)
  // `TABLE t` is no item of FROM: the stored text has the query that it stands for.
  const { start } = item.span
  const body = start < item.name.span.start ? { start, text: 'SELECT * FROM ' } : null
  st.refer(item.name, entry.id, item.alias !== undefined, before ?? body)
  const { plan, rowType: all } = relationPlan(st, entry)
  const watermark = watermarkOf(entry)
  // The watermark's column is there for plans, not for names.
  const rowType = watermark === null ? all : all.slice(0, -1)
  const arrivals = (entry.kind === 'table' || entry.kind === 'source' ? entry.arrivals : null) ?? []
  const { alias, names } = aliasNames(item.alias, [...rowType, ...arrivals.map(arrivalField)], last)
  const schema = item.alias ? null : (st.env.catalog.byId(entry.schema)?.name ?? null)
  const origins = rowType.map((_, i) => ({ object: entry.id, column: i }))
  const own = names.slice(0, rowType.length)
  const key = entry.kind === 'table' ? entry.primaryKey : null
  const stored = relation(plan, alias, schema, own, origins, key)
  const from = withArrivals(stored, names.slice(rowType.length), st.position(item))
  if (entry.kind === 'view') return from
  const table = { ...from.tables[0], object: entry.id }
  if (watermark === null) return { ...from, tables: [table] }
  const value = column(rowType.length, all[rowType.length].type)
  return { ...from, tables: [{ ...table, watermark: { column: watermark.column, value } }] }
}

function findCte(ctes: CteScope | null, name: string): NamedQuery | undefined {
  for (let scope = ctes; scope; scope = scope.parent) {
    const found = scope.queries.find((q) => q.name === name)
    if (found) return found
  }
  return undefined
}

export function lookupRelation(st: Statement, name: Name): RelationEntry {
  const parts = name.parts.map((p) => p.name)
  const entry = findObject(st.env.catalog, parts, st.env, name.span.start + 1)
  if (entry && isRelation(entry)) return entry
  if (entry?.kind === 'index')
    throw bindError('42809', `cannot open relation "${entry.name}"`, name, {
      detail: 'This operation is not supported for indexes.',
    })
  throw bindError('42P01', `relation "${parts.slice(-2).join('.')}" does not exist`, name)
}

export const isRelation = (entry: CatalogEntry): entry is RelationEntry =>
  entry.kind === 'table' ||
  entry.kind === 'source' ||
  entry.kind === 'view' ||
  entry.kind === 'materializedView' ||
  entry.kind === 'system'

export function relationPlan(st: Statement, entry: RelationEntry): { plan: Logical; rowType: RowType } {
  st.reads.add(entry.id)
  if (entry.kind === 'view') {
    const plan = st.bind.view(st, entry.sql)
    assert(plan.rowType.length === entry.rowType.length, `view ${entry.name} still has its columns`)
    return { plan, rowType: plan.rowType.map((f, i) => ({ ...f, name: entry.rowType[i].name })) }
  }
  const rowType = withWatermark(relationRow(entry), watermarkOf(entry))
  return { plan: { kind: 'get', object: entry.id, name: entry.name, rowType }, rowType }
}

export function relationRow(entry: RelationEntry): RowType {
  return entry.kind === 'table' ? tableRow(entry) : entry.rowType
}

export const tableRow = (table: TableEntry): RowType =>
  table.columns.map((c, i) => ({
    name: c.name,
    type: c.type,
    nullable: !c.notNull && !(table.primaryKey?.includes(i) ?? false),
  }))
