import type { AggregateCall, Logical } from '../../plan/logical.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import { keyOf } from './keys.ts'
import type { Facts, Rule } from './rule.ts'

/** DISTINCT over rows that have a key does nothing; nor does it in an aggregate, of a column that is a key in its group. */
export const distinctKeys: Rule = {
  name: 'distinct-keys',
  apply: (plan, facts) => rewriteLogical(plan, (p) => withoutDistinct(p, facts)),
}

function withoutDistinct(p: Logical, facts: Facts): Logical {
  if (p.kind === 'distinct') return keyOf(p.input, facts) ? p.input : p
  if (p.kind !== 'aggregate' || !p.aggregates.some((call) => call.distinct)) return p
  const key = keyOf(p.input, facts)
  if (key === null) return p
  const grouped = new Set(p.keys.flatMap((k) => (k.kind === 'column' ? [k.index] : [])))
  const isKey = (call: AggregateCall): boolean => {
    const [arg, ...more] = call.args
    return (
      arg?.kind === 'column' &&
      more.length === 0 &&
      ORDERLESS.test(call.fn) &&
      key.every((c) => c === arg.index || grouped.has(c))
    )
  }
  const aggregates = p.aggregates.map((call) => (call.distinct && isKey(call) ? { ...call, distinct: false } : call))
  return aggregates.every((call, i) => call === p.aggregates[i]) ? p : { ...p, aggregates }
}

/** Others take their values in order where they are distinct. */
const ORDERLESS = /^(?:count|sum|avg|min|max)\(/
