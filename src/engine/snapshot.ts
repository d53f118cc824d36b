import { assert } from '../base/assert.ts'
import type { SourceBatch } from '../connectors/contract.ts'
import { ChangesInput } from '../dataflow/operators/changes.ts'
import { UpsertInput } from '../dataflow/operators/upsert.ts'
import type { ArrangementPin } from '../state/contract.ts'
import { createState } from '../state/factory.ts'
import type { Batch } from '../types/batch.ts'
import type { Row } from '../types/value.ts'
import type { CallContext } from './api.ts'
import { ChangedMeanwhile } from './changed-meanwhile.ts'
import { pastRecords } from './event-time-records.ts'
import { inputOf, pushChanges, type SourceRuntime } from './source.ts'
import { present } from './stream-start.ts'
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

/** Pins what is stored at this moment; inside the exclusive lane. Streams are added by `readStreams`. */
export function takeSnapshot(
  world: World,
  system: SystemRelations,
  objects: readonly number[],
  streams: ReadonlyMap<number, readonly Batch[]>,
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
    else if (source?.input instanceof UpsertInput && source.live) pins.set(object, source.input.rows.pin())
    else if (streams.has(object)) computed.set(object, streams.get(object)!)
    else computed.set(object, system.rows(object, call))
  }
  const watermarks = new Map(currentWatermarks(world.watermarks, world.clock.nowMicros))
  for (const [object, read] of streams) {
    const watermark = watermarksRead.get(read)
    if (watermark !== undefined) watermarks.set(object, watermark)
  }
  return {
    watermarks,
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
 * Reads the streams among the objects from their start to the positions ingested at this tick (to the topic's present
 * end while nobody reads the source), up to `rowsMax` rows of one stream.
 */
export async function readStreams(
  world: World,
  objects: readonly number[],
  rowsMax: number,
  { signal, notice }: Pick<CallContext, 'signal' | 'notice'>,
): Promise<Map<number, Batch[]>> {
  const streams = new Map<number, Batch[]>()
  for (const object of objects) {
    const source = world.sources.get(object)
    if (source === undefined || (source.input instanceof UpsertInput && source.live)) continue
    const live = source.positions.size > 0
    const partitions = await source.connector.partitions()
    const wanted = live ? source.startVector : await source.connector.startPositions()
    const until = live ? new Map(source.positions) : new Map(partitions.map((p) => [p.partition, p.endOffset]))
    const from = present(source, partitions, wanted, notice)
    const batches: SourceBatch[] = []
    let rows = 0
    const { nowMicros } = world.clock
    let watermark: number | null = null
    const ended = (value: number | null) => {
      watermark = value
    }
    for await (const batch of pastRecords(source, from, until, nowMicros, signal, ended)) {
      batches.push(batch)
      rows += batch.rows.n
      if (rows >= rowsMax) break
    }
    const read = source.entry.upsertKey === null ? batches.map((b) => b.rows) : fold(source, batches)
    if (watermark !== null) watermarksRead.set(read, watermark)
    streams.set(object, read)
  }
  return streams
}

/** Watermarks of streams as far as they were read. */
const watermarksRead = new WeakMap<readonly Batch[], number>()

/** The newest row of each key: what an upsert stream amounts to. */
function fold(source: SourceRuntime, records: readonly SourceBatch[]): Batch[] {
  const folded = inputOf(source.entry, { id: 0, position: -1 }, source.types, createState())
  assert(folded instanceof UpsertInput, 'an upsert stream is kept by key')
  const partitions = new Set(records.map((each) => each.partition)).size
  for (const batch of records) {
    if (folded instanceof ChangesInput) pushChanges(folded, partitions, batch)
    else folded.push(batch.rows, batch.deletes)
  }
  return [...folded.rows.scan()]
}
