import type { Scalar } from '../../plan/scalar.ts'
import type { Place } from './bind-error.ts'
import type { Statement } from './context.ts'
import { isJsonAggregate, jsonAggregateCall, jsonFinal } from './json-aggregate.ts'
import { aggregateCall } from './overload.ts'

/**
 * Aggregates that are array_agg and a function of its array: what array_agg keeps, orders and retracts, they do. Beside
 * those of JSON these are aggregates of types whose values do not add up.
 */
const OF_BITS: ReadonlySet<string> = new Set(['bit_and', 'bit_or', 'bit_xor'])
const BITS: ReadonlySet<string> = new Set(['bit', 'varbit'])
const OF_RANGES: ReadonlySet<string> = new Set(['range_agg', 'range_intersect_agg'])
const RANGES: ReadonlySet<string> = new Set(['range', 'multirange'])

/** Names that are of such aggregates whatever they are called with. */
export const isCollectedAggregate = (name: string): boolean => isJsonAggregate(name) || OF_RANGES.has(name)

/** The aggregate below a call; `final`: the function of its result, where there is one. */
export function collectedOrPlain(
  st: Statement,
  name: string,
  args: readonly Scalar[],
  at: Place,
): { readonly call: ReturnType<typeof aggregateCall>; readonly final?: string } {
  if (isJsonAggregate(name)) return { call: jsonAggregateCall(st, name, args, at), final: jsonFinal(name, args) }
  const kind = args.length === 1 ? args[0].type.kind : ''
  if ((OF_BITS.has(name) && BITS.has(kind)) || (OF_RANGES.has(name) && RANGES.has(kind))) {
    return { call: aggregateCall(st, 'array_agg', args, at), final: `${name}_final` }
  }
  return { call: aggregateCall(st, name, args, at) }
}
