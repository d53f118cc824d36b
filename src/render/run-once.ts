import { consolidate } from '../dataflow/consolidate.ts'
import type { TickContext } from '../dataflow/contract.ts'
import { Fanout } from '../dataflow/edge.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import { createState } from '../state/factory.ts'
import type { Batch } from '../types/batch.ts'
import { sliceBatch } from '../types/batch-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { CompileContext } from './compile-context.ts'
import { renderCircuit } from './render.ts'

export interface RunOnceRequest {
  readonly plan: PhysicalPlan
  readonly context: CompileContext
  /** Types of all columns of an object. */
  readonly objectTypes: (objectId: number) => readonly SqlType[]
  /** Snapshot of an object: all its columns (those not in `columns` may hold anything). */
  readonly snapshot: (objectId: number, columns: readonly number[]) => Snapshot
  readonly tick: TickContext
  /** Called between slices of work: gives way to others, throws when the call was cancelled. */
  readonly slice: () => Promise<void>
  /** Rows fed between two slices; a default when left out. */
  readonly sliceRows?: number
  /** Monotonic ms, for the size of slices; without it they only grow. */
  readonly now?: () => number
}

export interface Snapshot {
  readonly rows: Iterable<Batch>
  readonly errors: Iterable<Batch>
}

/** Consolidated; in no order (`sortBatches`, or the finishing). */
export interface RunOnceResult {
  readonly rows: readonly Batch[]
  readonly errors: readonly Batch[]
}

/** Rows fed between two slices, at most; with a join, at first. */
const SLICE_ROWS = 16_384
const FIRST_SLICE_ROWS = 16
/** A slice that took longer makes the next one smaller. */
const SLICE_MS = 5

/**
 * A plan as a one-shot: a circuit with state of its own in memory, fed with snapshots slice by slice. What the view of
 * this plan would hold.
 */
export async function runOnce(request: RunOnceRequest): Promise<RunOnceResult> {
  const { plan, context, tick, slice, sliceRows = SLICE_ROWS, now = () => 0 } = request
  const build = renderCircuit({
    plan,
    objectId: 0,
    states: createState(),
    context,
    resolve: (object) => new Fanout(request.objectTypes(object)),
  })
  const { circuit, gets } = build
  const result = build.edge(plan.root).pipe()
  // A join may make many rows of few: the first slices are small, and only a quick one lets the next be larger.
  let size = plan.nodes.some((node) => node.op === 'join') ? Math.min(sliceRows, FIRST_SLICE_ROWS) : sliceRows
  const held = new Set(build.operators.filter((operator) => operator.costsWhole))
  circuit.runTick(tick, held)
  for (const get of gets) {
    const snapshot = request.snapshot(get.object, get.columns)
    for (const batch of snapshot.errors) get.pushErrors(batch)
    let pending = 0
    for (const batch of snapshot.rows) {
      for (let start = 0; start < batch.n; ) {
        const end = Math.min(batch.n, start + size - pending)
        get.pushRows(start === 0 && end === batch.n ? batch : sliceBatch(batch, start, end))
        pending += end - start
        start = end
        if (pending < size) continue
        pending = 0
        const began = now()
        circuit.runTick(tick, held)
        size = now() - began > SLICE_MS ? Math.max(1, size >> 2) : Math.min(sliceRows, size * 2)
        await slice()
      }
    }
    circuit.runTick(tick, held)
  }
  await slice()
  circuit.runTick(tick)
  const { rows, errors } = result.take()
  return { rows: consolidate(rows), errors: consolidate(errors) }
}
