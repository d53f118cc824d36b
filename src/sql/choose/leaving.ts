import { fingerprint } from '../../plan/fingerprint.ts'
import type { PhysicalNode, PhysicalOp, PhysicalPlan } from '../../plan/physical.ts'
import type { Emission } from './close.ts'

/** How long the rows of a view live after they last came. */
export interface TimeToLive {
  readonly micros: number
  readonly position: number
}

/** The plan of a view with what makes its rows leave by the clock: at the end of their life, at multiples of a period. */
export function withLeaving(plan: PhysicalPlan, emission: Emission, ttl: TimeToLive | null): PhysicalPlan {
  const nodes = [...plan.nodes]
  let { root } = plan
  const above = (op: PhysicalOp, position: number, appendOnly: boolean) => {
    const node: PhysicalNode = { ...op, types: plan.types, position, appendOnly, growth: 'window-bounded' }
    root = nodes.push(node) - 1
  }
  if (ttl !== null) above({ op: 'expire', input: root, ttlMicros: ttl.micros }, ttl.position, false)
  if (emission.mode === 'periodic') {
    const { everyMicros, position } = emission
    above({ op: 'emitPeriodic', input: root, everyMicros }, position, nodes[root].appendOnly)
  }
  if (root === plan.root) return plan
  const unsigned = { formatVersion: 1, nodes, root, types: plan.types } as const
  return { ...unsigned, fingerprint: fingerprint(unsigned) }
}
