import type { Expr, OrderItem, Query, QueryBody } from '../../../grammar/ast.ts'
import { unreachable } from '../../base/assert.ts'
import type { Finishing, Logical, SortKey } from '../../plan/logical.ts'
import { project, projectColumns } from '../../plan/logical-make.ts'
import { column } from '../../plan/scalar-walk.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { bindError, type Place } from './bind-error.ts'
import { coerce, settleUnknown } from './coerce.ts'
import { refuseUnordered } from './comparable.ts'
import type { BoundBody, CteScope, Statement } from './context.ts'
import { bindWith, type OpenWith } from './cte.ts'
import { direction } from './direction.ts'
import { handled } from './handled.ts'
import { bindLimits, boundedRecursion, limited } from './limit.ts'
import { type OrderKey, ordinalTarget } from './order.ts'
import type { Origin, Scope } from './scope.ts'
import { bindSelect } from './select.ts'
import { bindSetOperation } from './set-operation.ts'
import { bindValues } from './values.ts'

/** A query with what happens to the rows of one pull kept apart. */
export interface BoundQuery {
  readonly plan: Logical
  readonly finishing: Finishing
  readonly origins: readonly (Origin | null)[]
  /** Where its columns' expressions stand. */
  readonly places: readonly (Place | undefined)[]
}

interface Ordered extends BoundBody {
  readonly order: readonly OrderKey[]
}

/** A whole statement's query: ORDER BY and LIMIT are left to the finishing. */
export function bindTopQuery(
  st: Statement,
  node: Query,
  parent: Scope | null,
  ctes: CteScope | null,
  wanted: readonly SqlType[] = [],
): BoundQuery {
  const opened = openQuery(st, node, parent, ctes)
  const { columns, order } = opened.body
  const exprs = columns.map((c, i) =>
    wanted[i] ? coerce(st, c.expr, wanted[i], 'assignment', node) : settleUnknown(st, c.expr),
  )
  const keys: SortKey[] = []
  const extra = order.map((o) => settleUnknown(st, o.expr))
  const all = [...exprs]
  extra.forEach((e, i) => {
    // A sort key that is an output column needs no column of its own.
    let at = all.findIndex((x) => x === e || (x.kind === 'column' && e.kind === 'column' && x.index === e.index))
    if (at < 0) at = all.push(e) - 1
    keys.push({ column: at, desc: order[i].desc, nullsFirst: order[i].nullsFirst })
  })
  const names = all.map((_, i) => columns[i]?.name ?? `order${i}`)
  const { plan, limits } = bindLimits(st, node, project(opened.body.plan, all, names), keys, parent, opened.ctes)
  return {
    plan: boundedRecursion(opened.close(plan), node, limits),
    finishing: { ...limits, order: keys, project: exprs.map((_, i) => i) },
    origins: columns.map((c) => c.origin),
    places: columns.map((c) => c.at),
  }
}

/** A query inside another whose order an aggregate around it may take up: its sort keys stand behind its columns. */
export interface OrderedQuery extends Omit<BoundQuery, 'finishing'> {
  /** Columns that have names; those behind them are sort keys. */
  readonly width: number
  readonly order: readonly SortKey[]
}

export function bindOrderedQuery(
  st: Statement,
  node: Query,
  parent: Scope | null,
  ctes: CteScope | null,
): OrderedQuery {
  const { plan, finishing, origins, places } = bindTopQuery(st, node, parent, ctes)
  return {
    plan: limited(st, plan, finishing, node),
    width: finishing.project.length,
    order: finishing.order,
    origins,
    places,
  }
}

/** A query inside another, or a view's: ORDER BY counts only for its own LIMIT. */
export function bindInnerQuery(
  st: Statement,
  node: Query,
  parent: Scope | null,
  ctes: CteScope | null,
): Omit<BoundQuery, 'finishing'> {
  const { plan, finishing, origins, places } = bindTopQuery(st, node, parent, ctes)
  return { plan: projectColumns(limited(st, plan, finishing, node), finishing.project), origins, places }
}

function openQuery(
  st: Statement,
  node: Query,
  parent: Scope | null,
  ctes: CteScope | null,
): { body: Ordered; ctes: CteScope | null; close: (plan: Logical) => Logical } {
  handled(node, ['with', 'body', 'orderBy', 'limit', 'offset', 'withTies'])
  const open: OpenWith = node.with ? bindWith(st, node.with, parent, ctes) : { ctes, close: (p) => p }
  const body = bindOrdered(st, node.body, node.orderBy, parent, open.ctes)
  return { body, ...open }
}

function bindOrdered(
  st: Statement,
  body: QueryBody,
  orderBy: readonly OrderItem[],
  parent: Scope | null,
  ctes: CteScope | null,
): Ordered {
  if (body.kind === 'select') {
    const bound = bindSelect(st, body, orderBy, parent, ctes)
    return { ...bound, order: orderBy.length > 0 ? bound.order : bound.inherited }
  }
  const bound = bindBody(st, body, parent, ctes)
  return { ...bound, order: orderBy.map((item) => ({ expr: outputOnly(item, bound), ...direction(item) })) }
}

function ordered(expr: OrderKey['expr'], item: OrderItem): OrderKey['expr'] {
  refuseUnordered(expr, item.expr)
  return expr
}

function refuseQualified(node: Extract<Expr, { kind: 'column' }>): void {
  if (node.parts.length === 1) return
  const table = node.parts[node.parts.length - 2].name
  throw bindError('42P01', `missing FROM-clause entry for table "${table}"`, node)
}

/** After UNION and its like only the output columns are in reach. */
function outputOnly(item: OrderItem, body: BoundBody): OrderKey['expr'] {
  handled(item, ['expr', 'direction', 'nulls', 'using'])
  const targets = body.columns.map((c) => ({ name: c.name, scalar: c.expr, origin: c.origin, node: item.expr }))
  const ordinal = ordinalTarget(item.expr, targets, 'ORDER BY')
  if (ordinal) return ordered(ordinal.scalar, item)
  if (item.expr.kind === 'column') {
    refuseQualified(item.expr)
    const { name } = item.expr.parts[0]
    const found = targets.filter((t) => t.name === name)
    if (found.length > 1) throw bindError('42702', `ORDER BY "${name}" is ambiguous`, item.expr)
    if (found.length === 1) return ordered(found[0].scalar, item)
    throw bindError('42703', `column "${name}" does not exist`, item.expr)
  }
  throw bindError('0A000', 'invalid UNION/INTERSECT/EXCEPT ORDER BY clause', item.expr, {
    detail: 'Only result column names can be used, not expressions or functions.',
    hint: 'Add the expression/function to every SELECT, or move the UNION into a FROM clause.',
  })
}

export function bindBody(st: Statement, body: QueryBody, parent: Scope | null, ctes: CteScope | null): BoundBody {
  switch (body.kind) {
    case 'select':
      return bindSelect(st, body, [], parent, ctes)
    case 'values':
      return bindValues(st, body, parent, ctes)
    case 'setOperation':
      return bindSetOperation(st, body, parent, ctes, bindBody)
    case 'tableBody': {
      handled(body, ['name'])
      return bindSelect(st, starOf(body), [], parent, ctes)
    }
    case 'query': {
      const { plan, origins, places } = bindInnerQuery(st, body, parent, ctes)
      const columns = plan.rowType.map((f, i) => ({
        name: f.name,
        expr: column(i, f.type),
        nullable: f.nullable,
        origin: origins[i],
        at: places[i],
      }))
      return { plan, columns }
    }
    default:
      return unreachable(body)
  }
}

/** `TABLE t` is SELECT * FROM t. */
function starOf(body: Extract<QueryBody, { kind: 'tableBody' }>): Extract<QueryBody, { kind: 'select' }> {
  const { span, name } = body
  return {
    kind: 'select',
    span,
    targets: [{ kind: 'target', span, expr: { kind: 'star', span, qualifier: [], except: [] } }],
    from: [{ kind: 'table', span, name }],
    groupBy: [],
    windows: [],
  }
}
