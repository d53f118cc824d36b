import type { Expr, GroupItem } from '../../../grammar/ast.ts'
import { assert } from '../../base/assert.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { AggregateCall, Logical } from '../../plan/logical.ts'
import { projectedRow } from '../../plan/logical-make.ts'
import { mapCall } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, replaceScalar, sameScalar, scalarKey } from '../../plan/scalar-walk.ts'
import { bindError } from './bind-error.ts'
import { settleUnknown } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import type { FromPlan } from './from-plan.ts'
import { namedTarget, ordinalTarget } from './order.ts'
import { emptyResult, isAggregate } from './overload.ts'
import { type Scope, tryFindUnqualified } from './scope.ts'
import { slotOf, slotsIn } from './slot.ts'
import { Stage } from './stage.ts'
import type { BoundTarget } from './target.ts'

/** GROUP BY: an ordinal, a column, the name of an output column (where no column has it), or an expression. */
export function bindGroupItems(
  st: Statement,
  items: readonly GroupItem[],
  targets: readonly BoundTarget[],
  place: ExprPlace,
): Scalar[] {
  return items.flatMap((item) => {
    if (item.kind === 'emptyGroup') return []
    if (item.kind !== 'groupExpr') {
      const name = { rollup: 'ROLLUP', cube: 'CUBE', groupingSets: 'GROUPING SETS' }[item.kind]
      throw notSupported(name, item.span)
    }
    return [settleUnknown(st, groupExpr(st, item.expr, targets, place))]
  })
}

function groupExpr(st: Statement, node: Expr, targets: readonly BoundTarget[], place: ExprPlace): Scalar {
  let target = ordinalTarget(node, targets, 'GROUP BY')
  if (!target && node.kind === 'column' && node.parts.length === 1) {
    const name = node.parts[0].name
    const own = tryFindUnqualified({ ...place.scope, parent: null }, name, node)
    if (!own) target = namedTarget(name, targets, 'GROUP BY', node)
  }
  if (!target) return st.bind.expr(st, node, place)
  for (const n of slotsIn(target.scalar)) {
    const kind = st.slots[n].kind
    if (kind === 'aggregate') throw bindError('42803', 'aggregate functions are not allowed in GROUP BY', node)
    if (kind === 'window') throw bindError('42P20', 'window functions are not allowed in GROUP BY', node)
    if (kind === 'rows') throw notSupported('a set-returning function in GROUP BY', node.span)
  }
  return target.scalar
}

/**
 * The stage after grouping: one row a group with the keys, then the aggregates. `outputs`: the expressions that will
 * be read from it; `nodes`: their syntax, to point at a column that is not grouped.
 */
export function groupStage(
  st: Statement,
  before: Stage,
  scope: Scope,
  from: FromPlan,
  groups: readonly Scalar[],
  outputs: readonly Scalar[],
  nodes: readonly Expr[],
  place: ExprPlace,
): Stage {
  const extra = dependentColumns(st, scope, from, groups, outputs)
  const groupKeys = [...groups, ...extra]
  const keys = groupKeys.map((g) => before.resolve(g))
  const aggregates: AggregateCall[] = []
  const byKey = new Map<string, number>()
  const bySlot = new Map<number, number>()
  for (const output of outputs) {
    for (const n of [...slotsIn(output)].sort((a, b) => a - b)) {
      const slot = st.slots[n]
      if (slot.kind !== 'aggregate' || bySlot.has(n)) continue
      const call = mapCall(inOrderOf(from, slot.call), (s) => before.resolve(s))
      const key = JSON.stringify([
        call.fn,
        call.distinct,
        [...call.args, ...(call.filter ? [call.filter] : []), ...call.order.map((o) => o.expr)].map(scalarKey),
        call.filter !== null,
        call.order.map((o) => [o.desc, o.nullsFirst]),
      ])
      let at = byKey.get(key)
      if (at === undefined) {
        at = aggregates.push(call) - 1
        byKey.set(key, at)
      }
      bySlot.set(n, at)
    }
  }
  const names = groupKeys.map((k) => columnName(scope, k))
  const plan: Logical = {
    kind: 'aggregate',
    input: before.plan,
    keys,
    aggregates,
    rowType: [
      ...projectedRow(before.plan.rowType, keys, names),
      ...aggregates.map((a) => ({
        name: a.fn.replace(/\(.*$/, ''),
        type: a.type,
        nullable: emptyResult(a.fn) === null,
      })),
    ],
    position: aggregates[0]?.position ?? -1,
  }
  const toPlan = (s: Scalar, inSubquery: boolean): Scalar =>
    replaceScalar(s, (x) => {
      const key = groupKeys.findIndex((g) => sameScalar(g, x))
      if (key >= 0) return column(key, x.type)
      const slot = slotOf(x)
      const at = slot >= 0 ? bySlot.get(slot) : undefined
      if (at !== undefined) return column(groupKeys.length + at, x.type)
      if (x.kind === 'column') throw ungrouped(st, scope, x, nodes, place, inSubquery)
      return undefined
    })
  return new Stage(st, scope, plan, toPlan)
}

/** What collects rows collects them in the order of the ordered query that they come from, unless it has its own. */
function inOrderOf(from: FromPlan, call: AggregateCall): AggregateCall {
  if (!from.order || call.order.length > 0 || call.distinct || !/^(array|string)_agg\(/.test(call.fn)) return call
  return { ...call, order: from.order }
}

/** Columns of a table whose primary key is grouped are determined by it: they become keys where they are read. */
function dependentColumns(
  st: Statement,
  scope: Scope,
  from: FromPlan,
  groups: readonly Scalar[],
  outputs: readonly Scalar[],
): Scalar[] {
  const grouped = (s: Scalar): boolean => groups.some((g) => sameScalar(g, s))
  const determined = from.tables
    .filter((t) => t.key?.every((k) => grouped(t.columns[k].expr)))
    .flatMap((t) => t.columns)
  if (determined.length === 0) return []
  const read: Scalar[] = []
  const collect = (s: Scalar): void => {
    replaceScalar(s, (x) => {
      if (grouped(x)) return x
      if (x.kind === 'column' && determined.some((c) => sameScalar(c.expr, x)) && !read.some((r) => sameScalar(r, x)))
        read.push(x)
      return undefined
    })
  }
  for (const output of outputs) collect(output)
  // Subqueries read them through outer slots.
  for (const slot of st.slots) if (slot.kind === 'outer' && slot.scope === scope) collect(slot.expr)
  return read
}

function columnName(scope: Scope, s: Scalar): string {
  for (const c of scope.visible) if (sameScalar(c.expr, s)) return c.name
  for (const t of scope.tables) for (const c of t.columns) if (sameScalar(c.expr, s)) return c.name
  return 'key'
}

function ungrouped(
  st: Statement,
  scope: Scope,
  s: Scalar,
  nodes: readonly Expr[],
  place: ExprPlace,
  inSubquery: boolean,
): SqlError {
  const table = scope.tables.find((t) => t.columns.some((c) => sameScalar(c.expr, s)))
  const name = table?.columns.find((c) => sameScalar(c.expr, s))?.name ?? columnName(scope, s)
  const full = table && table.alias !== '' ? `${table.alias}.${name}` : name
  const at = nodes.map((n) => locate(st, n, s, place)).find((n) => n !== undefined)
  if (inSubquery) return bindError('42803', `subquery uses ungrouped column "${full}" from outer query`, at)
  return bindError(
    '42803',
    `column "${full}" must appear in the GROUP BY clause or be used in an aggregate function`,
    at,
  )
}

/** The syntax node that means this column: scalars of columns keep no position. */
function locate(st: Statement, node: unknown, s: Scalar, place: ExprPlace): Expr | undefined {
  if (node === null || typeof node !== 'object') return undefined
  if (Array.isArray(node)) {
    for (const item of node) {
      const found = locate(st, item, s, place)
      if (found) return found
    }
    return undefined
  }
  const expr = node as Expr
  if (expr.kind === 'star') return expr
  if (expr.kind === 'column') {
    try {
      return sameScalar(st.bind.expr(st, expr, place), s) ? expr : undefined
    } catch (e) {
      assert(e instanceof SqlError, String(e))
      return undefined
    }
  }
  if (expr.kind === 'call' && !expr.over && isAggregate(expr.name.parts[expr.name.parts.length - 1].name))
    return undefined
  for (const value of Object.values(node)) {
    const found = locate(st, value, s, place)
    if (found) return found
  }
  return undefined
}
