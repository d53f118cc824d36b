import { tableFunctionById } from '../../functions/lookup.ts'
import type { Logical } from '../../plan/logical.ts'
import { logicalScalars, visitLogical } from '../../plan/logical-walk.ts'
import { isVolatile } from '../function-facts.ts'
import type { SubquerySlot } from './slot.ts'

/**
 * What equal subqueries have in common wherever they stand: written twice, they are one value, as in
 * `GROUP BY (SELECT …)`. Null where each of them is a value of its own.
 */
export function subqueryKey(slot: SubquerySlot): string | null {
  if (volatile(slot.plan)) return null
  const own = new Map<number, number>()
  visitLogical(slot.plan, (p) => {
    if (p.kind === 'let') own.set(p.binding, own.size)
    if (p.kind === 'letRec') for (const b of p.bindings) own.set(b.binding, own.size)
  })
  return JSON.stringify(slot, (key, value: unknown) => {
    if (key === 'position') return undefined
    if (key === 'binding' && own.has(value as number)) return `own ${own.get(value as number)}`
    return typeof value === 'bigint' ? `${value}n` : value
  })
}

function volatile(plan: Logical): boolean {
  let found = false
  visitLogical(plan, (p) => {
    if (p.kind === 'flatMap' && tableFunctionById(p.fn)?.volatility === 'volatile') found = true
    if (logicalScalars(p).some(isVolatile)) found = true
  })
  return found
}
