import { throwIfCanceled } from '../base/canceled.ts'
import { Slices } from '../base/slices.ts'
import type { SqlError } from '../base/sql-error.ts'
import { EmitPeriodicOperator } from '../dataflow/operators/emit-periodic.ts'
import { UpsertInput } from '../dataflow/operators/upsert.ts'
import type { OutputNode } from '../dataflow/output.ts'
import { objectsOf } from '../plan/objects-of.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { ArrangementPin } from '../state/contract.ts'
import { createState } from '../state/factory.ts'
import { negateBatch } from '../types/batch-build.ts'
import type { CallContext } from './api.ts'
import { buildView, removeUnread } from './build-view.ts'
import { ChangedMeanwhile } from './changed-meanwhile.ts'
import type { Hydration } from './hydration.ts'
import type { StreamStart } from './stream-start.ts'
import type { ViewRuntime } from './view.ts'
import type { World } from './world.ts'

/**
 * Another dataflow of a view, hydrated beside the one that runs and goes on being read; it may take the other's place
 * between two ticks. The output with its rows, history and followers stays.
 */
export interface Twin {
  readonly view: ViewRuntime
  readonly next: ViewRuntime
}

interface TwinDeps {
  readonly world: World
  readonly hydration: Hydration
}

/** Resolves once it holds what the view holds, which is checked. `keepsState`: closed state too, until it takes over. */
export async function makeTwin(
  { world, hydration }: TwinDeps,
  view: ViewRuntime,
  plan: PhysicalPlan,
  starts: ReadonlyMap<number, StreamStart>,
  call: CallContext,
  keepsState = false,
): Promise<Twin> {
  const id = hydration.hiddenId()
  try {
    const next = await world.exclusive.run(async () => {
      await hydration.upToNow(plan)
      const shares = hydration.canShare(objectsOf(plan))
      const state = { kind: 'hydrating', done: 0, total: null } as const
      const generation = Math.max(view.generation, world.tick) + 1
      const { entry, onError, id: of } = view
      const own = of < 0 ? { states: createState() } : {}
      const built = buildView(world, { id, of, entry, plan, onError, shares, state, generation, keepsState, ...own })
      if (shares) await hydration.fill(built, call.signal)
      else await hydration.begin(built, starts, call.signal)
      return built
    })
    await next.whenReady(call.signal)
    await world.exclusive.run(() => emitAlike(hydration, view, next))
    return { view, next }
  } catch (error) {
    await removeTwin({ world, hydration }, id)
    throw error
  }
}

/** Where no change of the view waits for the end of its period, none of what the other has read may wait either. */
async function emitAlike(hydration: Hydration, view: ViewRuntime, next: ViewRuntime): Promise<void> {
  const waiting = ({ rendered }: ViewRuntime) =>
    rendered.operators.filter(
      (each): each is EmitPeriodicOperator =>
        each instanceof EmitPeriodicOperator && each.frontier() < Number.POSITIVE_INFINITY,
    )
  const late = waiting(next)
  if (late.length === 0 || waiting(view).length > 0) return
  for (const each of late) each.hurry()
  await hydration.upToNow(next.plan)
}

/** Between two ticks, when both hold the same. */
export function takeOver(world: World, { view, next }: Twin): void {
  world.views.delete(next.id)
  world.circuit.remove(view.takeOver(next).map(({ gate }) => gate))
  removeUnread(world)
}

/** Unless it has taken over. */
export async function removeTwin({ world, hydration }: TwinDeps, id: number): Promise<void> {
  const left = world.views.get(id)
  if (left !== undefined) await hydration.removeHidden(left)
}

/** A stream does not begin where the view began to read it any more. */
export interface LostBeginning {
  readonly source: string
  readonly partition: number
  readonly begin: number
  readonly firstLeft: number
}

/** Streams are read again from where the view began to read them; or which topic has lost that. */
export async function beginnings(
  world: World,
  view: ViewRuntime,
  plan: PhysicalPlan,
): Promise<ReadonlyMap<number, StreamStart> | LostBeginning> {
  const starts = new Map<number, StreamStart>()
  for (const object of objectsOf(plan)) {
    const source = world.sources.get(object)
    if (source === undefined || source.input instanceof UpsertInput) continue
    const from = new Map([...source.startVector, ...(view.starts.get(object) ?? [])])
    for (const { partition, firstOffset } of await source.connector.partitions()) {
      const begin = from.get(partition)
      if (begin === undefined || begin >= firstOffset) continue
      return { source: source.entry.name, partition, begin, firstLeft: firstOffset }
    }
    starts.set(object, { from, ends: new Map(), identity: source.identity })
  }
  return starts
}

/** How many rows and errors one of them holds and not the other, at one tick. Compared in slices, beside later ticks. */
export async function differingRows(
  world: World,
  { view, next }: Twin,
  { signal }: Pick<CallContext, 'signal'>,
): Promise<number> {
  const pairs = await world.exclusive.run(() =>
    [
      [view.output.rows, next.output.rows],
      [view.output.errors, next.output.errors],
    ].map(([a, b]) => ({ types: a!.types, pins: [a!.pin(), b!.pin()] as const })),
  )
  try {
    for (const { types, pins } of pairs) {
      const rows = await differing(world, types, pins, signal)
      if (rows > 0) return rows
    }
    return 0
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

export const droppedMeanwhile = (): SqlError => new ChangedMeanwhile()

/** Who works on a view, by view: the next waits for it. */
const turns = new WeakMap<ViewRuntime, Promise<unknown>>()

/** One statement at a time makes a twin of a view or merges into it, in the order in which they came. */
export function alone<T>(view: ViewRuntime, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(view) ?? Promise.resolve()).then(async () => {
    view.replanning = true
    try {
      return await work()
    } finally {
      view.replanning = false
    }
  })
  turns.set(
    view,
    mine.catch(() => {}),
  )
  return mine
}
