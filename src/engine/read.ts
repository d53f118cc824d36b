import { throwIfCanceled } from '../base/canceled.ts'
import type { SqlError } from '../base/sql-error.ts'
import { toldError } from '../base/told-detail.ts'
import { consolidate, sortBatches } from '../dataflow/consolidate.ts'
import { ERROR_TYPES } from '../dataflow/contract.ts'
import type { ErrorFilter } from '../dataflow/errors-handed-on.ts'
import { objectsOf } from '../plan/objects-of.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import { type RunOnceRequest, runOnce } from '../render/run-once.ts'
import { finish } from '../serve/finishing.ts'
import type { Batch } from '../types/batch.ts'
import { batchFromRows, rowAt } from '../types/batch-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import type { CallContext, LookupPlan, ReadRequest, ReadResult } from './api.ts'
import { bindFinishing, bindParams } from './bind-params.ts'
import { sayingThatItWaits } from './catch-up.ts'
import { evalEnv } from './eval-env.ts'
import type { Hydration } from './hydration.ts'
import type { IndexLookup } from './indexes.ts'
import { isPlainStream } from './read-streams.ts'
import { type Snapshot, snapshotWithStreams } from './snapshot.ts'
import type { SystemRelations } from './system/system-relations.ts'
import type { TimeTicks } from './time-ticks.ts'
import { readingError } from './view-error.ts'
import type { World } from './world.ts'
import { type ProgramEnv, rowProgram } from './write/row-program.ts'

/** What pulls need of the engine. */
export interface ReadDeps {
  readonly world: World
  readonly system: SystemRelations
  readonly hydration: Hydration
  readonly indexes: IndexLookup
  readonly timeTicks: TimeTicks
}

/** A pull: every relation at one tick; keys through an index, anything else as a one-shot circuit over the snapshot. */
export async function read(
  deps: ReadDeps,
  asked: ReadRequest,
  call: CallContext,
  measured?: RunOnceRequest['measured'],
): Promise<ReadResult> {
  const { world } = deps
  const request = { ...asked, finishing: bindFinishing(asked.finishing, asked.params) }
  if (request.lookup !== null) {
    const { lookup } = request
    await waitForViews(deps, [lookup.object], call)
    await upToNow(deps, [lookup.object])
    return world.exclusive.peek(() => lookUp(deps, request, lookup, call), call.signal)
  }
  const plan = bindParams(request.plan, request.params)
  const objects = objectsOf(plan)
  await waitForViews(deps, objects, call)
  await upToNow(deps, objects)
  const snapshot = await snapshotWithStreams(deps, objects, streamRowsMax(plan, request), call)
  try {
    const rows = await evaluate(world, plan, snapshot, call, { rowsMax: rowsWanted(request), measured })
    const batches = finish(rows, plan.types, request.finishing)
    return { tick: snapshot.tick, timestampMs: snapshot.timestampMs, rowCount: countRows(batches), batches }
  } finally {
    snapshot.release()
  }
}

/**
 * The rows of a plan over a snapshot, counts positive; fails with the first error, of a relation or of the plan itself.
 * `grown` sees the rows while they are made, and may end it by throwing; `errors`: the plan's that count; `rowsMax`: more
 * are not wanted.
 */
export async function evaluate(
  world: World,
  plan: PhysicalPlan,
  snapshot: Snapshot,
  call: CallContext,
  {
    grown,
    errors,
    rowsMax,
    measured,
  }: {
    readonly grown?: (batch: Batch) => void
    readonly errors?: ErrorFilter
    readonly rowsMax?: number | undefined
    readonly measured?: RunOnceRequest['measured'] | undefined
  } = {},
): Promise<readonly Batch[]> {
  for (const object of objectsOf(plan)) {
    const poison = snapshot.poison(object)
    if (poison !== null) throw readingError(world, object, poison)
  }
  const { runtime } = world
  let since = runtime.monotonicMs()
  const result = await runOnce({
    plan,
    context: { env: evalEnv(world, call), params: [] },
    objectTypes: (object) => typesOf(world, object),
    snapshot: (object) => ({ rows: snapshot.scan(object), errors: [] }),
    tick: {
      ...world.tickContext(snapshot.timestampMs, world.clock.nowMicros),
      ...(snapshot.watermarks && { watermarks: snapshot.watermarks }),
    },
    now: () => runtime.monotonicMs(),
    ...(grown === undefined ? {} : { grown }),
    ...(rowsMax === undefined ? {} : { rowsMax }),
    ...(measured === undefined ? {} : { measured }),
    async slice() {
      throwIfCanceled(call.signal)
      if (runtime.monotonicMs() - since < READ_SLICE_MS) return
      await runtime.yieldToIo()
      since = runtime.monotonicMs()
    },
  })
  const failed = consolidate(result.errors).flatMap((batch) => (errors === undefined ? batch : (errors(batch) ?? [])))
  if (failed.length > 0) throw firstError(failed)
  return result.rows
}

/** Errors in canonical order: the first one is the statement's. */
function firstError(errors: readonly Batch[]): SqlError {
  const sorted = sortBatches(ERROR_TYPES, errors)
  const [sqlstate, message, , position] = rowAt(sorted[0]!, 0, ERROR_TYPES)
  return toldError(sqlstate as string, message as string, (position as number) || undefined)
}

/**
 * Reads begin when every view that they ask is ready, and every live feed has come to where its topic ended when it began:
 * NOTICE after a moment, statement_timeout as ever. A plain stream alone is read to there from its broker instead.
 */
export async function waitForViews(
  { world, hydration }: Pick<ReadDeps, 'world' | 'hydration'>,
  objects: readonly number[],
  call: CallContext,
): Promise<void> {
  for (const object of objects) {
    const view = world.views.get(object)
    if (view !== undefined && !view.ready) await hydration.wait(view, call)
    const source = world.sources.get(object)
    if (source === undefined || !source.live || !source.catchUp.behind) continue
    if (objects.length === 1 && isPlainStream(source)) continue
    const { runtime } = world
    await sayingThatItWaits(runtime, source.entry.name, call, () => source.catchUp.wait(call.signal))
  }
}

/** Views, and tables whose rows leave by the clock, are read as of now: what time has changed is ticked first. */
export async function upToNow(
  { world, timeTicks }: Pick<ReadDeps, 'world' | 'timeTicks'>,
  objects: readonly number[],
): Promise<void> {
  if (timeTicks.due && objects.some((object) => world.views.has(object) || world.mortal.has(object)))
    await timeTicks.catchUp()
}

/** Columns of a relation, stored, streamed or computed. */
function typesOf(world: World, object: number): readonly SqlType[] {
  const edge = world.edgeOf(object)
  if (edge !== undefined) return edge.types
  const entry = world.catalog.byId(object)
  return entry !== undefined && 'rowType' in entry ? entry.rowType.map((f) => f.type) : []
}

/** Longest stretch of a pull between two ticks; ms. */
const READ_SLICE_MS = 5
const NO_ROW: Row = []

function lookUp({ world, indexes }: ReadDeps, request: ReadRequest, lookup: LookupPlan, call: CallContext): ReadResult {
  const program: ProgramEnv = { params: request.params, env: evalEnv(world, call) }
  const key = rowProgram(lookup.keys, [], program)(NO_ROW)
  const poison = world.views.get(lookup.object)?.poison() ?? null
  if (poison !== null) throw readingError(world, lookup.object, poison)
  const found = key.includes(null) ? [] : indexes.lookup(lookup.object, lookup.columns, key)
  const inputTypes = world.edgeOf(lookup.object)!.types
  const residual = lookup.residual === null ? null : rowProgram([lookup.residual], inputTypes, program)
  const project = rowProgram(lookup.project, inputTypes, program)
  const rows: Row[] = []
  const diffs: number[] = []
  for (const { row, diff } of found) {
    if (residual !== null && residual(row)[0] !== true) continue
    rows.push(project(row))
    diffs.push(diff)
  }
  const types = lookup.project.map((p) => p.type)
  const batches = rows.length === 0 ? [] : finish([batchFromRows(types, rows, diffs)], types, request.finishing)
  return { tick: world.tick, timestampMs: world.clock.lastMs, rowCount: countRows(batches), batches }
}

export function countRows(batches: readonly Batch[]): number {
  let rows = 0
  for (const batch of batches) for (let i = 0; i < batch.n; i++) rows += batch.diffs[i]!
  return rows
}

/** A LIMIT over nothing but maps of one stream lets the reader stop early. */
function streamRowsMax(plan: PhysicalPlan, request: ReadRequest): number {
  const passesAll = plan.nodes.every((n) => n.op === 'get' || (n.op === 'map' && n.filter === null))
  return passesAll ? rowsWanted(request) : Number.POSITIVE_INFINITY
}

/** Where any rows will do. */
export function rowsWanted({ finishing: { limit, offset, order } }: ReadRequest): number {
  return limit === null || order.length > 0 ? Number.POSITIVE_INFINITY : limit + offset
}
