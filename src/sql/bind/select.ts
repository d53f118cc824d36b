import type { Expr, OrderItem, Select } from '../../../grammar/ast.ts'
import { distinct, extend, project } from '../../plan/logical-make.ts'
import { scalarNullable } from '../../plan/nullable.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, sameScalar } from '../../plan/scalar-walk.ts'
import { resolvedTarget } from './arrival.ts'
import { bindError } from './bind-error.ts'
import { settleUnknown } from './coerce.ts'
import { refuseUnequal } from './comparable.ts'
import type { BoundBody, BoundColumn, CteScope, ExprPlace, Statement } from './context.ts'
import { bindCondition } from './expr-condition.ts'
import { bindFrom } from './from.ts'
import { scopeOf } from './from-plan.ts'
import { bindGroupItems, groupStage } from './group.ts'
import { groupWindows, streamWindow, windowKeys, withWindowNames } from './group-window.ts'
import { withKeys } from './grouping-sets.ts'
import { handled } from './handled.ts'
import { bindOrderItems, type OrderKey } from './order.ts'
import { aggregatesOfSubqueries } from './outer-aggregate.ts'
import { bindQualify, qualify } from './qualify.ts'
import type { Scope } from './scope.ts'
import { addRows } from './select-rows.ts'
import { type Slot, slotsIn } from './slot.ts'
import { Stage } from './stage.ts'
import { withLives } from './state-ttl.ts'
import { bindTargets } from './target.ts'
import { addWindows } from './window.ts'
import { bindDefinition } from './window-call.ts'
import { namedWindows } from './window-spec.ts'

export interface BoundSelect extends BoundBody {
  /** ORDER BY over the columns of the plan. */
  readonly order: readonly OrderKey[]
  /** Without ORDER BY: the order of the ordered query that it filters and projects. */
  readonly inherited: readonly OrderKey[]
}

const CLAUSES = [
  ...['distinct', 'targets', 'from', 'where', 'groupBy', 'groupDistinct', 'having', 'windows', 'streamWindow'],
  ...['stateTtl', 'qualify'],
]

/** What makes a SELECT one over groups. */
const GROUPING: ReadonlySet<Slot['kind']> = new Set(['aggregate', 'grouping'])

/** SELECT … FROM … WHERE … GROUP BY … HAVING … with the ORDER BY that may name its tables. */
export function bindSelect(
  st: Statement,
  node: Select,
  orderBy: readonly OrderItem[],
  parent: Scope | null,
  ctes: CteScope | null,
): BoundSelect {
  handled(node, CLAUSES)
  const from = withLives(st, node, () => bindFrom(st, node.from, parent, ctes))
  let scope = scopeOf(from, parent)
  let stage = new Stage(st, scope, from.plan)
  const plain: ExprPlace = { scope, ctes, clause: 'WHERE', aggregates: false, windows: false, rows: false }
  if (node.where) stage.filter(bindCondition(st, node.where, plain, 'WHERE'), st.position(node.where))

  const timeWindows = groupWindows(st, stage, node, { ...plain, clause: 'GROUP BY' })
  if (node.streamWindow) {
    const window = streamWindow(st, stage, node, from, scope)
    timeWindows.push(window)
    scope = withWindowNames(scope, window)
    stage = new Stage(st, scope, stage.plan)
  }
  const grouping: ExprPlace = { ...plain, scope, groupWindows: timeWindows }
  const windows = namedWindows(node.windows)
  const rich: ExprPlace = {
    ...grouping,
    clause: 'SELECT',
    aggregates: true,
    windows: true,
    rows: true,
    window: (name) => windows.get(name),
  }
  for (const window of windows.values()) bindDefinition(st, window, rich)
  const targets = bindTargets(st, node.targets, rich)
  const items = bindGroupItems(st, node, targets, { ...grouping, clause: 'GROUP BY' })
  const groups = withKeys(items, timeWindows.flatMap(windowKeys))
  const having =
    node.having && bindCondition(st, node.having, { ...grouping, clause: 'HAVING', aggregates: true }, 'HAVING')
  const order = bindOrderItems(st, orderBy, targets, { ...rich, clause: 'ORDER BY' })
  const on = distinctOn(st, node, targets, rich)
  const qualified = node.qualify && bindQualify(st, node.qualify, targets, rich)

  const outputs = [...targets.map((t) => t.scalar), ...order.map((o) => o.expr), ...on]
  if (qualified) outputs.push(qualified)
  const below = aggregatesOfSubqueries(st, scope)
  const grouped =
    node.groupBy.length > 0 ||
    having !== undefined ||
    below.length > 0 ||
    outputs.some((s) => [...slotsIn(s)].some((n) => GROUPING.has(st.slots[n].kind)))
  if (grouped) {
    const nodes: Expr[] = [
      ...targets.map((t) => t.node),
      ...orderBy.map((o) => o.expr),
      ...[node.having, node.qualify].filter((n) => n !== undefined),
    ]
    stage = groupStage(st, stage, scope, from, groups, [...outputs, ...(having ? [having] : []), ...below], nodes, rich)
    if (having && node.having) stage.filter(having, st.position(node.having))
  }
  addWindows(st, stage, outputs)
  if (qualified && node.qualify) qualify(stage, qualified, st.position(node.qualify))
  addRows(st, stage, outputs)
  const hasRows = node.from.length > 0
  const resolved = targets.map((t) => resolvedTarget(stage, t.scalar, hasRows))
  const resolvedOrder = order.map((o) => ({ ...o, expr: resolvedTarget(stage, o.expr, hasRows) }))
  const columns: BoundColumn[] = targets.map((t, i) => ({
    name: t.name,
    expr: resolved[i],
    nullable: scalarNullable(resolved[i], stage.plan.rowType),
    origin: t.origin,
    at: t.node,
  }))
  const inherited = grouped || order.length > 0 || node.distinct ? [] : (from.order ?? [])
  const bound = { plan: stage.plan, columns, order: resolvedOrder, inherited }
  if (!node.distinct) return bound
  return node.distinct === 'DISTINCT'
    ? distinctRows(st, bound, orderBy)
    : distinctOnRows(
        st,
        bound,
        on.map((s) => stage.resolve(s)),
        stage,
        node.distinct.on,
      )
}

/** DISTINCT compares the rows that are sent: literals are settled, and ORDER BY may use nothing else. */
function distinctRows(st: Statement, bound: BoundSelect, orderBy: readonly OrderItem[]): BoundSelect {
  const exprs = bound.columns.map((c) => settleUnknown(st, c.expr))
  exprs.forEach((e, i) => {
    refuseUnequal(e, bound.columns[i].at)
  })
  const order = bound.order.map((o, i) => {
    const at = exprs.findIndex((e) => sameScalar(e, settleUnknown(st, o.expr)))
    if (at < 0) {
      throw bindError('42P10', 'for SELECT DISTINCT, ORDER BY expressions must appear in select list', orderBy[i].expr)
    }
    return { ...o, expr: column(at, exprs[at].type) }
  })
  const plan = distinct(
    project(
      bound.plan,
      exprs,
      bound.columns.map((c) => c.name),
    ),
  )
  return {
    plan,
    columns: bound.columns.map((c, i) => ({ ...c, expr: column(i, exprs[i].type) })),
    order,
    inherited: [],
  }
}

function distinctOn(st: Statement, node: Select, targets: ReturnType<typeof bindTargets>, place: ExprPlace): Scalar[] {
  if (!node.distinct || node.distinct === 'DISTINCT') return []
  return node.distinct.on.map((e) => {
    const key = bindOrderItems(st, [{ kind: 'orderItem', span: e.span, expr: e }], targets, {
      ...place,
      clause: 'DISTINCT ON',
    })
    return key[0].expr
  })
}

/** DISTINCT ON: the first row of each group in the order that ORDER BY gives. */
function distinctOnRows(
  st: Statement,
  bound: BoundSelect,
  on: readonly Scalar[],
  stage: Stage,
  onNodes: readonly Expr[],
): BoundSelect {
  const width = stage.plan.rowType.length
  bound.order.slice(0, on.length).forEach((o, i) => {
    if (!on.some((k) => sameScalar(k, o.expr))) {
      // The first expression of ON that ORDER BY left out, or named too late.
      const initial = bound.order.slice(0, i)
      const late = on.findIndex((k) => !initial.some((x) => sameScalar(x.expr, k)))
      throw bindError('42P10', 'SELECT DISTINCT ON expressions must match initial ORDER BY expressions', onNodes[late])
    }
  })
  const keys = on.map((s) => settleUnknown(st, s))
  const order = bound.order.map((o) => settleUnknown(st, o.expr))
  const input = extend(
    stage.plan,
    [...keys, ...order],
    [...keys.map((_, i) => `on${i}`), ...order.map((_, i) => `order${i}`)],
  )
  return {
    plan: {
      kind: 'topK',
      input,
      partition: keys.map((_, i) => width + i),
      order: bound.order.map((o, i) => ({ column: width + keys.length + i, desc: o.desc, nullsFirst: o.nullsFirst })),
      limit: 1,
      offset: 0,
      rowType: input.rowType,
      position: -1,
    },
    columns: bound.columns,
    order: bound.order,
    inherited: [],
  }
}
