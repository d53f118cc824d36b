import { notSupported, type SqlError } from '../../base/sql-error.ts'
import type { WindowFunction } from '../../dataflow/window/spec.ts'
import { aggregateById } from '../../functions/lookup.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { withoutModifiers } from '../../types/modifiers.ts'
import { FLOAT8, INT4, INT8, type SqlType } from '../../types/sql-type.ts'
import { typeText } from '../type-text.ts'
import { bindError } from './bind-error.ts'
import { bindArgs, bindOrder, type Call } from './call-parts.ts'
import { canCoerce, coerce, constantValue, movesInView, settleUnknown, unify } from './coerce.ts'
import { collectedOrPlain, isCollectedAggregate } from './collected-aggregate.ts'
import { refuseUnequal } from './comparable.ts'
import type { ExprPlace, Statement } from './context.ts'
import { bindCondition } from './expr-condition.ts'
import { handled } from './handled.ts'
import { callFunction, isAggregate } from './overload.ts'
import { bindFrame } from './window-frame.ts'
import { type WindowDefinition, windowDefinition } from './window-spec.ts'

/** Those that SQL can call. */
type NamedFunction = Exclude<WindowFunction, 'session_start' | 'session_end'>

interface Signature {
  /** How many arguments it takes. */
  readonly counts: readonly number[]
  /** undefined: that of its first argument. */
  readonly returns: SqlType | undefined
  readonly takesNulls?: true
}

const ranking: Signature = { counts: [0], returns: INT8 }
const neighbour: Signature = { counts: [1, 2, 3], returns: undefined, takesNulls: true }
const edge: Signature = { counts: [1], returns: undefined, takesNulls: true }

const SIGNATURES: Readonly<Record<NamedFunction, Signature>> = {
  row_number: ranking,
  rank: ranking,
  dense_rank: ranking,
  percent_rank: { counts: [0], returns: FLOAT8 },
  cume_dist: { counts: [0], returns: FLOAT8 },
  ntile: { counts: [1], returns: INT4 },
  lag: neighbour,
  lead: neighbour,
  first_value: edge,
  last_value: edge,
  nth_value: { counts: [2], returns: undefined, takesNulls: true },
}

export const isWindowFunction = (name: string): name is NamedFunction => Object.hasOwn(SIGNATURES, name)

/** With arguments these are ordered-set aggregates. */
const HYPOTHETICAL: ReadonlySet<string> = new Set(['rank', 'dense_rank', 'percent_rank', 'cume_dist'])

interface BoundCall {
  readonly fn: WindowFunction | 'aggregate'
  readonly aggregate: string | null
  readonly args: readonly Scalar[]
  readonly type: SqlType
  /** The function of what the aggregate gives that makes the result. */
  readonly final?: string
}

/** A call with OVER: a slot whose arguments are all that it needs of the row. */
export function bindWindowCall(st: Statement, node: Call, name: string, place: ExprPlace): Scalar {
  refuseHere(node, place)
  const inside: ExprPlace = { ...place, windows: false, rows: false, inWindow: 'call' }
  const aggregated = isAggregate(name) || isCollectedAggregate(name)
  if (!aggregated && !isWindowFunction(name)) {
    bindArgs(st, node, inside)
    throw bindError('42809', `OVER specified, but ${name} is not a window function nor an aggregate function`, node)
  }
  if (node.distinct) throw bindError('0A000', 'DISTINCT is not implemented for window functions', node)
  if (node.orderBy.length > 0) {
    throw bindError('0A000', 'aggregate ORDER BY is not implemented for window functions', node)
  }
  if (node.filter && !aggregated) {
    throw bindError('0A000', 'FILTER is not implemented for non-aggregate window functions', node)
  }
  handled(node, ['name', 'args', 'star', 'all', 'filter', 'nulls', 'over', 'distinct', 'orderBy'])
  const call = aggregated ? bindAggregateCall(st, node, name, inside) : bindFunction(st, node, name, inside)
  if (node.nulls === 'IGNORE' && (aggregated || !SIGNATURES[name as NamedFunction].takesNulls)) {
    throw notSupported(`IGNORE NULLS of ${name}`, node.span)
  }
  const filter = node.filter ? [bindCondition(st, node.filter, { ...inside, clause: 'FILTER' }, 'FILTER')] : []
  const over = node.over as NonNullable<Call['over']>
  const window = windowDefinition(over, (name) => place.window?.(name))
  const { partition, order, frame, columns } = bindDefinition(st, window, place)
  const args = [...partition, ...order.map((o) => o.expr), ...call.args, ...filter, ...columns]
  const slot = st.slot(
    {
      kind: 'window',
      name,
      fn: call.fn,
      aggregate: call.aggregate,
      partition: partition.length,
      order: order.map((o) => ({ desc: o.desc, nullsFirst: o.nullsFirst })),
      args: call.args.length,
      filter: filter.length > 0,
      ignoreNulls: node.nulls === 'IGNORE',
      frame,
    },
    args,
    call.type,
    node,
  )
  return call.final === undefined ? slot : callFunction(st, call.final, [slot], node)
}

/** Named windows are checked where they stand, read or not. */
export function bindDefinition(st: Statement, window: WindowDefinition, place: ExprPlace) {
  const inside: ExprPlace = {
    ...place,
    windows: false,
    rows: false,
    inWindow: 'definition',
    clause: 'window definitions',
  }
  const partition = window.partitionBy.map((e) => {
    const key = settleUnknown(st, st.bind.expr(st, e, inside))
    refuseUnequal(key, e)
    return key
  })
  const order = bindOrder(st, window.orderBy, inside)
  return { partition, order, ...bindFrame(st, window, order, inside) }
}

function refuseHere(node: Call, place: ExprPlace): void {
  if (place.windows) return
  const message = place.inAggregate
    ? 'aggregate function calls cannot contain window function calls'
    : place.inWindow === 'call'
      ? 'window function calls cannot be nested'
      : `window functions are not allowed in ${place.clause}`
  throw bindError(place.inAggregate ? '42803' : '42P20', message, node)
}

function bindAggregateCall(st: Statement, node: Call, name: string, place: ExprPlace): BoundCall {
  if (!node.star && node.args.length === 0 && name === 'count') {
    throw bindError('42809', 'count(*) must be used to call a parameterless aggregate function', node)
  }
  if (node.star && name !== 'count') throw bindError('42883', `function ${name}() does not exist`, node)
  const args = node.star ? [] : bindArgs(st, node, place)
  const { call, ...final } = collectedOrPlain(st, name, args, node)
  if (aggregateById(call.fn)?.impliesDistinct) throw notSupported(`${name} as a window function`, node.span)
  return { fn: 'aggregate', aggregate: call.fn, args: call.args, type: call.type, ...final }
}

function bindFunction(st: Statement, node: Call, name: string, place: ExprPlace): BoundCall {
  const fn = name as NamedFunction
  if (node.star) throw bindError('42809', `${name}(*) specified, but ${name} is not an aggregate function`, node)
  const given = bindArgs(st, node, place)
  const { counts, returns } = SIGNATURES[fn]
  const unknown = (): SqlError =>
    bindError('42883', `function ${name}(${given.map((a) => typeText(a.type)).join(', ')}) does not exist`, node, {
      hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
    })
  if (!counts.includes(given.length)) {
    if (!HYPOTHETICAL.has(fn)) throw unknown()
    throw bindError('42809', `WITHIN GROUP is required for ordered-set aggregate ${name}`, node)
  }
  const count = (s: Scalar, i: number): Scalar => {
    if (s.type.kind !== 'unknown' && !canCoerce(s.type, INT4, 'implicit')) throw unknown()
    return constantOf(st, coerce(st, s, INT4, 'implicit', node.args[i]))
  }
  if (fn === 'ntile') return { fn, aggregate: null, args: [count(given[0], 0)], type: INT4 }
  if (given.length === 0) return { fn, aggregate: null, args: [], type: returns as SqlType }
  let value = settleUnknown(st, given[0])
  const plain = withoutModifiers(value.type)
  if (fn === 'nth_value') return { fn, aggregate: null, args: [constantOf(st, value), count(given[1], 1)], type: plain }
  if (fn !== 'lag' && fn !== 'lead') return { fn, aggregate: null, args: [constantOf(st, value)], type: plain }
  const offset = given.length > 1 ? count(given[1], 1) : constant(1, INT4)
  let otherwise: Scalar = constant(null, value.type)
  if (given.length > 2) {
    const items = [0, 2].map((i) => ({ scalar: i === 0 ? value : given[i], at: node.args[i] }))
    const common = unify(st, items, name, true)
    if (!common) throw unknown()
    ;[value, otherwise] = common.scalars
  }
  return {
    fn,
    aggregate: null,
    args: [value, offset, otherwise].map((s) => constantOf(st, s)),
    type: withoutModifiers(value.type),
  }
}

/** An argument without columns is one value: it takes no column of the state, and tells how far a change reaches. */
function constantOf(st: Statement, s: Scalar): Scalar {
  // What moves is a column like others.
  const value = movesInView(st, s) ? undefined : constantValue(st, s)
  return value === undefined ? s : constant(value, s.type)
}
