import type { PhysicalNode, PhysicalPlan } from '../../plan/physical.ts'
import { sideRule } from '../../render/closing.ts'
import type { ViewRuntime } from '../view.ts'

type Growth = Exclude<PhysicalNode['growth'], 'none'>

/** From what stays to what grows. */
const CLASSES: readonly Growth[] = ['bounded', 'window-bounded', 'unbounded']

/**
 * How a structure of a view grows. Structures are named `<object>/<node>/<part>`, inside recursion
 * `<object>/<scope>/<node>/<part>`; those without a node hold the result.
 */
export function structureGrowth({ plan, running }: ViewRuntime, id: string): Growth {
  const [, place, ...parts] = id.split('/')
  if (place === 'result') return own(endOfLife(plan))
  let { nodes } = running
  let at = Number(place)
  for (let node = nodes[at]; node?.op === 'scope' && /^\d+$/.test(parts[0]); node = nodes[at]) {
    nodes = node.body
    at = Number(parts.shift())
  }
  return parts[0]?.startsWith('by-') ? arranged(nodes, at, parts[0].slice('by-'.length)) : own(nodes[at])
}

function own(node: PhysicalNode | undefined): Growth {
  if (node?.op === 'constant') return 'bounded'
  return node === undefined || node.growth === 'none' ? 'unbounded' : node.growth
}

/**
 * Rows arranged by keys for whoever joins them: they go where a watermark frees them for all of these; otherwise they
 * grow as the most greedy of these does.
 */
function arranged(nodes: readonly PhysicalNode[], input: number, keys: string): Growth {
  const readers = nodes.filter(
    (n) =>
      (n.op === 'join' && n.left === input && n.leftKeys.join('-') === keys) ||
      ((n.op === 'join' || n.op === 'lookupJoin') && n.right === input && n.rightKeys.join('-') === keys),
  )
  if (readers.length === 0) return 'unbounded'
  const columns = keys === '' ? [] : keys.split('-').map(Number)
  if (sideRule(nodes, input, columns) !== null) return 'window-bounded'
  // Rules by different columns free nothing.
  if (readers.some((n) => (n.release?.length ?? 0) > 0)) return 'unbounded'
  return CLASSES[Math.max(...readers.map((n) => CLASSES.indexOf(own(n))))]
}

/** Where the rows of a view have a time to live, its result is as bounded as they are. */
function endOfLife({ nodes, root }: PhysicalPlan): PhysicalNode | undefined {
  const last = nodes[root]
  const node = last?.op === 'emitPeriodic' ? nodes[last.input] : last
  return node?.op === 'expire' ? node : undefined
}
