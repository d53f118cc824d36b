import { noPolymorphicType } from '../../functions/resolve.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { TEXT } from '../../types/sql-type.ts'
import type { Place } from './bind-error.ts'
import { coerce, located } from './coerce.ts'
import type { Statement } from './context.ts'
import { aggregateCall, callFunction } from './overload.ts'

/**
 * json_agg and its kin are array_agg and a function of its array: what array_agg keeps, orders and retracts, they do.
 * No rows give NULL, as array_agg does.
 */
interface JsonAggregate {
  readonly kind: 'json' | 'jsonb'
  /** Keys and values of an object, or the items of an array. */
  readonly object: boolean
  /** Function of the collected array. */
  readonly final: string
}

const of = (kind: 'json' | 'jsonb', rest: string, object: boolean): [string, JsonAggregate] => [
  `${kind}_${rest}`,
  { kind, object, final: `${kind}_${rest}_final` },
]

const JSON_AGGREGATES: ReadonlyMap<string, JsonAggregate> = new Map(
  (['json', 'jsonb'] as const).flatMap((kind) => [
    ...['agg', 'agg_strict'].map((rest) => of(kind, rest, false)),
    ...['object_agg', 'object_agg_strict', 'object_agg_unique', 'object_agg_unique_strict'].map((rest) =>
      of(kind, rest, true),
    ),
  ]),
)

export const isJsonAggregate = (name: string): boolean => JSON_AGGREGATES.has(name)

/** The array_agg below the call; a call of the wrong number of arguments is no function that exists. */
export function jsonAggregateCall(
  st: Statement,
  name: string,
  args: readonly Scalar[],
  at: Place,
): ReturnType<typeof aggregateCall> {
  const aggregate = JSON_AGGREGATES.get(name) as JsonAggregate
  if (args.length !== (aggregate.object ? 2 : 1)) return aggregateCall(st, name, args, at)
  if (!aggregate.object && args[0].type.kind === 'unknown') throw located(st, noPolymorphicType(), at)
  return aggregateCall(st, 'array_agg', [item(st, aggregate, args, at)], at)
}

function item(st: Statement, { kind, object }: JsonAggregate, args: readonly Scalar[], at: Place): Scalar {
  const [first, second] = args
  if (object) return callFunction(st, 'json_agg_member', [settled(st, first, at), settled(st, second, at)], at)
  // An array becomes JSON before it is collected: those of different shapes make no array.
  return structured(first) ? callFunction(st, `to_${kind}`, [first], at) : first
}

const structured = (s: Scalar): boolean => s.type.kind === 'array' || s.type.kind === 'record'

/** A literal that nothing gave a type is text. */
const settled = (st: Statement, s: Scalar, at: Place): Scalar =>
  s.type.kind === 'unknown' ? coerce(st, s, TEXT, 'implicit', at) : s

/** The function that makes the JSON of what was collected; `args`: what the aggregate was called with. */
export function jsonFinal(name: string, args: readonly Scalar[]): string {
  const { final } = JSON_AGGREGATES.get(name) as JsonAggregate
  return final.startsWith('json_agg') && structured(args[0]) ? final.replace('_final', '_lines_final') : final
}
