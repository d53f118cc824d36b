import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { FunctionEntry } from '../../catalog/entry.ts'
import { isAbsentFunction } from '../../functions/absent-names.ts'
import { scalarsByName } from '../../functions/lookup.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { typeNamed } from '../type-name.ts'
import { bindAggregate } from './aggregate-call.ts'
import { respelled } from './aggregate-spelling.ts'
import { bindError } from './bind-error.ts'
import { bindArgs, type Call, functionName } from './call-parts.ts'
import { canCoerce, coerce } from './coerce.ts'
import { isCollectedAggregate } from './collected-aggregate.ts'
import type { ExprPlace, Statement } from './context.ts'
import { currentWatermark } from './event-time.ts'
import { functionRespelled } from './function-spelling.ts'
import { bindGroupWindowCall, isGroupWindowCall } from './group-window.ts'
import { handled } from './handled.ts'
import { bindOrderedSet } from './ordered-set.ts'
import { outerAggregate } from './outer-aggregate.ts'
import { callFunction, isAggregate, isByOrder, isOrderedSet, isTableFunction, tableCall } from './overload.ts'
import { candidates, inlinedValue } from './user-function.ts'
import { bindWindowCall, isWindowFunction } from './window-call.ts'

/** A call by name: a window function, an aggregate, a set-returning function of the select list, or a plain function. */
export function bindCall(st: Statement, node: Call, place: ExprPlace): Scalar {
  const own = candidates(st, node)
  if (own.length > 0) return bindOwnCall(st, node, place, own)
  return bindKnownCall(st, node, place)
}

/** PostgreSQL's functions come first, a name of pg_catalog hides all others where its arguments fit. */
function bindOwnCall(st: Statement, node: Call, place: ExprPlace, own: readonly FunctionEntry[]): Scalar {
  const parts = node.name.parts.map((p) => p.name)
  if (parts.length === 1 && isKnownName(parts[0])) {
    try {
      return bindKnownCall(st, node, place)
    } catch (e) {
      if (!(e instanceof SqlError) || e.sqlstate !== '42883') throw e
    }
  }
  return st.bind.expr(st, inlinedValue(st, node, place, own), place)
}

const isKnownName = (name: string): boolean =>
  isAggregate(name) || isOrderedSet(name) || isByOrder(name) || isTableFunction(name) || scalarsByName(name).length > 0

function bindKnownCall(st: Statement, node: Call, place: ExprPlace): Scalar {
  const name = functionName(node)
  const spelled = respelled(node, name) ?? functionRespelled(node, name)
  if (spelled) return bindKnownCall(st, spelled, place)
  if (node.withinGroup) {
    const outer = outerAggregate(st, node, place, (around) => bindOrderedSet(st, node, name, around))
    return outer ?? bindOrderedSet(st, node, name, place)
  }
  if (node.over && (isWindowFunction(name) || !isOrderedSet(name))) return bindWindowCall(st, node, name, place)
  if (isGroupWindowCall(name)) return bindGroupWindowCall(st, node, name, place)
  if (name === 'current_watermark') return currentWatermark(st, node, place)
  if (isAggregateCall(node, name)) {
    const outer = outerAggregate(st, node, place, (around) => bindAggregate(st, node, name, around))
    return outer ?? bindAggregate(st, node, name, place)
  }
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
    if (!place.rows) throw noRows(place, node)
    const call = tableCall(st, name, args, node)
    if (call.columns.length !== 1) throw notSupported(`${name} in the select list`, node.span)
    return st.slot({ kind: 'rows', fn: call.fn, name }, call.args, call.columns[0].type, node)
  }
  return callOrCast(st, name, args, node)
}

/** Some names are of window functions, and with an ORDER BY of their own, or without OVER, of aggregates. */
function isAggregateCall(node: Call, name: string): boolean {
  if (isAggregate(name) || isCollectedAggregate(name)) return true
  if (isOrderedSet(name)) return !isWindowFunction(name) || node.args.length > 0
  return isByOrder(name) && node.orderBy.length > 0
}

function noRows(place: ExprPlace, node: Call): SqlError {
  const hint = 'You might be able to move the set-returning function into a LATERAL FROM item.'
  if (place.inAggregate) {
    return bindError('0A000', 'aggregate function calls cannot contain set-returning function calls', node, { hint })
  }
  const message = `set-returning functions are not allowed in ${place.rowsNotIn ?? place.clause}`
  return bindError('0A000', message, node, place.rowsNotIn ? { hint } : {})
}

/** `date('2024-01-01')`: one argument and the name of a type, where it is a literal or no function takes it, is a cast. */
function callOrCast(st: Statement, name: string, args: readonly Scalar[], node: Call): Scalar {
  const named = args.length === 1 && args[0].type.kind === 'unknown' ? typeNamed(name) : undefined
  if (named !== undefined) return coerce(st, args[0], named, 'explicit', node)
  try {
    return callFunction(st, name, args, node)
  } catch (e) {
    const type = args.length === 1 && e instanceof SqlError && e.sqlstate === '42883' ? typeNamed(name) : undefined
    if (!type || !canCoerce(args[0].type, type, 'explicit')) throw e
    return coerce(st, args[0], type, 'explicit', node)
  }
}
