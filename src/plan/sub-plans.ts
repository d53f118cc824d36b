import { createHash } from 'node:crypto'
import { canonicalJson } from '../base/canonical-json.ts'
import type { PhysicalNode, PhysicalPlan } from './physical.ts'

/**
 * Equality of parts of plans: two nodes with one key give the same rows from the same relations, whatever the texts that
 * they come from look like. Places in the text do not count, nor does what the planner guesses of growth.
 */
export function nodeKeys(nodes: readonly PhysicalNode[]): string[] {
  const keys: string[] = []
  for (const node of nodes) {
    const named = mapInputs(withoutPlaces(node) as PhysicalNode, (input) => keys[input]!)
    const { growth: _, ...counted } = named as { growth?: unknown }
    keys.push(createHash('sha256').update(canonicalJson(counted)).digest('base64'))
  }
  return keys
}

/** Numbers of the nodes that a node reads. */
export function inputsOf(node: PhysicalNode): number[] {
  const inputs: number[] = []
  mapInputs(node, (input) => {
    inputs.push(input)
    return input
  })
  return inputs
}

/** The node with its inputs named otherwise. */
export function mapInputs<T>(node: PhysicalNode, name: (input: number) => T): object {
  switch (node.op) {
    case 'get':
    case 'constant':
    case 'import':
    case 'variable':
      return node
    case 'union':
    case 'deltaJoin':
      return { ...node, inputs: node.inputs.map(name) }
    case 'join':
    case 'asofJoin':
    case 'lookupJoin':
    case 'setOp':
      return { ...node, left: name(node.left), right: name(node.right) }
    case 'scope':
      return { ...node, imports: node.imports.map(name) }
    default:
      return { ...node, input: name(node.input) }
  }
}

/** The nodes below `root`, itself included, each once. */
export function below(nodes: readonly PhysicalNode[], root: number): Set<number> {
  const found = new Set<number>()
  const visit = (number: number) => {
    if (found.has(number)) return
    found.add(number)
    inputsOf(nodes[number]!).forEach(visit)
  }
  visit(root)
  return found
}

/** A plan without the nodes that its root does not read. */
export function pruned(nodes: readonly PhysicalNode[], root: number): { nodes: PhysicalNode[]; root: number } {
  const kept = [...below(nodes, root)].sort((a, b) => a - b)
  const numbers = new Map(kept.map((number, i) => [number, i]))
  return {
    nodes: kept.map((n) => mapInputs(nodes[n]!, (input) => numbers.get(input)!) as PhysicalNode),
    root: numbers.get(root)!,
  }
}

/**
 * Where errors of a part of one plan stand in the text of another plan with an equal part (1-based, as error rows have
 * them); those that stand at the same place are left out.
 */
export function positionsElsewhere(
  from: Pick<PhysicalPlan, 'nodes' | 'root'>,
  to: Pick<PhysicalPlan, 'nodes' | 'root'>,
): [number, number][] {
  const pairs = new Map<number, number>()
  const compare = (a: unknown, b: unknown) => {
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return
    for (const [key, value] of Object.entries(a)) {
      const other = (b as Record<string, unknown>)[key]
      if (key !== 'position') compare(value, other)
      else if (typeof value === 'number' && typeof other === 'number' && !pairs.has(value + 1))
        pairs.set(value + 1, other + 1)
    }
  }
  const seen = new Set<number>()
  const visit = (a: number, b: number) => {
    if (seen.has(b)) return
    seen.add(b)
    compare(from.nodes[a], to.nodes[b])
    const others = inputsOf(to.nodes[b]!)
    for (const [i, input] of inputsOf(from.nodes[a]!).entries()) visit(input, others[i]!)
  }
  visit(from.root, to.root)
  return [...pairs].filter(([a, b]) => a !== b)
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces)
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'position')
  return Object.fromEntries(entries.map(([k, v]) => [k, withoutPlaces(v)]))
}
