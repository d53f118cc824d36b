import { throwIfCanceled } from '../../base/canceled.ts'
import { Slices } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { MaterializedViewEntry } from '../../catalog/entry.ts'
import { UpsertInput } from '../../dataflow/operators/upsert.ts'
import type { OutputNode } from '../../dataflow/output.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { ArrangementPin } from '../../state/contract.ts'
import { createState } from '../../state/factory.ts'
import { negateBatch } from '../../types/batch-build.ts'
import type { CallContext } from '../api.ts'
import { buildView, removeUnread } from '../build-view.ts'
import { planAnew } from '../replan.ts'
import type { StreamStart } from '../stream-start.ts'
import type { ViewRuntime } from '../view.ts'
import type { World } from '../world.ts'
import type { DdlDeps } from './deps.ts'

/**
 * ALTER MATERIALIZED VIEW … REPLAN: plans the view anew, hydrates the new dataflow beside the old one, which goes on
 * being read, compares what they hold, and lets the new one take the old one's place between two ticks. The output with
 * its rows, history and followers stays. Until the checkpoint that ends the statement a crash leaves the old plan.
 */
export async function replan(deps: DdlDeps, { object }: { readonly object: number }, call: CallContext): Promise<void> {
  const { world, hydration } = deps
  const view = world.views.get(object)
  const entry = view?.entry
  if (view === undefined || entry == null) throw dropped()
  const { name } = entry
  if (view.replanning) throw new SqlError('55006', `materialized view "${name}" is being re-planned`)
  if (!view.ready) throw new SqlError('55000', `materialized view "${name}" is not hydrated yet`)
  if (view.resultOf !== null) {
    const other = world.catalog.byId(view.resultOf)?.name
    throw new SqlError(
      '55000',
      `materialized view "${name}" has no dataflow of its own: it shows the rows of another`,
      {
        hint: other === undefined ? undefined : `Re-plan "${other}".`,
      },
    )
  }
  const plan = newPlan(world, view, entry)
  if (plan.fingerprint === view.plan.fingerprint) {
    const message = `the plan of materialized view "${name}" is the newest already`
    call.notice({ severity: 'NOTICE', sqlstate: '00000', message })
    return
  }
  view.replanning = true
  const id = hydration.hiddenId()
  try {
    const starts = await beginnings(world, view, plan)
    const next = await world.exclusive.run(async () => {
      await hydration.upToNow(plan)
      const shares = hydration.canShare(objectsOf(plan))
      const state = { kind: 'hydrating', done: 0, total: null } as const
      const generation = Math.max(view.generation, world.tick) + 1
      const built = buildView(world, { id, of: object, entry, plan, onError: view.onError, shares, state, generation })
      if (shares) await hydration.fill(built, call.signal)
      else await hydration.begin(built, starts, call.signal)
      return built
    })
    await next.whenReady(call.signal)
    await checkEqual(world, name, view.output, next.output, call)
    await world.exclusive.run(async () => {
      if (world.views.get(object) !== view || view.dropped) throw dropped()
      takeOver(world, view, next)
      readFrom(world, view, entry.sql)
      await deps.checkpoint()
    })
    world.log.info('re-planned', { view: name, fingerprint: plan.fingerprint })
  } finally {
    view.replanning = false
    const left = world.views.get(id)
    if (left !== undefined) await hydration.removeHidden(left)
  }
}

const dropped = (): SqlError => new SqlError('42P01', 'the materialized view was dropped')

function newPlan(world: World, view: ViewRuntime, entry: MaterializedViewEntry): PhysicalPlan {
  const planned = planAnew(world, entry)
  if (planned === null) throw new SqlError('55000', `materialized view "${entry.name}" cannot be planned anew`)
  const shape = (row: MaterializedViewEntry['rowType']) => JSON.stringify(row.map(({ type }) => type))
  const hint = 'Drop the view and create it anew.'
  if (shape(planned.rowType) !== shape(entry.rowType))
    throw new SqlError('55000', `planned anew, materialized view "${entry.name}" has columns of other types`, { hint })
  const read = new Set(objectsOf(view.plan))
  if (objectsOf(planned.plan).some((id) => !read.has(id)))
    throw new SqlError('55000', `planned anew, materialized view "${entry.name}" reads other relations`, { hint })
  return planned.plan
}

/** Streams are read again from where the view began to read them; refused when a topic has lost that. */
async function beginnings(
  world: World,
  view: ViewRuntime,
  plan: PhysicalPlan,
): Promise<ReadonlyMap<number, StreamStart>> {
  const starts = new Map<number, StreamStart>()
  for (const object of objectsOf(plan)) {
    const source = world.sources.get(object)
    if (source === undefined || source.input instanceof UpsertInput) continue
    const from = new Map([...source.startVector, ...(view.starts.get(object) ?? [])])
    for (const { partition, firstOffset } of await source.connector.partitions()) {
      const begin = from.get(partition)
      if (begin === undefined || begin >= firstOffset) continue
      throw new SqlError('55000', `source "${source.entry.name}" no longer holds what the view has read`, {
        detail: `The view began at offset ${begin} of partition ${partition}; the first that is left is ${firstOffset}.`,
        hint: 'The view goes on with the plan that it has.',
      })
    }
    starts.set(object, { from, ends: new Map(), identity: source.identity })
  }
  return starts
}

/** Both hold the same rows and errors at one tick. Compared in slices, beside later ticks. */
async function checkEqual(
  world: World,
  name: string,
  running: OutputNode,
  next: OutputNode,
  { signal }: CallContext,
): Promise<void> {
  const pairs = await world.exclusive.run(() =>
    [
      [running.rows, next.rows],
      [running.errors, next.errors],
    ].map(([a, b]) => ({ types: a!.types, pins: [a!.pin(), b!.pin()] as const })),
  )
  try {
    for (const { types, pins } of pairs) {
      const rows = await differing(world, types, pins, signal)
      if (rows === 0) continue
      throw new SqlError('55000', `the new plan of materialized view "${name}" gives other rows`, {
        detail: `${rows} rows differ; the view goes on with the plan that it has.`,
        hint: 'Drop the view and create it anew to have the new rows.',
      })
    }
  } finally {
    for (const { pins } of pairs) for (const pin of pins) pin.release()
  }
}

async function differing(
  world: World,
  types: OutputNode['rows']['types'],
  [a, b]: readonly [ArrangementPin, ArrangementPin],
  signal: AbortSignal,
): Promise<number> {
  const slices = new Slices(world.runtime, () => throwIfCanceled(signal))
  const difference = createState().arrangement({ id: 'difference', types, key: types.map((_, c) => c) })
  for (const batch of a.scan()) {
    difference.apply(batch)
    if (slices.due) await slices.next()
  }
  for (const batch of b.scan()) {
    difference.apply(negateBatch(batch))
    if (slices.due) await slices.next()
  }
  return difference.rows
}

/** The places in the new plan are those of the text that it was made from, as it read then. */
function readFrom(world: World, view: ViewRuntime, text: string): void {
  if (view.entry === null) return
  const entry: MaterializedViewEntry = { ...view.entry, written: { text, start: 0 } }
  world.catalog = world.catalog.apply([{ kind: 'put', entry }])
  view.entry = entry
}

function takeOver(world: World, view: ViewRuntime, next: ViewRuntime): void {
  world.views.delete(next.id)
  world.circuit.remove(view.takeOver(next).map(({ gate }) => gate))
  removeUnread(world)
}
