import { assert } from '../base/assert.ts'
import type { MaterializedViewEntry } from '../catalog/entry.ts'
import { Gate } from '../dataflow/operators/gate.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import { renderPlan } from '../render/render.ts'
import type { StateFactory } from '../state/contract.ts'
import { FIXED_ENV } from './fixed-env.ts'
import { unreadResults } from './result-sharing.ts'
import { type ViewGate, ViewRuntime, type ViewState } from './view.ts'
import type { World } from './world.ts'

/**
 * Renders a plan into the running circuit; between ticks. Each relation that it reads stands behind a gate, so that the
 * view can hydrate beside the live feed. A view that `shares` has no gates: it is filled within one turn of the lane,
 * and joins the arrangements of its relations that other such views keep already.
 */
export function buildView(
  world: World,
  spec: {
    readonly id: number
    readonly entry: MaterializedViewEntry | null
    readonly plan: PhysicalPlan
    readonly onError: 'poison' | 'divert'
    readonly state: ViewState
    readonly shares: boolean
    /** How it is run, when not by its own plan alone (result-sharing.ts). */
    readonly running?: PhysicalPlan
    readonly resultOf?: number | null
    readonly starts?: ReadonlyMap<number, ReadonlyMap<number, number>>
    /** See ViewRuntime.generation; `of`: the view that this one is to take over from. */
    readonly generation?: number
    readonly of?: number
    /** See ViewRuntime.keepsState. */
    readonly keepsState?: boolean
    /** Hidden views keep their state apart from what checkpoints see. */
    readonly dropped?: boolean
    readonly states?: StateFactory
  },
): ViewRuntime {
  const gates: ViewGate[] = []
  const resultOf = spec.resultOf == null ? undefined : world.views.get(spec.resultOf)
  assert(spec.resultOf == null || resultOf !== undefined, 'a view whose result is read runs')
  const rendered = renderPlan({
    plan: spec.running ?? spec.plan,
    objectId: spec.id,
    ...(spec.generation ? { prefix: `${spec.of ?? spec.id}~${spec.generation}` } : {}),
    circuit: world.circuit,
    states: spec.states ?? world.states,
    context: { env: FIXED_ENV, params: [] },
    resultKey: spec.plan.types.map((_, c) => c),
    ...(resultOf === undefined ? {} : { resultOf: resultOf.output }),
    divertsErrors: spec.onError === 'divert',
    ...(spec.shares ? { sharing: world.sharing } : {}),
    resolve(object, _columns, result) {
      const known = gates.find((other) => other.object === object && other.result === result)
      if (known !== undefined) return known.gate.output
      const edge = result ? world.views.get(object)?.output.result : world.edgeOf(object)
      assert(edge !== undefined, `object ${object} runs`)
      if (spec.shares) return edge
      const gate = new Gate({ id: -1 - gates.length, position: -1 }, edge.pipe())
      gates.push({ object, gate, result })
      world.circuit.add([gate])
      return gate.output
    },
  })
  if (!spec.shares) rendered.connect()
  const view = new ViewRuntime({ ...spec, rendered, gates, sinceMs: world.clock.lastMs })
  world.views.set(spec.id, view)
  world.built(view)
  return view
}

/**
 * The view is dropped, between ticks: it leaves the circuit and its state is forgotten, unless other views read its
 * result. Then it goes with the last of them.
 */
export function removeView(world: World, view: ViewRuntime): void {
  const isRead = [...world.views.values()].some((other) => other.reads.includes(view.id))
  if (isRead && view.id > 0) {
    view.entry = null
    view.dropped = true
    view.log.notify()
    return
  }
  takeOut(world, view)
  removeUnread(world)
}

/** Views that were dropped go once nobody reads their results any more. */
export function removeUnread(world: World): void {
  for (let unread = unreadResults(world); unread.length > 0; unread = unreadResults(world))
    for (const other of unread) takeOut(world, other)
}

function takeOut(world: World, view: ViewRuntime): void {
  world.views.delete(view.id)
  view.rendered.dispose()
  world.circuit.remove(view.gates.map(({ gate }) => gate))
  view.log.notify()
  view.abandon()
}
