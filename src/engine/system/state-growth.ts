import type { PhysicalNode, PhysicalPlan } from '../../plan/physical.ts'
import { sideRule } from '../../render/closing.ts'
import type { ViewRuntime } from '../view.ts'

type Growth = Exclude<PhysicalNode['growth'], 'none'>

/** From what stays to what grows. */
const CLASSES: readonly Growth[] = ['bounded', 'window-bounded', 'unbounded']

/** Where a structure stands in the plan that runs; `part`: the rest of its name. Null: it holds the result. */
interface Place {
  readonly nodes: readonly PhysicalNode[]
  readonly at: number
  readonly part: string | undefined
}

/**
 * Structures are named `<object>/<node>/<part>`, inside recursion `<object>/<scope>/<node>/<part>`; those without a node hold
 * the result.
 */
function placeOf({ running }: ViewRuntime, id: string): Place | null {
  const [, place, ...parts] = id.split('/')
  if (place === 'result') return null
  let { nodes } = running
  let at = Number(place)
  for (let node = nodes[at]; node?.op === 'scope' && /^\d+$/.test(parts[0]); node = nodes[at]) {
    nodes = node.body
    at = Number(parts.shift())
  }
  return { nodes, at, part: parts[0] }
}

/** How a structure of a view grows. */
export function structureGrowth(view: ViewRuntime, id: string): Growth {
  const place = placeOf(view, id)
  if (place === null) return own(endOfLife(view.plan))
  const { nodes, at, part } = place
  return part?.startsWith('by-') ? arranged(nodes, at, part.slice('by-'.length)) : own(nodes[at])
}

/** Whose state a structure is: the operator, and its text in the view's statement. Rows arranged for a join are the join's. */
export function structureOwner(
  view: ViewRuntime,
  id: string,
): { readonly operator: string; readonly sql: string | null } {
  const place = placeOf(view, id)
  if (place === null) return { operator: 'result', sql: null }
  const { nodes, at, part } = place
  const node = part?.startsWith('by-') ? (arrangedFor(nodes, at, part.slice('by-'.length))[0] ?? nodes[at]) : nodes[at]
  if (node === undefined) return { operator: 'result', sql: null }
  return { operator: node.op, sql: fragment(view, node.position) }
}

/** Characters of a fragment of SQL. */
const FRAGMENT_MAX = 60

/** Null for parts that stand in the text of a plain view, which the query reads. */
function fragment({ entry }: ViewRuntime, position: number): string | null {
  const written = entry?.written ?? { text: entry?.sql ?? '', start: 0 }
  const at = position - written.start
  if (at < 0 || at >= written.text.length) return null
  const text = written.text.slice(at).replace(/\s+/g, ' ')
  return text.length <= FRAGMENT_MAX ? text : `${text.slice(0, FRAGMENT_MAX - 1)}…`
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
  const readers = arrangedFor(nodes, input, keys)
  if (readers.length === 0) return 'unbounded'
  const columns = keys === '' ? [] : keys.split('-').map(Number)
  const partial = readers.some((n) => n.release?.some((r) => r.partial))
  if (sideRule(nodes, input, columns) !== null && !partial) return 'window-bounded'
  // What one reader frees another still wants.
  if (readers.some((n) => (n.release?.length ?? 0) > 0)) return 'unbounded'
  return CLASSES[Math.max(...readers.map((n) => CLASSES.indexOf(own(n))))]
}

const arrangedFor = (nodes: readonly PhysicalNode[], input: number, keys: string): PhysicalNode[] =>
  nodes.filter(
    (n) =>
      (n.op === 'join' && n.left === input && n.leftKeys.join('-') === keys) ||
      ((n.op === 'join' || n.op === 'lookupJoin') && n.right === input && n.rightKeys.join('-') === keys),
  )

/** Where the rows of a view have a time to live, its result is as bounded as they are. */
function endOfLife({ nodes, root }: PhysicalPlan): PhysicalNode | undefined {
  const last = nodes[root]
  const node = last?.op === 'emitPeriodic' ? nodes[last.input] : last
  return node?.op === 'expire' ? node : undefined
}
