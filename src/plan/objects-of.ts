import type { PhysicalNode, PhysicalPlan } from './physical.ts'

/** The objects that a plan reads, each once. */
export function objectsOf(plan: PhysicalPlan): number[] {
  const objects = new Set<number>()
  const visit = (nodes: readonly PhysicalNode[]) => {
    for (const node of nodes) {
      if (node.op === 'get') objects.add(node.object)
      if (node.op === 'scope') visit(node.body)
    }
  }
  visit(plan.nodes)
  return [...objects]
}
