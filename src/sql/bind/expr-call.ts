import type { Expr, OrderItem, WindowSpec } from '../../../grammar/ast.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import { isAbsentFunction } from '../../functions/absent-names.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { sameScalar, someScalar } from '../../plan/scalar-walk.ts'
import { INT8, TEXT } from '../../types/sql-type.ts'
import { typeNamed } from '../type-name.ts'
import { bindError } from './bind-error.ts'
import { canCoerce, coerce } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { currentWatermark } from './event-time.ts'
import { bindCondition } from './expr-condition.ts'
import { bindGroupWindowCall, isGroupWindowCall } from './group-window.ts'
import { handled } from './handled.ts'
import { isJsonAggregate, jsonAggregateCall, jsonOfCollected } from './json-aggregate.ts'
import { aggregateCall, callFunction, isAggregate, isTableFunction, tableCall } from './overload.ts'
import { type SlotOrder, slotsIn } from './slot.ts'

type Call = Extract<Expr, { kind: 'call' }>

/** A call by name: row_number, an aggregate, a set-returning function of the select list, or a plain function. */
export function bindCall(st: Statement, node: Call, place: ExprPlace): Scalar {
  const name = functionName(node)
  if (node.over) return bindWindow(st, node, name, place)
  if (isGroupWindowCall(name)) return bindGroupWindowCall(st, node, name, place)
  if (name === 'current_watermark') return currentWatermark(st, node, place)
  if (isAggregate(name) || isJsonAggregate(name)) return bindAggregate(st, node, name, place)
  if (isAbsentFunction(name)) throw notSupported(`function ${name}`, node.span)
  if (WINDOW_ONLY.has(name)) throw bindError('42809', `window function ${name} requires an OVER clause`, node)
  handled(node, ['name', 'args', 'star', 'distinct', 'orderBy', 'filter', 'all', 'over'])
  for (const [used, what] of [
    [node.star, '(*)'],
    [node.distinct, 'DISTINCT'],
    [node.orderBy.length > 0, 'ORDER BY'],
    [node.filter !== undefined, 'FILTER'],
  ] as const) {
    if (!used) continue
    const message =
      what === '(*)'
        ? `${name}(*) specified, but ${name} is not an aggregate function`
        : `${what} specified, but ${name} is not an aggregate function`
    throw bindError('42809', message, node)
  }
  const args = bindArgs(st, node, place)
  if (isTableFunction(name)) {
    if (!place.rows) throw bindError('0A000', `set-returning functions are not allowed in ${place.clause}`, node)
    const call = tableCall(st, name, args, node)
    if (call.columns.length !== 1) throw notSupported(`${name} in the select list`, node.span)
    return st.slot({ kind: 'rows', fn: call.fn, name }, call.args, call.columns[0].type, node)
  }
  return callOrCast(st, name, args, node)
}

/** `date('2024-01-01')`: one argument and the name of a type, where no function takes it, is a cast. */
function callOrCast(st: Statement, name: string, args: readonly Scalar[], node: Call): Scalar {
  try {
    return callFunction(st, name, args, node)
  } catch (e) {
    const type = args.length === 1 && e instanceof SqlError && e.sqlstate === '42883' ? typeNamed(name) : undefined
    if (!type || !canCoerce(args[0].type, type, 'explicit')) throw e
    return coerce(st, args[0], type, 'explicit', node)
  }
}

export function functionName(node: Call): string {
  const parts = node.name.parts.map((p) => p.name)
  if (parts.length > 2 || (parts.length === 2 && parts[0] !== 'pg_catalog')) {
    if (parts.length === 2) throw bindError('3F000', `schema "${parts[0]}" does not exist`, node)
    throw notSupported('a function name of more than two parts', node.span)
  }
  return parts[parts.length - 1]
}

export function bindArgs(st: Statement, node: Call, place: ExprPlace): Scalar[] {
  return node.args.map((arg) => {
    handled(arg, ['value', 'name', 'variadic'])
    if (arg.name) throw notSupported('a named argument', arg.span)
    if (arg.variadic) throw notSupported('VARIADIC', arg.span)
    return st.bind.expr(st, arg.value, place)
  })
}

// ---------------------------------------------------------------- aggregates

function bindAggregate(st: Statement, node: Call, name: string, place: ExprPlace): Scalar {
  handled(node, ['name', 'args', 'star', 'distinct', 'all', 'orderBy', 'filter'])
  if (place.inAggregate) throw bindError('42803', 'aggregate function calls cannot be nested', node)
  if (!place.aggregates) throw bindError('42803', `aggregate functions are not allowed in ${place.clause}`, node)
  const inside: ExprPlace = {
    ...place,
    aggregates: true,
    inAggregate: true,
    windows: false,
    rows: false,
    clause: 'aggregate function calls',
  }
  if (!node.star && node.args.length === 0 && name === 'count') {
    throw bindError('42809', 'count(*) must be used to call a parameterless aggregate function', node)
  }
  if (node.star && name !== 'count') {
    throw bindError('42883', `function ${name}() does not exist`, node)
  }
  const args = node.star ? [] : bindArgs(st, node, inside)
  const json = isJsonAggregate(name)
  const call = json ? jsonAggregateCall(st, name, args, node) : aggregateCall(st, name, args, node)
  const order = bindOrder(st, node.orderBy, inside)
  if (node.distinct && order.length > 0) {
    const at = order.map((o) => call.args.findIndex((a) => [a, written(a)].some((x) => sameScalar(x, o.expr))))
    if (at.includes(-1)) {
      throw bindError('42P10', 'in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list', {
        span: node.orderBy[at.indexOf(-1)].expr.span,
      })
    }
  }
  let filter: Scalar | null = null
  if (node.filter) {
    filter = bindCondition(st, node.filter, { ...inside, clause: 'FILTER' }, 'FILTER')
  }
  const parts = [...call.args, ...order.map((o) => o.expr), ...(filter ? [filter] : [])]
  refuseOuterAggregate(st, parts, node)
  const slot = { kind: 'aggregate', name, call: { ...call, distinct: node.distinct, filter, order } } as const
  const value = st.slot(slot, [], call.type, node)
  return json ? jsonOfCollected(st, name, value, node) : value
}

/** An argument without the conversion that the call put around it. */
const written = (arg: Scalar): Scalar => (arg.kind === 'cast' && !arg.explicit ? arg.arg : arg)

/** An aggregate over outer columns alone belongs to the outer query in SQL. */
function refuseOuterAggregate(st: Statement, parts: readonly Scalar[], node: Call): void {
  const outer = parts.some((p) => [...slotsIn(p)].some((n) => st.slots[n].kind === 'outer'))
  const own = parts.some((p) => someScalar(p, (x) => x.kind === 'column'))
  if (outer && !own) throw notSupported('an aggregate of an outer query inside a subquery', node.span)
}

function bindOrder(st: Statement, items: readonly OrderItem[], place: ExprPlace): SlotOrder[] {
  return items.map((item) => {
    handled(item, ['expr', 'direction', 'nulls', 'using'])
    if (item.using) throw notSupported('ORDER BY … USING', item.span)
    const bound = st.bind.expr(st, item.expr, place)
    const expr = bound.type.kind === 'unknown' ? coerce(st, bound, TEXT, 'implicit', item.expr) : bound
    const desc = item.direction === 'DESC'
    return { expr, desc, nullsFirst: item.nulls ? item.nulls === 'FIRST' : desc }
  })
}

// ---------------------------------------------------------------- window functions

const WINDOW_ONLY: ReadonlySet<string> = new Set([
  'row_number',
  'rank',
  'dense_rank',
  'percent_rank',
  'cume_dist',
  'ntile',
  'lag',
  'lead',
  'first_value',
  'last_value',
  'nth_value',
])

function bindWindow(st: Statement, node: Call, name: string, place: ExprPlace): Scalar {
  if (!place.windows) throw bindError('42P20', `window functions are not allowed in ${place.clause}`, node)
  if (name !== 'row_number') throw notSupported(`window function ${name}`, node.span)
  handled(node, ['name', 'over'])
  const over = node.over as Extract<Call['over'], object>
  const spec = over.kind === 'ident' ? place.window?.(over.name) : over
  if (!spec) throw bindError('42704', `window "${over.kind === 'ident' ? over.name : ''}" does not exist`, over)
  return rowNumberSlot(st, spec, node, place)
}

function rowNumberSlot(st: Statement, spec: WindowSpec, node: Call, place: ExprPlace): Scalar {
  handled(spec, ['base', 'partitionBy', 'orderBy', 'frame'])
  // A frame does not matter to row_number; PostgreSQL accepts and ignores it.
  const base = spec.base ? place.window?.(spec.base.name) : undefined
  if (spec.base && !base) throw bindError('42704', `window "${spec.base.name}" does not exist`, spec)
  const inside: ExprPlace = { ...place, windows: false, rows: false, clause: 'window definitions' }
  const partitionBy = base && spec.partitionBy.length === 0 ? base.partitionBy : spec.partitionBy
  const orderBy = base && spec.orderBy.length === 0 ? base.orderBy : spec.orderBy
  const partition = partitionBy.map((e) => st.bind.expr(st, e, inside))
  const order = bindOrder(st, orderBy, inside)
  const args = [...partition, ...order.map((o) => o.expr)]
  const directions = order.map((o) => ({ desc: o.desc, nullsFirst: o.nullsFirst }))
  return st.slot({ kind: 'rowNumber', partition: partition.length, order: directions }, args, INT8, node)
}
