import type { Expr, Select } from '../../../grammar/ast.ts'
import { assert } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { AggregateCall, Logical } from '../../plan/logical.ts'
import { project, projectedRow } from '../../plan/logical-make.ts'
import { mapCall } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, constant, replaceScalar, sameScalar, scalarKey, visitScalar } from '../../plan/scalar-walk.ts'
import { INT4 } from '../../types/sql-type.ts'
import { hasDirect } from '../function-facts.ts'
import { bindError } from './bind-error.ts'
import { settleUnknown } from './coerce.ts'
import { refuseUnequal } from './comparable.ts'
import type { ExprPlace, Statement } from './context.ts'
import type { FromPlan } from './from-plan.ts'
import { bindGroupingSets, commonKeys, type Grouping, groupingBits, groupingKeys } from './grouping-sets.ts'
import { namedTarget, ordinalTarget } from './order.ts'
import { emptyResult, isAggregate, isOrderedSet } from './overload.ts'
import { type Scope, tryFindUnqualified } from './scope.ts'
import { addRows } from './select-rows.ts'
import { slotOf, slotsIn } from './slot.ts'
import { Stage } from './stage.ts'
import type { BoundTarget } from './target.ts'

/** GROUP BY: an ordinal, a column, the name of an output column (where no column has it), or an expression. */
export function bindGroupItems(
  st: Statement,
  node: Select,
  targets: readonly BoundTarget[],
  place: ExprPlace,
): Grouping {
  return bindGroupingSets(node.groupBy, node.groupDistinct === true, (expr) => {
    const key = settleUnknown(st, groupExpr(st, expr, targets, place))
    refuseUnequal(key, expr)
    return key
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
  }
  return target.scalar
}

/**
 * The stage after grouping: one row a group with the keys, then the aggregates, then GROUPING calls; several sets are
 * aggregates side by side over one input. `outputs`: the expressions that will be read from it; `nodes`: their syntax,
 * to point at a column that is not grouped.
 */
export function groupStage(
  st: Statement,
  before: Stage,
  scope: Scope,
  from: FromPlan,
  grouping: Grouping,
  outputs: readonly Scalar[],
  nodes: readonly Expr[],
  place: ExprPlace,
): Stage {
  const groups = grouping.keys
  const extra = dependentColumns(st, scope, from, commonKeys(grouping), outputs)
  const groupKeys = [...groups, ...extra]
  addRows(st, before, groups)
  const keys = groupKeys.map((g) => before.resolve(g))
  const aggregates: AggregateCall[] = []
  const byKey = new Map<string, number>()
  const bySlot = new Map<number, number>()
  const asked: (readonly number[])[] = []
  for (const [n, call] of slotCalls(outputs)) {
    const slot = st.slots[n]
    if (slot.kind === 'grouping') {
      bySlot.set(n, -asked.push(groupingKeys(groups, call.args, slot.places)))
    } else if (slot.kind === 'aggregate') {
      const call = mapCall(inOrderOf(from, slot.call), (s) => before.resolve(s))
      const key = JSON.stringify([
        call.fn,
        call.distinct,
        [...call.args, ...(call.filter ? [call.filter] : []), ...call.order.map((o) => o.expr)].map(scalarKey),
        call.filter !== null,
        call.order.map((o) => [o.desc, o.nullsFirst]),
      ])
      const at = byKey.get(key) ?? aggregates.push(call) - 1
      byKey.set(key, at)
      bySlot.set(n, at)
    }
  }
  const sets = grouping.sets.map((set) => [...set, ...extra.map((_, i) => groups.length + i)])
  const names = groupKeys.map((k) => columnName(scope, k))
  const plan = groupedPlan(st, before.plan, keys, names, sets, aggregates, asked)
  const toPlanOver = (s: Scalar, missing: (x: Scalar) => SqlError): Scalar =>
    replaceScalar(s, (x) => {
      const slot = slotOf(x)
      const at = slot >= 0 ? bySlot.get(slot) : undefined
      // GROUPING calls are counted from -1 downwards, and stand behind the aggregates.
      if (at !== undefined) return column(groupKeys.length + (at >= 0 ? at : aggregates.length - 1 - at), x.type)
      // A literal of the select list is settled as a key, where its own type is still open.
      const own = x.kind === 'const' ? settleUnknown(st, x) : x
      const key = groupKeys.findIndex((g) => sameScalar(g, own))
      if (key >= 0) return column(key, own.type)
      if (x.kind === 'column') throw missing(x)
      return undefined
    })
  checkDirect(st, bySlot.keys(), nodes, (s, at) => {
    toPlanOver(s, (x) => ungrouped(st, scope, x, at, place, false, DIRECT))
  })
  return new Stage(st, scope, plan, (s, inSubquery) =>
    toPlanOver(s, (x) => ungrouped(st, scope, x, nodes, place, inSubquery)),
  )
}

const DIRECT = 'Direct arguments of an ordered-set aggregate must use only grouped columns.'

/** The direct arguments of ordered-set aggregates are one value a group. */
function checkDirect(
  st: Statement,
  slots: Iterable<number>,
  nodes: readonly Expr[],
  check: (s: Scalar, at: readonly Expr[]) => void,
): void {
  for (const n of slots) {
    const slot = st.slots[n]
    if (slot.kind !== 'aggregate' || !isOrderedSet(slot.name)) continue
    for (const s of slot.call.args) check(s, directNodes(nodes))
  }
}

/** The syntax of all direct arguments below the nodes. */
function directNodes(node: unknown): Expr[] {
  if (node === null || typeof node !== 'object') return []
  if (Array.isArray(node)) return node.flatMap(directNodes)
  const expr = node as Expr
  if (expr.kind === 'call' && expr.withinGroup) return expr.args.map(({ value }) => value)
  return Object.values(node).flatMap(directNodes)
}

type SlotCall = Extract<Scalar, { kind: 'call' }>

/** Slots in the order in which they were bound. */
function slotCalls(outputs: readonly Scalar[]): [number, SlotCall][] {
  const found = new Map<number, SlotCall>()
  for (const output of outputs) {
    visitScalar(output, (x) => {
      const n = slotOf(x)
      if (n >= 0 && x.kind === 'call') found.set(n, x)
    })
  }
  return [...found].sort(([a], [b]) => a - b)
}

/** Direct arguments are those of the group: keys that its set does not group by are NULL in them, too. */
function withNulls(call: AggregateCall, keys: readonly Scalar[], set: readonly number[]): AggregateCall {
  if (!hasDirect(call.fn) || set.length === keys.length) return call
  const absent = (x: Scalar): Scalar | undefined => {
    const key = keys.findIndex((k) => sameScalar(k, x))
    return key >= 0 && !set.includes(key) ? constant(null, x.type) : undefined
  }
  return { ...call, args: call.args.map((s) => replaceScalar(s, absent)) }
}

/** One aggregate a set, over an input that all of them share; keys that a set does not group by are NULL in its rows. */
function groupedPlan(
  st: Statement,
  input: Logical,
  keys: readonly Scalar[],
  names: readonly string[],
  sets: readonly (readonly number[])[],
  aggregates: readonly AggregateCall[],
  asked: readonly (readonly number[])[],
): Logical {
  const of = (over: Logical, set: readonly number[]): Logical => ({
    kind: 'aggregate',
    input: over,
    keys: set.map((i) => keys[i]),
    aggregates: aggregates.map((a) => withNulls(a, keys, set)),
    rowType: [
      ...projectedRow(
        over.rowType,
        set.map((i) => keys[i]),
        set.map((i) => names[i]),
      ),
      ...aggregates.map((a) => ({
        name: a.fn.replace(/\(.*$/, ''),
        type: a.type,
        nullable: emptyResult(a.fn) === null,
      })),
    ],
    position: aggregates[0]?.position ?? -1,
  })
  if (sets.length === 1 && sets[0].length === keys.length && asked.length === 0) return of(input, sets[0])
  const binding = st.newBinding()
  const over: Logical = sets.length === 1 ? input : { kind: 'ref', binding, rowType: input.rowType }
  const inputs = sets.map((set) => {
    const grouped = of(over, set)
    const exprs = [
      ...keys.map((k, i) => (set.includes(i) ? column(set.indexOf(i), k.type) : constant(null, k.type))),
      ...aggregates.map((a, i) => column(set.length + i, a.type)),
      ...asked.map((groups) => constant(groupingBits(groups, set), INT4)),
    ]
    const own = grouped.rowType.slice(set.length).map((f) => f.name)
    return project(grouped, exprs, [...names, ...own, ...asked.map(() => 'grouping')])
  })
  if (inputs.length === 1) return inputs[0]
  const rowType = inputs[0].rowType.map((f, c) => ({ ...f, nullable: inputs.some((p) => p.rowType[c].nullable) }))
  const body: Logical = { kind: 'unionAll', inputs, rowType }
  return { kind: 'let', binding, value: input, body, rowType }
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
  detail?: string,
): SqlError {
  const table = scope.tables.find((t) => t.columns.some((c) => sameScalar(c.expr, s)))
  const name = table?.columns.find((c) => sameScalar(c.expr, s))?.name ?? columnName(scope, s)
  const full = table && table.alias !== '' ? `${table.alias}.${name}` : name
  if (inSubquery) {
    const slot = st.slots.find((o) => o.kind === 'outer' && o.scope === scope && sameScalar(o.expr, s))
    const at = slot?.kind === 'outer' ? slot.at : undefined
    return bindError('42803', `subquery uses ungrouped column "${full}" from outer query`, at)
  }
  const at = nodes.map((n) => locate(st, n, s, place)).find((n) => n !== undefined)
  return bindError(
    '42803',
    `column "${full}" must appear in the GROUP BY clause or be used in an aggregate function`,
    at,
    { detail },
  )
}

function isAggregated({ name, withinGroup }: Extract<Expr, { kind: 'call' }>): boolean {
  return withinGroup || isAggregate(name.parts[name.parts.length - 1].name)
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
  if (expr.kind === 'call' && !expr.over && isAggregated(expr)) return undefined
  for (const value of Object.values(node)) {
    const found = locate(st, value, s, place)
    if (found) return found
  }
  return undefined
}
