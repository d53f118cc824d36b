import { consolidation } from '../dataflow/consolidate.ts'
import type { TickContext } from '../dataflow/contract.ts'
import { Fanout } from '../dataflow/edge.ts'
import type { OperatorBase } from '../dataflow/operator.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import { createState } from '../state/factory.ts'
import type { Batch } from '../types/batch.ts'
import { hasRetraction, sliceBatch } from '../types/batch-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { CompileContext } from './compile-context.ts'
import { type MeasuredNode, measuredNode } from './measured.ts'
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
  /** Sees the result as it grows, batch by batch, not consolidated; throws when it becomes too large. */
  readonly grown?: (batch: Batch) => void
  /** So many rows, in whatever order, are enough: a plan that only adds rows is not run any further then. */
  readonly rowsMax?: number
  /** Told at the end what each node did, timed by `now`. */
  readonly measured?: (node: (number: number) => MeasuredNode) => void
  /** Rows fed between two slices; a default when left out. */
  readonly sliceRows?: number
  /** Monotonic ms, for the size of slices; without it they only grow. */
  readonly now?: () => number
}

export interface Snapshot {
  readonly rows: Iterable<Batch>
  readonly errors: Iterable<Batch>
}

/**
 * Without retractions, in no order (`sortBatches`, or the finishing). A row may come several times: consolidating what
 * only adds up would cost more than the run.
 */
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
  if (request.measured !== undefined) circuit.clock = now
  const result = build.edge(plan.root).pipe()
  const rows: Batch[] = []
  const errors: Batch[] = []
  let retracts = false
  let left = onlyAdds(plan) ? (request.rowsMax ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  const takeResult = () => {
    const delta = result.take()
    for (const batch of delta.rows) {
      rows.push(batch)
      retracts ||= hasRetraction(batch)
      request.grown?.(batch)
      for (let i = 0; i < batch.n; i++) left -= batch.diffs[i]!
    }
    errors.push(...delta.errors)
  }
  /** Milliseconds of work; what others did between two slices is not counted. */
  const run = async (held: ReadonlySet<OperatorBase> | null): Promise<number> => {
    let worked = 0
    let since = now()
    for (const _ of circuit.pieces(tick, held)) {
      takeResult()
      worked += now() - since
      if (left <= 0) return worked
      await slice()
      since = now()
    }
    takeResult()
    return worked + now() - since
  }
  // A join may make many rows of few: the first slices are small, and only a quick one lets the next be larger.
  let size = plan.nodes.some((node) => node.op === 'join') ? Math.min(sliceRows, FIRST_SLICE_ROWS) : sliceRows
  const held = new Set(build.operators.filter((operator) => operator.costsWhole))
  await run(held)
  for (const get of gets) {
    const snapshot = request.snapshot(get.object, get.columns)
    for (const batch of snapshot.errors) get.pushErrors(batch)
    let pending = 0
    for (const batch of snapshot.rows) {
      if (left <= 0) break
      for (let start = 0; start < batch.n && left > 0; ) {
        const end = Math.min(batch.n, start + size - pending)
        get.pushRows(start === 0 && end === batch.n ? batch : sliceBatch(batch, start, end))
        pending += end - start
        start = end
        if (pending < size) continue
        pending = 0
        size = (await run(held)) > SLICE_MS ? Math.max(1, size >> 2) : Math.min(sliceRows, size * 2)
        await slice()
      }
    }
    if (left > 0) await run(held)
  }
  await slice()
  if (left > 0) await run(null)
  request.measured?.((n) => measuredNode(build.operators, build.edge(n), n))
  return { rows: retracts ? await consolidated(rows, slice) : rows, errors: await consolidated(errors, slice) }
}

/** Whatever comes in later, no row of its result goes again. */
function onlyAdds(plan: PhysicalPlan): boolean {
  return plan.nodes.every((node) => ADDING.has(node.op) && (node.op !== 'join' || node.type === 'inner'))
}
const ADDING: ReadonlySet<PhysicalPlan['nodes'][number]['op']> = new Set([
  'get',
  'constant',
  'map',
  'flatMap',
  'union',
  'join',
])

async function consolidated(batches: readonly Batch[], slice: () => Promise<void>): Promise<readonly Batch[]> {
  const pieces = consolidation(batches)
  for (;;) {
    const step = pieces.next()
    if (step.done) return step.value
    await slice()
  }
}
