import { notSupported } from '../../base/sql-error.ts'
import { aggregateById } from '../../functions/lookup.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { sameScalar, someScalar } from '../../plan/scalar-walk.ts'
import { bindError } from './bind-error.ts'
import { bindArgs, bindOrder, type Call } from './call-parts.ts'
import { collectedOrPlain } from './collected-aggregate.ts'
import { refuseUnordered } from './comparable.ts'
import type { ExprPlace, Statement } from './context.ts'
import { bindCondition } from './expr-condition.ts'
import { handled } from './handled.ts'
import { callFunction } from './overload.ts'
import { slotsIn } from './slot.ts'

/** An aggregate with its arguments, DISTINCT, ORDER BY and FILTER inside and behind its parentheses. */
export function bindAggregate(st: Statement, node: Call, name: string, place: ExprPlace): Scalar {
  handled(node, ['name', 'args', 'star', 'distinct', 'all', 'orderBy', 'filter', 'over'])
  const inside = insideAggregate(node, place)
  if (!node.star && node.args.length === 0 && name === 'count') {
    throw bindError('42809', 'count(*) must be used to call a parameterless aggregate function', node)
  }
  if (node.star && name !== 'count') throw starred(name, node)
  const args = node.star ? [] : bindArgs(st, node, inside)
  const { call, final } = collectedOrPlain(st, name, args, node)
  const fn = aggregateById(call.fn)
  if (fn?.form === 'within' || fn?.form === 'hypothetical') {
    throw bindError('42809', `WITHIN GROUP is required for ordered-set aggregate ${name}`, node)
  }
  if (fn?.strategy === 'arg_min' || fn?.strategy === 'arg_max') refuseUnordered(call.args[1], node.args[1])
  const distinct = node.distinct || fn?.impliesDistinct === true
  const order = bindOrder(st, node.orderBy, inside)
  if (distinct && order.length > 0) {
    const at = order.map((o) => call.args.findIndex((a) => [a, written(a)].some((x) => sameScalar(x, o.expr))))
    if (at.includes(-1)) {
      throw bindError('42P10', 'in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list', {
        span: node.orderBy[at.indexOf(-1)].expr.span,
      })
    }
  }
  const filter = bindFilter(st, node, inside)
  const parts = [...call.args, ...order.map((o) => o.expr), ...(filter ? [filter] : [])]
  refuseOuterAggregate(st, parts, node)
  const slot = { kind: 'aggregate', name, call: { ...call, distinct, filter, order } } as const
  const value = st.slot(slot, [], call.type, node)
  return final === undefined ? value : callFunction(st, final, [value], node)
}

export const starred = (name: string, node: Call) =>
  bindError('42883', `function ${name}() does not exist`, node, {
    hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
  })

/** Where the parts of an aggregate are bound; refuses it where none may stand. */
export function insideAggregate(node: Call, place: ExprPlace): ExprPlace {
  if (place.inAggregate) throw bindError('42803', 'aggregate function calls cannot be nested', node)
  if (!place.aggregates) throw bindError('42803', `aggregate functions are not allowed in ${place.clause}`, node)
  return {
    ...place,
    aggregates: true,
    inAggregate: true,
    windows: false,
    rows: false,
    clause: 'aggregate function calls',
  }
}

export const bindFilter = (st: Statement, node: Call, inside: ExprPlace): Scalar | null =>
  node.filter
    ? bindCondition(st, node.filter, { ...inside, aggregates: false, inAggregate: false, clause: 'FILTER' }, 'FILTER')
    : null

/** An argument without the conversion that the call put around it. */
const written = (arg: Scalar): Scalar => (arg.kind === 'cast' && !arg.explicit ? arg.arg : arg)

/** An aggregate over outer columns alone belongs to the outer query in SQL. */
export function refuseOuterAggregate(st: Statement, parts: readonly Scalar[], node: Call): void {
  const outer = parts.some((p) => [...slotsIn(p)].some((n) => st.slots[n].kind === 'outer'))
  const own = parts.some((p) => someScalar(p, (x) => x.kind === 'column'))
  if (outer && !own) throw notSupported('an aggregate of an outer query inside a subquery', node.span)
}
