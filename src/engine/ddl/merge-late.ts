import { throwIfCanceled } from '../../base/canceled.ts'
import { SqlError } from '../../base/sql-error.ts'
import { columnsFreed } from '../../plan/bounds.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { CallContext } from '../api.ts'
import { mergedOfView } from '../merged-rows.ts'
import { waitForViews } from '../read.ts'
import {
  alone,
  beginnings,
  differingRows,
  droppedMeanwhile,
  type LostBeginning,
  makeTwin,
  removeTwin,
  type Twin,
  takeOver,
} from '../twin.ts'
import type { ViewRuntime } from '../view.ts'
import { currentWatermarks } from '../watermarks.ts'
import type { World } from '../world.ts'
import type { DdlDeps } from './deps.ts'
import { type FreshRows, freshRows } from './fresh-rows.ts'

type MergeLate = Extract<DdlPlan, { kind: 'mergeLate' }>

/** The state that the rows would change went while the statement worked. */
class Freed extends Error {}

/**
 * MERGE LATE INTO view FROM "relation$late": late rows that the view left out come in, in one journaled tick, as changes of
 * a stored relation that the view reads beside the relation itself. Operators make exact corrections of them as of any
 * row, as long as they hold what the rows meet. Where that was freed, a twin of the dataflow is hydrated first, which
 * frees nothing, and takes over: the relation must still hold what the view has read. Views that read this one and free
 * state by the same watermarks have theirs made again, too.
 * Answers with the rows that came in.
 */
export async function mergeLate(deps: DdlDeps, plan: MergeLate, call: CallContext): Promise<number> {
  const { world } = deps
  const { view: id, relation } = plan
  await waitForViews(deps, [id], call)
  const view = world.views.get(id)
  const entry = view?.entry
  if (view === undefined || entry == null) throw droppedMeanwhile()
  const merged = world.tables.get(mergedOfView(entry, relation) ?? 0)
  if (merged === undefined) return nothing(world, view, relation, call)
  return alone(view, async () => {
    throwIfCanceled(call.signal)
    if (world.views.get(id) !== view) throw droppedMeanwhile()
    const fresh = await freshRows(deps, plan, view, merged, call)
    if (fresh.count === 0) return 0
    for (;;) {
      try {
        await bringIn(deps, view, relation, merged.entry.id, fresh, call)
        return fresh.count
      } catch (error) {
        if (!(error instanceof Freed)) throw error
      }
    }
  })
}

/** A view that closes nothing by the relation's time has all its rows. */
function nothing(world: World, view: ViewRuntime, relation: number, call: CallContext): number {
  const name = view.entry!.name
  const closes = view.plan.nodes.some((node) => {
    const terms = [
      ...(node.op === 'emitOnClose' ? node.terms : []),
      ...(node.release ?? []).flatMap(columnsFreed).flatMap((c) => c.terms),
    ]
    return node.op !== 'get' && terms.some(({ object }) => object === relation)
  })
  const reads = view.plan.nodes.some((node) => node.op === 'get' && node.object === relation)
  const of = world.catalog.byId(relation)?.name
  if (closes && reads) {
    throw new SqlError('55000', `materialized view "${name}" was made before late rows could be merged`, {
      hint: 'Drop the view and create it anew.',
    })
  }
  const message = reads
    ? `materialized view "${name}" leaves out no late rows of "${of}"`
    : `materialized view "${name}" does not read "${of}" itself`
  if (!reads) throw new SqlError('42P10', message, { hint: 'Merge late rows into the views that read their relation.' })
  call.notice({ severity: 'NOTICE', sqlstate: '00000', message })
  return 0
}

async function bringIn(
  deps: DdlDeps,
  view: ViewRuntime,
  relation: number,
  merged: number,
  fresh: FreshRows,
  call: CallContext,
): Promise<void> {
  const { world, ticker } = deps
  const changes = fresh.batches.map((batch) => ({ object: merged, batch }))
  const gone = () => fresh.gone(currentWatermarks(world.watermarks, world.clock.nowMicros))
  const window = gone()
  const again = [...(window === null ? [] : [view]), ...boundReaders(world, view, relation)]
  if (again.length === 0) {
    await ticker.write(
      {
        readsOthers: false,
        evaluate: () => {
          throwIfCanceled(call.signal)
          if (world.views.get(view.id) !== view || view.dropped) throw droppedMeanwhile()
          if (gone() !== null) throw new Freed()
          return { result: { command: 'INSERT', count: fresh.count, returning: null }, changes }
        },
      },
      call.signal,
    )
    return
  }
  const twins: Twin[] = []
  try {
    for (const of of again) twins.push(await twinOf(deps, of, window, call))
    await world.exclusive.run(async () => {
      if (world.views.get(view.id) !== view || view.dropped) throw droppedMeanwhile()
      if (window === null && gone() !== null) throw new Freed()
      for (const twin of twins) if (world.views.get(twin.view.id) === twin.view) takeOver(world, twin)
      // The state is durable before the rows come that need it: a replay of their tick finds it.
      await deps.checkpoint()
      await ticker.change(changes)
    }, call.signal)
  } finally {
    for (const { next } of twins) await removeTwin(deps, next.id)
  }
}

/** Views that free state by the relation's watermark, read through the view, have freed what its corrections meet. */
function boundReaders(world: World, view: ViewRuntime, relation: number): ViewRuntime[] {
  const found: ViewRuntime[] = []
  const read = new Set([view.id])
  // In the order in which they were made: what they read comes before them.
  const others = [...world.views.values()].sort((a, b) => (a.id < 0 || b.id < 0 ? b.id - a.id : a.id - b.id))
  for (const other of others) {
    if (other === view || other.resultOf !== null) continue
    if (!other.plan.nodes.some((node) => node.op === 'get' && read.has(node.object))) continue
    read.add(other.id)
    if (other.live && other.rendered.closers?.relations.has(relation)) found.push(other)
  }
  return found
}

async function twinOf(deps: DdlDeps, view: ViewRuntime, window: string | null, call: CallContext): Promise<Twin> {
  const { world } = deps
  const name = view.entry?.name ?? 'subscription'
  const starts = await beginnings(world, view, view.plan)
  if ('source' in starts) throw isGone(name, window, starts)
  const twin = await makeTwin(deps, view, view.plan, starts, call, true)
  const rows = await differingRows(world, twin, call)
  if (rows === 0) return twin
  await removeTwin(deps, twin.next.id)
  throw new SqlError('55000', closedState(name, window), {
    detail: view.plan.nodes.some(({ op }) => op === 'emitPeriodic')
      ? 'Its operators are made again when none of its changes waits for the end of a period.'
      : `Computed anew, ${rows} of the view's rows are others: it depends on when rows came.`,
    hint: KEEP,
  })
}

function isGone(name: string, window: string | null, lost: LostBeginning): SqlError {
  const { source, partition, begin, firstLeft } = lost
  return new SqlError('55000', closedState(name, window), {
    detail: `Source "${source}" no longer holds what the view has read: it began at offset ${begin} of partition ${partition}, and the first that is left is ${firstLeft}.`,
    hint: KEEP,
  })
}

/** A reader of the view may have freed what the view itself still has. */
const closedState = (name: string, window: string | null): string =>
  `${window === null ? 'what the rows would change' : `window ${window}`} of materialized view "${name}" is closed and its state is gone`

const KEEP = "CREATE MATERIALIZED VIEW … WITH (retention = '1 day') keeps the state of closed windows for so long."
