import { SqlError } from '../../base/sql-error.ts'
import { isPoly } from '../../functions/define.ts'
import type { AggregateFunction } from '../../functions/function.ts'
import { aggregateById, aggregatesByName } from '../../functions/lookup.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { typeText } from '../type-text.ts'
import { bindFilter, insideAggregate, refuseOuterAggregate, starred } from './aggregate-call.ts'
import { bindError } from './bind-error.ts'
import { bindArgs, bindOrder, type Call } from './call-parts.ts'
import { constantValue, movesInView, settleUnknown, unify } from './coerce.ts'
import { refuseUnordered } from './comparable.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'
import { aggregateCall, callFunction, isAggregate, isOrderedSet } from './overload.ts'
import type { SlotOrder } from './slot.ts'

/**
 * A call with WITHIN GROUP (ORDER BY …). The direct arguments in its parentheses are one value a group: the call's
 * arguments; what it orders by are the values that it looks at.
 */
export function bindOrderedSet(st: Statement, node: Call, name: string, place: ExprPlace): Scalar {
  handled(node, ['name', 'args', 'star', 'orderBy', 'withinGroup', 'filter', 'all', 'over'])
  const aggregate = isOrderedSet(name) || isAggregate(name)
  const inside = aggregate ? insideAggregate(node, place) : place
  if (node.star) throw isOrderedSet(name) ? starred(name, node) : notOrderedSet(name, node)
  const args = bindArgs(st, node, inside)
  const order = bindOrder(st, node.orderBy, inside, false)
  const all = [...args, ...order.map(({ expr }) => expr)]
  if (!aggregate) {
    callFunction(st, name, all, node)
    throw bindError('42809', `WITHIN GROUP specified, but ${name} is not an aggregate function`, node)
  }
  const call = isHypothetical(name) ? hypothetical(st, node, name, args, order) : aggregateCall(st, name, all, node)
  const fn = aggregateById(call.fn)
  if (fn?.form === undefined) throw notOrderedSet(name, node)
  if (order.some(({ expr }) => expr.type.kind === 'unknown') && isAnyElement(fn)) {
    throw new SqlError('42804', 'could not determine polymorphic type because input has type unknown')
  }
  if (node.over) throw bindError('0A000', `OVER is not supported for ordered-set aggregate ${name}`, node)
  if (fn.form === 'within' && order.length !== 1) {
    const direct = fn.args.length - 1
    const required = `${direct} direct argument${direct === 1 ? '' : 's'}`
    throw bindError('42883', `function ${signature(name, all)} does not exist`, node, {
      hint: `There is an ordered-set aggregate ${name}, but it requires ${required}, not ${args.length}.`,
    })
  }
  const sorted = order.map((o, k) => ({ ...o, expr: call.args[args.length + k] }))
  for (const [k, { expr }] of sorted.entries()) refuseUnordered(expr, node.orderBy[k].expr)
  const direct = call.args.slice(0, args.length).map((s) => folded(st, s))
  const filter = bindFilter(st, node, inside)
  refuseOuterAggregate(st, [...direct, ...sorted.map(({ expr }) => expr), ...(filter ? [filter] : [])], node)
  const slot = { ...call, args: direct, distinct: false, filter, order: sorted }
  return st.slot({ kind: 'aggregate', name, call: slot }, [], call.type, node)
}

const isAnyElement = ({ args }: AggregateFunction): boolean =>
  args.slice(-1).some((arg) => isPoly(arg) && arg.poly === 'anyelement')

const notOrderedSet = (name: string, node: Call) =>
  bindError('42809', `${name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP`, node)

const isHypothetical = (name: string): boolean => aggregatesByName(name).some(({ form }) => form === 'hypothetical')

/** The row that is not there: a value for each expression of ORDER BY, of a type in common with it. */
function hypothetical(
  st: Statement,
  node: Call,
  name: string,
  args: readonly Scalar[],
  order: readonly SlotOrder[],
): ReturnType<typeof aggregateCall> {
  const all = [...args, ...order.map(({ expr }) => expr)]
  if (args.length !== order.length) {
    throw bindError('42883', `function ${signature(name, all)} does not exist`, node, {
      hint: `To use the hypothetical-set aggregate ${name}, the number of hypothetical direct arguments (here ${args.length}) must match the number of ordering columns (here ${order.length}).`,
    })
  }
  const pairs = order.map(({ expr }, k) => {
    const at = node.args[k]
    const common = unify(
      st,
      [
        { scalar: expr, at: node.orderBy[k].expr },
        { scalar: args[k], at },
      ],
      'WITHIN GROUP',
      true,
    )
    if (common) return common.scalars.map((s) => settleUnknown(st, s))
    const [left, right] = [expr, args[k]].map(({ type }) => typeText(type))
    throw bindError('42804', `WITHIN GROUP types ${left} and ${right} cannot be matched`, at)
  })
  const fn = aggregatesByName(name).find(({ form }) => form === 'hypothetical')
  const { returns } = fn as { returns: ReturnType<typeof aggregateCall>['type'] }
  const unified = [...pairs.map(([, own]) => own), ...pairs.map(([sorted]) => sorted)]
  return { fn: (fn as { id: string }).id, args: unified, type: returns, position: st.position(node) }
}

const signature = (name: string, args: readonly Scalar[]): string =>
  `${name}(${args.map(({ type }) => typeText(type)).join(', ')})`

/** A direct argument without columns is one value: no row has to bring it. */
function folded(st: Statement, s: Scalar): Scalar {
  const value = movesInView(st, s) ? undefined : constantValue(st, s)
  return value === undefined ? s : constant(value, s.type)
}
