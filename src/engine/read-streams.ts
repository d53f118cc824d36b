import { assert } from '../base/assert.ts'
import type { Positions, SourceBatch } from '../connectors/contract.ts'
import { ChangesInput } from '../dataflow/operators/changes.ts'
import { UpsertInput } from '../dataflow/operators/upsert.ts'
import { createState } from '../state/factory.ts'
import type { Batch } from '../types/batch.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { CallContext } from './api.ts'
import { ChangedMeanwhile } from './changed-meanwhile.ts'
import { pastRecords } from './event-time-records.ts'
import { inputOf, pushChanges, type SourceRuntime } from './source.ts'
import { present } from './stream-start.ts'
import type { World } from './world.ts'

/** How far a stream is read: fixed in the moment in which everything else is pinned that is read beside it. */
export interface StreamEnd {
  readonly source: SourceRuntime
  readonly types: readonly SqlType[]
  readonly live: boolean
  /** Null while nobody reads the source: from its start to where the topic ends when it is asked. */
  readonly range: StreamRange | null
}

export interface StreamRange {
  readonly from: Positions
  readonly until: Positions
}

export interface StreamRead {
  readonly batches: readonly Batch[]
  /** Of a stream that nobody reads; that of others is the source's at the moment in which the end was fixed. */
  readonly watermark: number | null
  /** The end with its range. */
  readonly end: StreamEnd
}

/** Its rows are stored: they are pinned as a table's are. */
export function isStored(source: SourceRuntime): source is SourceRuntime & { readonly input: UpsertInput } {
  return source.input instanceof UpsertInput && source.live
}

/** Its records are its rows, whatever stands beside it: where its live feed is behind, they are read from the broker. */
export function isPlainStream(source: SourceRuntime): boolean {
  return source.entry.upsertKey === null && source.watermarks === null
}

/** The ends of the streams among the objects, at the newest tick; inside the exclusive lane. */
export function streamEnds(world: World, objects: Iterable<number>): Map<number, StreamEnd> {
  const ends = new Map<number, StreamEnd>()
  for (const object of objects) {
    const source = world.sources.get(object)
    if (source === undefined || isStored(source)) continue
    const { positions, startVector, types } = source
    const live = positions.size > 0
    const until = new Map(positions)
    if (isPlainStream(source)) for (const [partition, end] of source.catchUp.ends) until.set(partition, end)
    const range = live ? { from: new Map(startVector), until } : null
    ends.set(object, { source, types, live, range })
  }
  return ends
}

/** Reads streams from their start to their ends, up to `rowsMax` rows of one stream. */
export async function readStreams(
  world: World,
  ends: ReadonlyMap<number, StreamEnd>,
  rowsMax: number,
  { signal, notice }: Pick<CallContext, 'signal' | 'notice'>,
): Promise<Map<number, StreamRead>> {
  // The topics' ends are all asked at once, before the first record is read.
  const ranges = await Promise.all(
    [...ends].map(async ([object, end]) => ({ object, end, ...(await rangeOf(end, notice)) })),
  )
  const streams = new Map<number, StreamRead>()
  for (const { object, end, range, from } of ranges) {
    const { source } = end
    checkSame(world, object, end)
    const records: SourceBatch[] = []
    let rows = 0
    let watermark: number | null = null
    const ended = (value: number | null) => {
      watermark = value
    }
    for await (const batch of pastRecords(source, from, range.until, world.clock.nowMicros, signal, ended)) {
      records.push(batch)
      rows += batch.rows.n
      if (rows >= rowsMax) break
    }
    checkSame(world, object, end)
    const batches = source.entry.upsertKey === null ? records.map((b) => b.rows) : fold(source, records)
    streams.set(object, { batches, watermark: end.live ? null : watermark, end: { ...end, range } })
  }
  return streams
}

async function rangeOf({ source, range }: StreamEnd, notice: CallContext['notice']) {
  const partitions = await source.connector.partitions()
  const known = range ?? {
    from: await source.connector.startPositions(),
    until: new Map(partitions.map((p) => [p.partition, p.endOffset])),
  }
  return { range: known, from: present(source, partitions, known.from, notice) }
}

/** A source that was dropped, or got another event time, meanwhile has not the columns that were planned with. */
function checkSame(world: World, object: number, { source, types }: StreamEnd): void {
  if (world.sources.get(object) !== source || source.types !== types) throw new ChangedMeanwhile()
}

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
