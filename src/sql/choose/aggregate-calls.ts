import { assert } from '../../base/assert.ts'
import type { AggregateCall } from '../../plan/logical.ts'
import type { PhysicalAggregate } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { hasDirect } from '../function-facts.ts'

export function columnNumber(s: Scalar): number {
  assert(s.kind === 'column', 'aggregates read columns')
  return s.index
}

/** A call over columns alone; of the direct arguments the constants need none. */
export function physicalCall(a: AggregateCall): PhysicalAggregate {
  const { fn, distinct, type } = a
  const args: number[] = []
  const direct = a.args.map((s) => (s.kind === 'const' ? { value: s.value } : { arg: args.push(columnNumber(s)) - 1 }))
  return {
    fn,
    args,
    distinct,
    filter: a.filter && columnNumber(a.filter),
    order: a.order.map((o) => ({ column: columnNumber(o.expr), desc: o.desc, nullsFirst: o.nullsFirst })),
    ...(hasDirect(fn) && { direct }),
    type,
  }
}
