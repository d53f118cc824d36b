import { throwIfCanceled } from '../base/canceled.ts'
import { Slices } from '../base/slices.ts'
import { SqlError } from '../base/sql-error.ts'
import { consolidate, sortBatches } from '../dataflow/consolidate.ts'
import { objectsOf } from '../plan/objects-of.ts'
import type { DeltaLog } from '../serve/delta-log.ts'
import { LogSubscription } from '../serve/subscription.ts'
import type { Arrangement } from '../state/contract.ts'
import { createState } from '../state/factory.ts'
import type { Batch } from '../types/batch.ts'
import { negateBatch } from '../types/batch-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { CallContext, SubscribeRequest, Subscription } from './api.ts'
import { bindParams } from './bind-params.ts'
import { buildView, removeView } from './build-view.ts'
import type { Hydration } from './hydration.ts'
import type { ViewRuntime } from './view.ts'
import { readingError } from './view-error.ts'
import type { World } from './world.ts'

/** The relation behind a subscription: rows to start from, changes to follow. */
interface Followed {
  readonly types: readonly SqlType[]
  readonly rows: Arrangement
  readonly log: DeltaLog
  readonly view: ViewRuntime | null
  /** A hidden view made for this subscription alone. */
  readonly hidden: boolean
}

/**
 * SUBSCRIBE: of a materialized view or table through its shared delta log; of anything else through a hidden view that
 * lives as long as the subscription (and cannot be resumed).
 */
export async function subscribe(
  world: World,
  hydration: Hydration,
  request: SubscribeRequest,
  call: CallContext,
): Promise<Subscription> {
  const followed = await follow(world, hydration, request, call)
  await reached(world, request, followed, call.signal)
  if (request.asOf !== null) {
    const slices = new Slices(world.runtime, () => throwIfCanceled(call.signal))
    await slices.run(followed.log.settling(followed.log.seqAfter(request.asOf)))
  }
  return world.exclusive.soon(() => {
    try {
      return start(world, hydration, request, followed)
    } catch (error) {
      if (followed.hidden) removeView(world, followed.view!)
      throw error
    }
  })
}

/** An AS OF of the future waits for its time: its snapshot holds every change up to it. */
async function reached(
  world: World,
  { asOf, upTo }: SubscribeRequest,
  { log, view }: Followed,
  signal: AbortSignal,
): Promise<void> {
  // With an end that is no later nothing is told.
  if (asOf === null || (upTo !== null && upTo <= asOf)) return
  // Whoever listens to the log hears of time too.
  let wake = () => {}
  const unlisten = log.listen(() => wake())
  const abort = () => wake()
  signal.addEventListener('abort', abort)
  try {
    while (world.clock.frontierMs() <= asOf && (view === null || world.views.has(view.id))) {
      throwIfCanceled(signal)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    signal.removeEventListener('abort', abort)
    unlisten()
  }
}

async function follow(
  world: World,
  hydration: Hydration,
  request: SubscribeRequest,
  call: CallContext,
): Promise<Followed> {
  if (request.target.kind === 'object') {
    const { object } = request.target
    const view = world.views.get(object)
    if (view !== undefined) {
      await hydration.wait(view, call)
      return { types: view.output.output.types, rows: view.output.rows, log: view.log, view, hidden: false }
    }
    const table = world.tables.get(object)
    if (table !== undefined)
      return { types: table.types, rows: table.rows, log: world.logOf(object)!, view: null, hidden: false }
    throw new SqlError('42809', 'this relation cannot be subscribed to')
  }
  if (request.asOf !== null) {
    throw new SqlError('0A000', 'AS OF for a SUBSCRIBE of an ad-hoc SELECT is not supported', {
      hint: 'Create a materialized view of the query: its history is kept, and a subscription can resume from it.',
    })
  }
  const plan = bindParams(request.target.plan, request.params)
  const entries = objectsOf(plan).map((object) => world.catalog.byId(object))
  const system = entries.find((entry) => entry?.kind === 'system' || entry?.kind === 'sequence')
  if (system !== undefined) {
    throw new SqlError('0A000', `SUBSCRIBE of a query over system relation "${system.name}" is not supported`, {
      detail: 'System relations are computed when they are read.',
    })
  }
  const id = hydration.hiddenId()
  const starts = await hydration.prepare(
    plan.nodes.flatMap((node) => (node.op === 'get' ? [node.object] : [])),
    call,
  )
  const view = await world.exclusive.run(async () => {
    await hydration.upToNow(plan)
    const hidden = buildView(world, {
      id,
      entry: null,
      plan,
      onError: 'poison',
      shares: false,
      state: { kind: 'hydrating', done: 0, total: null },
      states: createState(),
    })
    try {
      await hydration.begin(hidden, starts, call.signal)
    } catch (error) {
      removeView(world, hidden)
      throw error
    }
    return hidden
  }, call.signal)
  try {
    await hydration.wait(view, call)
  } catch (error) {
    await hydration.removeHidden(view)
    throw error
  }
  return { types: view.output.output.types, rows: view.output.rows, log: view.log, view, hidden: true }
}

function start(world: World, hydration: Hydration, request: SubscribeRequest, followed: Followed): Subscription {
  const { log, view } = followed
  const nowMs = Math.max(world.clock.lastMs, log.sinceMs)
  let asOf = request.asOf ?? nowMs
  if (asOf < log.sinceMs) {
    if (!request.asOfAtLeast) {
      throw new SqlError('22023', `AS OF ${asOf} is older than the kept history, which begins at ${log.sinceMs}`, {
        hint: `The earliest possible time is ${log.sinceMs}.`,
      })
    }
    asOf = log.sinceMs
  }
  if (request.upTo !== null && request.upTo < asOf) {
    throw new SqlError('22023', `UP TO ${request.upTo} is before AS OF ${asOf}`)
  }
  const poison = view?.poison() ?? null
  if (poison !== null) throw readingError(world, view!.id, poison)
  const snapshot = request.snapshot ? contentsAsOf(followed, asOf) : null
  const constant = view !== null && view.reads.length === 0
  return new LogSubscription({
    log,
    asOf,
    snapshot,
    progress: request.progress,
    upTo: request.upTo,
    frontierMs: () => world.clock.frontierMs(),
    error() {
      if (world.failed !== null) return { sqlstate: '58030', message: 'the server stopped after a storage error' }
      if (view === null ? !world.tableLogs.has(tableOf(world, log)) : view.dropped || !world.views.has(view.id)) {
        return { sqlstate: '42P01', message: 'the relation was dropped' }
      }
      // The errors of a tick that runs are told when it is published.
      const row = world.underWay ? null : (view?.poison() ?? null)
      return row === null ? null : { sqlstate: row[0] as string, message: row[1] as string }
    },
    constant,
    onClose() {
      // An engine that ends takes it along.
      if (followed.hidden) void hydration.removeHidden(view!).catch(() => {})
    },
  })
}

function tableOf(world: World, log: DeltaLog): number {
  for (const [id, other] of world.tableLogs) if (other === log) return id
  return -1
}

/** Rows as of a time inside the kept history: what is there now minus the changes since. */
function contentsAsOf({ rows, log, types }: Followed, asOf: number): Batch[] {
  const parts: Batch[] = [...rows.scan()]
  for (let seq = log.seqAfter(asOf); seq < log.end; seq++) parts.push(...log.at(seq)!.batches.map(negateBatch))
  return sortBatches(types, consolidate(parts))
}
