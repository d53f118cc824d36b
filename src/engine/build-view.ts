import { assert } from '../base/assert.ts'
import type { MaterializedViewEntry } from '../catalog/entry.ts'
import { Gate } from '../dataflow/operators/gate.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import { renderPlan } from '../render/render.ts'
import type { StateFactory } from '../state/contract.ts'
import { ViewRuntime, type ViewState } from './view.ts'
import type { World } from './world.ts'

/** Renders a plan into the running circuit, each relation behind a gate. Between ticks. */
export function buildView(
  world: World,
  spec: {
    readonly id: number
    /** Prefix of its structures' names. */
    readonly stateId: string
    readonly entry: MaterializedViewEntry | null
    readonly plan: PhysicalPlan
    readonly onError: 'poison' | 'divert'
    readonly state: ViewState
    /** Hidden views keep their state apart from what checkpoints see. */
    readonly states?: StateFactory
  },
): ViewRuntime {
  const gates: { object: number; gate: Gate }[] = []
  const states = spec.states ?? world.states
  const rendered = renderPlan(spec.plan, {
    stateId: spec.stateId,
    circuit: world.circuit,
    states,
    resolve(object, columns, position) {
      const edge = world.edgeOf(object)
      assert(edge !== undefined, `object ${object} runs`)
      const gate = new Gate({ id: -1 - gates.length, position }, edge.pipe(), columns)
      world.circuit.add([gate])
      gates.push({ object, gate })
      return gate.output
    },
  })
  const view = new ViewRuntime({ ...spec, rendered, gates, sinceMs: world.clock.lastMs })
  world.views.set(spec.id, view)
  return view
}

/** Takes a view out of the circuit and forgets its state. Between ticks. */
export function removeView(world: World, view: ViewRuntime): void {
  world.views.delete(view.id)
  view.rendered.dispose()
  world.circuit.remove(view.gates.map(({ gate }) => gate))
  if (view.entry === null) return
  for (const structure of view.rendered.structures()) world.states.drop(structure.id)
}
