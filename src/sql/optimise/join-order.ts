import type { Logical } from '../../plan/logical.ts'
import { join, projectColumns } from '../../plan/logical-make.ts'
import { mapLogicalInputs } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, conjunction, conjuncts, mapColumns, shiftColumns } from '../../plan/scalar-walk.ts'
import { operatorOf } from '../function-facts.ts'
import type { Rule } from './rule.ts'

/**
 * Inner joins stay in the order in which they are written, except that an input which no equality ties to those before
 * it waits until one does: `FROM a, b, c WHERE a.x = c.x AND c.y = b.y` joins a, c, b and crosses nothing.
 */
export const joinOrder: Rule = { name: 'join-order', apply: (plan) => reorder(plan) }

interface Leaf {
  readonly plan: Logical
  /** Where its columns are in the row of the whole join as written. */
  readonly from: number
}

function reorder(p: Logical): Logical {
  if (p.kind !== 'join' || p.type !== 'inner') return mapLogicalInputs(p, reorder)
  const leaves: Leaf[] = []
  const conditions: Scalar[] = []
  flatten(p, 0, leaves, conditions)
  const order = connectedOrder(leaves, conditions)
  if (order.every((leaf, i) => leaf === leaves[i])) return mapLogicalInputs(p, reorder)
  const place = new Map<number, number>()
  let plan: Logical | undefined
  let left = conditions
  for (const leaf of order) {
    const at = plan?.rowType.length ?? 0
    leaf.plan.rowType.forEach((_, i) => {
      place.set(leaf.from + i, at + i)
    })
    const input = reorder(leaf.plan)
    if (!plan) {
      plan = input
      continue
    }
    const ready = left.filter((c) => [...columnsOf(c)].every((i) => place.has(i)))
    left = left.filter((c) => !ready.includes(c))
    plan = join(
      'inner',
      plan,
      input,
      mapColumns(conjunction(ready), (i) => place.get(i) as number),
      p.position,
    )
  }
  const columns = p.rowType.map((_, i) => place.get(i) as number)
  return { ...projectColumns(plan as Logical, columns), rowType: p.rowType } as Logical
}

function flatten(p: Logical, from: number, leaves: Leaf[], conditions: Scalar[]): void {
  if (p.kind !== 'join' || p.type !== 'inner') {
    leaves.push({ plan: p, from })
    return
  }
  flatten(p.left, from, leaves, conditions)
  flatten(p.right, from + p.left.rowType.length, leaves, conditions)
  conditions.push(...conjuncts(p.on).map((c) => shiftColumns(c, from)))
}

function connectedOrder(leaves: readonly Leaf[], conditions: readonly Scalar[]): Leaf[] {
  const leafOf = (column: number): number =>
    leaves.findIndex((l) => column >= l.from && column < l.from + l.plan.rowType.length)
  const edges = conditions
    .filter((c) => (c.kind === 'call' && operatorOf(c.fn) === '=') || (c.kind === 'distinctFrom' && c.negated))
    .map((c) => new Set([...columnsOf(c)].map(leafOf)))
    .filter((e) => e.size > 1)
  const waiting = leaves.map((_, i) => i)
  const placed = new Set<number>()
  const order: Leaf[] = []
  while (waiting.length > 0) {
    const tied = (i: number): boolean => edges.some((e) => e.has(i) && [...e].every((x) => x === i || placed.has(x)))
    const next = placed.size === 0 ? waiting[0] : (waiting.find(tied) ?? waiting[0])
    waiting.splice(waiting.indexOf(next), 1)
    placed.add(next)
    order.push(leaves[next])
  }
  return order
}
