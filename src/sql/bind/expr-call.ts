import { notSupported, SqlError } from '../../base/sql-error.ts'
import { isAbsentFunction } from '../../functions/absent-names.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { sameScalar, someScalar } from '../../plan/scalar-walk.ts'
import { typeNamed } from '../type-name.ts'
import { bindError } from './bind-error.ts'
import { bindArgs, bindOrder, type Call, functionName } from './call-parts.ts'
import { canCoerce, coerce } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { currentWatermark } from './event-time.ts'
import { bindCondition } from './expr-condition.ts'
import { bindGroupWindowCall, isGroupWindowCall } from './group-window.ts'
import { handled } from './handled.ts'
import { isJsonAggregate, jsonAggregateCall, jsonOfCollected } from './json-aggregate.ts'
import { aggregateCall, callFunction, isAggregate, isTableFunction, tableCall } from './overload.ts'
import { slotsIn } from './slot.ts'
import { bindWindowCall, isWindowFunction } from './window-call.ts'

/** A call by name: a window function, an aggregate, a set-returning function of the select list, or a plain function. */
export function bindCall(st: Statement, node: Call, place: ExprPlace): Scalar {
  const name = functionName(node)
  if (node.over) return bindWindowCall(st, node, name, place)
  if (isGroupWindowCall(name)) return bindGroupWindowCall(st, node, name, place)
  if (name === 'current_watermark') return currentWatermark(st, node, place)
  if (isAggregate(name) || isJsonAggregate(name)) return bindAggregate(st, node, name, place)
  if (isAbsentFunction(name)) throw notSupported(`function ${name}`, node.span)
  if (isWindowFunction(name)) throw bindError('42809', `window function ${name} requires an OVER clause`, node)
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
