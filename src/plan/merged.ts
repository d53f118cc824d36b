import { fingerprint } from './fingerprint.ts'
import type { PhysicalNode, PhysicalPlan } from './physical.ts'

/**
 * Late rows that were merged into a view are a relation of their own beside that whose rows they are, which the view
 * alone reads. Until the view is made it has no id: plans name it by the relation's, negative.
 */
export const mergedInto = (relation: number): number => -relation

/** Relations whose merged rows a plan reads, none of which has an id yet. */
export function mergedOf({ nodes }: Pick<PhysicalPlan, 'nodes'>): number[] {
  const found = new Set<number>()
  for (const node of nodes) if (node.op === 'get' && node.object < 0) found.add(-node.object)
  return [...found].sort((a, b) => a - b)
}

/** The plan with the ids that they have. */
export function withMerged(
  plan: PhysicalPlan,
  merged: readonly { readonly relation: number; readonly id: number }[] = [],
): PhysicalPlan {
  if (mergedOf(plan).length === 0) return plan
  const ids = new Map(merged.map(({ relation, id }) => [mergedInto(relation), id]))
  const nodes = plan.nodes.map(
    (n): PhysicalNode => (n.op === 'get' ? { ...n, object: ids.get(n.object) ?? n.object } : n),
  )
  const unsigned = { formatVersion: plan.formatVersion, nodes, root: plan.root, types: plan.types }
  return { ...unsigned, fingerprint: fingerprint(unsigned) }
}
