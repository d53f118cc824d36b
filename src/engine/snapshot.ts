import type { ArrangementPin } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { Row } from '../types/value.ts'
import type { CallContext } from './api.ts'
import { ChangedMeanwhile } from './changed-meanwhile.ts'
import { isStored, readStreams, streamEnds } from './read-streams.ts'
import type { SystemRelations } from './system/system-relations.ts'
import { currentWatermarks } from './watermarks.ts'
import type { World } from './world.ts'

/** Relations as they were at one tick, for a reader that works in slices beside later ticks. */
export interface Snapshot {
  readonly tick: number
  readonly timestampMs: number
  /** All columns. */
  scan(object: number): Iterable<Batch>
  /** First error of a relation whose reads fail, or null. */
  poison(object: number): Row | null
  /** Watermarks of the relations that have one, as of the tick. */
  readonly watermarks?: ReadonlyMap<number, number>
  release(): void
}

/** Pins what is stored at this moment; inside the exclusive lane. Streams are left out: see `snapshotWithStreams`. */
export function takeSnapshot(
  world: World,
  system: SystemRelations,
  objects: readonly number[],
  call: CallContext,
): Snapshot {
  const pins = new Map<number, ArrangementPin>()
  const computed = new Map<number, readonly Batch[]>()
  const poisons = new Map<number, Row>()
  for (const object of objects) {
    if (world.catalog.byId(object) === undefined) throw new ChangedMeanwhile()
    const view = world.views.get(object)
    const source = world.sources.get(object)
    const table = world.tables.get(object)
    if (view !== undefined) {
      pins.set(object, view.output.rows.pin())
      const poison = view.poison()
      if (poison !== null) poisons.set(object, poison)
    } else if (table !== undefined) pins.set(object, table.read.pin())
    else if (source === undefined) computed.set(object, system.rows(object, call))
    else if (isStored(source)) pins.set(object, source.input.rows.pin())
  }
  return {
    watermarks: currentWatermarks(world.watermarks, world.clock.nowMicros),
    tick: world.tick,
    timestampMs: world.clock.lastMs,
    scan: (object) => pins.get(object)?.scan() ?? computed.get(object)!,
    poison: (object) => poisons.get(object) ?? null,
    release() {
      for (const pin of pins.values()) pin.release()
    },
  }
}

/**
 * Everything at one tick, streams too: what is stored is pinned, and the ends of the streams are fixed, in one moment
 * between ticks; only then are the brokers asked, for the records up to there.
 */
export async function snapshotWithStreams(
  { world, system }: { readonly world: World; readonly system: SystemRelations },
  objects: readonly number[],
  rowsMax: number,
  call: CallContext,
): Promise<Snapshot> {
  const fixed = () => ({ pinned: takeSnapshot(world, system, objects, call), ends: streamEnds(world, objects) })
  const { pinned, ends } = await world.exclusive.peek(fixed, call.signal)
  if (ends.size === 0) return pinned
  const edges = objects.map((object) => world.edgeOf(object))
  try {
    const streams = await readStreams(world, ends, rowsMax, call)
    // What was pinned is read with the columns that it has now.
    if (objects.some((object, i) => world.edgeOf(object) !== edges[i])) throw new ChangedMeanwhile()
    const watermarks = new Map(pinned.watermarks)
    for (const [object, { watermark }] of streams) if (watermark !== null) watermarks.set(object, watermark)
    return { ...pinned, watermarks, scan: (object) => streams.get(object)?.batches ?? pinned.scan(object) }
  } catch (error) {
    pinned.release()
    throw error
  }
}
