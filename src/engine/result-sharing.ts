import type { Positions } from '../connectors/contract.ts'
import { UpsertInput } from '../dataflow/operators/upsert.ts'
import { objectsOf } from '../plan/objects-of.ts'
import type { PhysicalNode, PhysicalPlan } from '../plan/physical.ts'
import { below, inputsOf, nodeKeys, positionsElsewhere, pruned } from '../plan/sub-plans.ts'
import type { StreamStart } from './stream-start.ts'
import type { ViewRuntime } from './view.ts'
import type { World } from './world.ts'

/** How a view is run: its plan, or with parts of it read from other views' results. */
export interface SharedPlan {
  readonly plan: PhysicalPlan
  /** The view whose rows are this view's: the whole plan is equal. */
  readonly resultOf: number | null
}

/**
 * Looks for parts of a new view's plan that another view's whole plan is equal to, and reads them from that view's
 * result: one state and one computation for both. What a reader of streams holds depends on where it began to read, so
 * only views that began at the same offsets count. The other view stays until its last reader goes, dropped or not.
 *
 * Parts without state are computed by each view for itself, unless they are all of it: reading a result would save
 * nothing. Null: nothing is equal.
 */
export function sharedPlan(
  world: World,
  plan: PhysicalPlan,
  starts: ReadonlyMap<number, StreamStart>,
): SharedPlan | null {
  const found = new Map<string, ViewRuntime[]>()
  for (const view of world.views.values()) {
    if (view.id < 0 || !view.ready || view.reads.length === 0) continue
    found.set(view.resultKey, [...(found.get(view.resultKey) ?? []), view])
  }
  if (found.size === 0) return null
  const keys = nodeKeys(plan.nodes)
  const same = (number: number) =>
    found.get(keys[number]!)?.find((view) => beganAlike(world, view, plan, number, starts))
  const all = same(plan.root)
  const nodes: PhysicalNode[] = [...plan.nodes]
  let shares = all !== undefined
  const visit = (number: number) => {
    const view = same(number)
    if (view === undefined || (number !== plan.root && !hasState(plan, number)))
      return inputsOf(plan.nodes[number]!).forEach(visit)
    shares = true
    nodes[number] = readOf(view, plan, number)
  }
  visit(plan.root)
  return shares ? { plan: { ...plan, ...pruned(nodes, plan.root) }, resultOf: all?.id ?? null } : null
}

/** The view's result in place of an equal part of a plan. */
function readOf(view: ViewRuntime, plan: PhysicalPlan, number: number): PhysicalNode {
  const { types, position, appendOnly } = plan.nodes[number]!
  const errorPositions = positionsElsewhere(view.plan, { nodes: plan.nodes, root: number })
  return {
    op: 'get',
    object: view.id,
    columns: types.map((_, c) => c),
    ...(errorPositions.length === 0 ? {} : { errorPositions }),
    result: true,
    types,
    position,
    appendOnly,
    growth: 'none',
  }
}

const STATELESS: readonly PhysicalNode['op'][] = ['get', 'constant', 'map', 'flatMap', 'union', 'negate']

function hasState({ nodes }: PhysicalPlan, root: number): boolean {
  return [...below(nodes, root)].some((number) => !STATELESS.includes(nodes[number]!.op))
}

/** Every stream in the part begins for the new view where it began for the other one. */
function beganAlike(
  { sources }: World,
  view: ViewRuntime,
  plan: PhysicalPlan,
  root: number,
  starts: ReadonlyMap<number, StreamStart>,
): boolean {
  for (const number of below(plan.nodes, root)) {
    const node = plan.nodes[number]!
    for (const object of objectsOf({ ...plan, nodes: [node] })) {
      const source = sources.get(object)
      if (source === undefined || source.input instanceof UpsertInput) continue
      const theirs = view.starts.get(object)
      const ours = starts.get(object)?.from
      if (theirs === undefined || ours === undefined || !samePositions(theirs, ours, source.startVector)) return false
    }
  }
  return true
}

/** Partitions that one of them does not know were found later, and begin with the live feed. */
function samePositions(a: Positions, b: Positions, live: Positions): boolean {
  const at = (positions: Positions, partition: number) => positions.get(partition) ?? live.get(partition)
  return [...a.keys(), ...b.keys()].every((partition) => at(a, partition) === at(b, partition))
}

/** Views that were found equal to another one, or a part of them, and read its result for it. */
export function resultReaders(world: World, id: number): number[] {
  const views = [...world.views.values()]
  return views.filter((v) => v.reads.includes(id) && !objectsOf(v.plan).includes(id)).map((v) => v.id)
}

/** Views that others read although they were dropped, and no one does any more. */
export function unreadResults(world: World): ViewRuntime[] {
  const read = new Set([...world.views.values()].flatMap((view) => view.reads))
  return [...world.views.values()].filter((view) => view.dropped && !read.has(view.id))
}
