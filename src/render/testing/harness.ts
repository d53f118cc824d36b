import { assert } from '../../base/assert.ts'
import { Circuit } from '../../dataflow/circuit.ts'
import { ERROR_TYPES, type TickContext } from '../../dataflow/contract.ts'
import { InputNode } from '../../dataflow/input.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import { createState, type State } from '../../state/factory.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { CompileContext } from '../compile-context.ts'
import { type RenderedView, renderPlan } from '../render.ts'
import { naivePlan, type Relation } from './naive.ts'
import { ZSet } from './zset.ts'

export const CONTEXT: CompileContext = {
  env: {
    timeZone: 'UTC',
    user: 'millrace',
    database: 'millrace',
    searchPath: [],
    setting: () => undefined,
    random: () => 0,
  },
  params: [],
}

export function tickAt(tick: number, nowMicros = tick * 1000): TickContext {
  return { tick, timestampMs: tick, nowMicros, recursionRoundsMax: 20 }
}

export interface Change {
  readonly object: number
  readonly row: Row
  readonly diff: number
  /** Not a row but an error of that object: its SQLSTATE. */
  readonly error?: string
}

/** A view beside the naive answer over everything that was pushed so far. */
export class Harness {
  circuit = new Circuit()
  readonly inputs = new Map<number, InputNode>()
  view: RenderedView
  readonly rows = new ZSet()
  readonly errors = new ZSet()
  private states: State
  private readonly plan: PhysicalPlan
  private readonly objects: ReadonlyMap<number, readonly SqlType[]>
  private readonly contents = new Map<number, Relation>()
  private tick = 0
  /** now() of the newest tick, when the test says it. */
  private nowMicros: number | undefined

  constructor(plan: PhysicalPlan, objects: ReadonlyMap<number, readonly SqlType[]>, states: State = createState()) {
    this.plan = plan
    this.objects = objects
    for (const object of objects.keys()) this.contents.set(object, { rows: new ZSet(), errors: new ZSet() })
    this.states = states
    this.view = this.open()
  }

  private open(): RenderedView {
    for (const [object, types] of this.objects) {
      this.inputs.set(object, new InputNode({ id: object, position: -1 }, types))
    }
    this.circuit.add(this.inputs.values())
    const view = renderPlan({
      plan: this.plan,
      objectId: 100,
      circuit: this.circuit,
      states: this.states,
      // Generated loops take over after a few rows.
      context: { ...CONTEXT, hotRows: 4 },
      resolve: (object) => this.inputs.get(object)!.output,
      resultKey: [],
    })
    view.connect()
    return view
  }

  /** A new process: the plan is rendered again, and its state filled from what was durable. */
  restart(): void {
    const before = this.states
    this.states = createState()
    this.circuit = new Circuit()
    this.view = this.open()
    for (const { id } of before.structures()) {
      const from = before.structure(id)!
      const to = this.states.structure(id)
      assert(to !== undefined, `the plan makes ${id} again`)
      const slots = Int32Array.from({ length: from.space.high }, (_, slot) => slot).filter((slot) => from.isLive(slot))
      to.load(slots, from.save(slots, slots.length), slots.length)
      to.loaded()
    }
  }

  /** One tick with these changes. */
  step(changes: readonly Change[], nowMicros?: number): void {
    this.nowMicros = nowMicros
    for (const { object, row, diff, error } of changes) {
      const types = this.objects.get(object)!
      if (error === undefined) {
        this.inputs.get(object)!.pushRows(batchFromRows(types, [row], [diff]))
        this.contents.get(object)!.rows.add(row, diff)
      } else {
        this.inputs.get(object)!.pushErrors(batchFromRows(ERROR_TYPES, [[error, 'm', 'o', 0, '()']], [diff]))
        this.contents.get(object)!.errors.add([error], diff)
      }
    }
    this.circuit.runTick(tickAt(++this.tick, nowMicros))
    const delta = this.view.output.takeChanges()
    this.rows.addBatches(delta.rows, this.plan.types)
    for (const batch of delta.errors) {
      this.errors.addBatches([{ ...batch, cols: batch.cols.slice(0, 1) }], ERROR_TYPES.slice(0, 1))
    }
  }

  /** What the plan should hold now; or what another plan over the same objects would. */
  expected(plan: PhysicalPlan = this.plan): Relation {
    return naivePlan(plan, this.contents, CONTEXT, tickAt(this.tick, this.nowMicros))
  }
}
