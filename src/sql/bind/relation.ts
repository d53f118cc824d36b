import type { FromItem } from '../../../grammar/ast.ts'
import type { Name } from '../../../grammar/ast-base.ts'
import { assert } from '../../base/assert.ts'
import type { CatalogEntry, TableEntry } from '../../catalog/entry.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import { ownTime, watermarkOf, withWatermark } from '../../catalog/watermark.ts'
import type { Logical } from '../../plan/logical.ts'
import { column } from '../../plan/scalar-walk.ts'
import type { RowType } from '../../types/sql-type.ts'
import { arrivalField, withArrivals } from './arrival.ts'
import { bindError } from './bind-error.ts'
import { computedField, withComputed } from './computed.ts'
import type { Before, CteScope, NamedQuery, Statement } from './context.ts'
import { aliasNames, type FromPlan, hiding, relation } from './from-plan.ts'
import { handled } from './handled.ts'
import { orderKey } from './order.ts'
import { withViewTime } from './view-time.ts'

/** An entry that has rows. */
export type RelationEntry = Extract<
  CatalogEntry,
  { kind: 'table' | 'source' | 'view' | 'materializedView' | 'system' | 'sequence' }
>

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
    const all = relation(plan, alias, null, names, cte.origins, null)
    return { ...hiding(item.alias, null, last, withHidden(all, cte.hidden ?? 0)), order }
  }
  const entry = lookupRelation(st, item.name)
  // `TABLE t` is no item of FROM: the stored text has the query that it stands for.
  const { start } = item.span
  const body = start < item.name.span.start ? { start, text: 'SELECT * FROM ' } : null
  st.refer(item.name, entry.id, item.alias !== undefined, before ?? body)
  const { plan, rowType: all, hidden, time } = relationPlan(st, entry)
  // The columns of the event time are there for plans, not for names.
  const rowType = all.slice(0, all.length - hidden)
  const { computed = [], arrivals = [] } = entry.kind === 'table' || entry.kind === 'source' ? entry : {}
  const behind = [...computed.map(computedField), ...arrivals.map(arrivalField)]
  const { alias, names } = aliasNames(item.alias, [...rowType, ...behind], last)
  const own = st.env.catalog.byId(entry.schema)?.name ?? null
  const schema = item.alias ? null : own
  const origins = rowType.map((_, i) => ({ object: entry.id, column: i }))
  const key = entry.kind === 'table' ? entry.primaryKey : null
  const stored = hiding(
    item.alias,
    own,
    last,
    relation(plan, alias, schema, names.slice(0, rowType.length), origins, key),
  )
  const made = withComputed(stored, computed, names.slice(rowType.length), watermarkOf(entry))
  const from = withArrivals(made, names.slice(rowType.length + computed.length), st.position(item))
  const table = entry.kind === 'view' ? from.tables[0] : { ...from.tables[0], object: entry.id }
  if (time === null) return { ...from, tables: [table] }
  const value = column(all.length - 1, all[all.length - 1].type)
  return { ...from, tables: [{ ...table, watermark: { column: time, value } }] }
}

/** Its last columns shown by no star. */
function withHidden(from: FromPlan, count: number): FromPlan {
  if (count === 0) return from
  const first = from.visible.length - count
  const visible = from.visible.map((c, i) => (i < first ? c : { ...c, hidden: true as const }))
  return { ...from, visible, tables: from.tables.map((table) => ({ ...table, columns: visible })) }
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
  entry.kind === 'system' ||
  entry.kind === 'sequence'

interface RelationPlan {
  readonly plan: Logical
  readonly rowType: RowType
  /** So many columns at the end have no names; the last of them is the watermark of the column `time`. */
  readonly hidden: number
  readonly time: number | null
}

export function relationPlan(st: Statement, entry: RelationEntry): RelationPlan {
  st.reads.add(entry.id)
  // What is kept up to date reads a view with an event time as its query; others read what is stored.
  const timed = entry.kind === 'materializedView' && st.stream.maintained === true && entry.lateness !== undefined
  if (entry.kind === 'view' || timed) {
    const plan = st.bind.view(st, entry.sql)
    assert(plan.rowType.length === entry.rowType.length, `view ${entry.name} still has its columns`)
    const named = (row: RowType) => row.map((f, i) => ({ ...f, name: entry.rowType[i]?.name ?? f.name }))
    const spec = entry.lateness === undefined ? null : watermarkOf(st.env.catalog.byId(entry.lateness.object))
    const whole = entry.lateness === undefined || spec === null ? null : withViewTime(plan, entry.lateness, spec)
    if (whole === null) return { plan, rowType: named(plan.rowType), hidden: 0, time: null }
    return { plan: whole, rowType: named(whole.rowType), hidden: 1, time: entry.lateness!.column }
  }
  const row = relationRow(entry)
  const rowType = withWatermark(row, watermarkOf(entry))
  const plan: Logical = { kind: 'get', object: entry.id, name: entry.name, rowType }
  const own = watermarkOf(entry)?.event?.own
  const time = own === undefined ? (ownTime(entry)?.column ?? null) : row.length + own
  return { plan, rowType, hidden: rowType.length - row.length, time }
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
