import type { Lateness } from '../../../grammar/ast-ddl.ts'
import { parseStatement } from '../../../grammar/parse.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogEntry, MaterializedViewEntry, ViewEntry } from '../../catalog/entry.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import { isEventTime } from '../../catalog/watermark.ts'
import { readsClock } from '../../plan/clock-shape.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { Logical } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { caseOf, conjunction, constant, substituteColumns } from '../../plan/scalar-walk.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { isVolatile } from '../function-facts.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { bindOver, constantDelay } from './watermark.ts'

/**
 * LATENESS v.c delay: the column is the event time of the view. Its rows are those of one relation, some of them, so that
 * the relation's records tell it, each partition in its own order: a record that is no row of the view has none.
 */
export function planLateness(node: Lateness, context: PlanningContext): DdlPlan {
  const parts = node.column.parts.map((p) => p.name)
  const at = node.column
  if (parts.length < 2) throw bindError('42601', 'LATENESS takes a column of a view: view.column', at)
  const names = parts.slice(0, -1)
  const entry = findObject(context.catalog, names, context, at.span.start + 1)
  if (!entry) throw bindError('42P01', `relation "${names.join('.')}" does not exist`, at)
  const view = viewOf(entry, at)
  const number = view.rowType.findIndex((f) => f.name === parts[parts.length - 1])
  if (number < 0) throw bindError('42703', `column "${parts[parts.length - 1]}" does not exist`, at)
  if (view.lateness) throw bindError('42P16', 'a view has one event time', at)
  const { type } = view.rowType[number]
  if (!isEventTime(type)) {
    throw bindError('42804', `column "${view.rowType[number].name}" of type ${type.kind} cannot be an event time`, at, {
      hint: 'It is a timestamp, a date or an integer.',
    })
  }
  const st = newStatement(bindEnv(context))
  const row = rowOf(st.bind.view(st, view.sql), at)
  const owner = context.catalog.byId(row.object)
  const refused = whyNot(owner)
  if (refused !== null) throw notSupported(`LATENESS of a view over ${refused}`, at.span)
  if (!owner || (owner.kind !== 'table' && owner.kind !== 'source'))
    throw notSupported('LATENESS of this view', at.span)
  if (owner.watermark) {
    throw notSupported(
      `LATENESS of a view over "${owner.name}", which has an event time`,
      at.span,
      'It reaches the view.',
    )
  }
  const time = row.exprs[number]
  const all = [time, ...row.filters]
  if (all.some((s) => readsClock(s) || isVolatile(s))) {
    throw notSupported('LATENESS of a column that is no function of the record', at.span)
  }
  const expr = row.filters.length === 0 ? time : caseOf([[conjunction(row.filters), time]], constant(null, type))
  const delay = constantDelay(st, bindOver(st, [], node.delay), type, node.delay)
  if (delay < 0) throw bindError('22023', 'a watermark is not ahead of its column', node.delay)
  const columns = owner.kind === 'table' ? owner.columns.length : owner.rowType.length
  const watermark = { column: columns, delay, idleMs: null, maxFuture: null, event: { expr, type } }
  return { kind: 'viewTime', view: view.id, column: number, object: owner.id, watermark }
}

function viewOf(entry: CatalogEntry, at: Place & { span: { start: number } }): ViewEntry | MaterializedViewEntry {
  if (entry.kind === 'materializedView') {
    const made = parseStatement(entry.sql)
    if (made.kind === 'createMaterializedView' && (made.with.length > 0 || made.query.emit)) {
      throw notSupported('LATENESS of a materialized view whose rows leave by options or EMIT', at.span)
    }
    return entry
  }
  if (entry.kind === 'view') return entry
  throw notSupported('LATENESS of anything but a view', at.span, 'A source and a table take WATERMARK FOR.')
}

function whyNot(owner: CatalogEntry | undefined): string | null {
  if (owner?.kind === 'source') {
    return owner.upsertKey === null && owner.connector.envelope.kind === 'none'
      ? null
      : 'a source whose records change rows'
  }
  if (owner?.kind === 'table') {
    if (owner.fedBy !== null) return 'a table that a source feeds'
    return owner.ttlMicros == null ? null : 'a table with a TTL'
  }
  return owner?.kind === 'materializedView' ? `"${owner.name}", a materialized view` : 'system relations'
}

interface RowsOf {
  readonly object: number
  /** Over the relation's columns. */
  readonly exprs: readonly Scalar[]
  readonly filters: readonly Scalar[]
}

/** A query that shows rows of one relation, each by itself. */
function rowOf(p: Logical, at: Place & { span: { start: number } }): RowsOf {
  switch (p.kind) {
    case 'get':
      return {
        object: p.object,
        exprs: p.rowType.map((f, index) => ({ kind: 'column', index, type: f.type })),
        filters: [],
      }
    case 'filter': {
      const below = rowOf(p.input, at)
      return { ...below, filters: [...below.filters, substituteColumns(p.predicate, below.exprs)] }
    }
    case 'project': {
      const below = rowOf(p.input, at)
      return { ...below, exprs: p.exprs.map((e) => substituteColumns(e, below.exprs)) }
    }
    default:
      throw notSupported(
        `LATENESS of a view with ${WORDS[p.kind] ?? p.kind}`,
        at.span,
        'It shows rows of one relation, each by itself.',
      )
  }
}

const WORDS: Readonly<Partial<Record<Logical['kind'], string>>> = {
  join: 'a join',
  semiJoin: 'a subquery',
  asofJoin: 'a join',
  aggregate: 'GROUP BY',
  distinct: 'DISTINCT',
  unionAll: 'UNION',
  setOp: 'a set operation',
  topK: 'LIMIT',
  flatMap: 'a table function',
  window: 'a window function',
  rowNumber: 'row_number()',
  arrival: 'PROCTIME()',
  constant: 'constant rows',
  letRec: 'recursion',
}
