import { assert } from '../base/assert.ts'
import type { Positions, SourceBatch } from '../connectors/contract.ts'
import type { ErrorFilter } from '../dataflow/errors-handed-on.ts'
import type { Gate } from '../dataflow/operators/gate.ts'
import { UpsertInput } from '../dataflow/operators/upsert.ts'
import type { Arrangement } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import { sliceBatch } from '../types/batch-build.ts'
import { pastRecords } from './event-time-records.ts'
import type { ViewGate } from './view.ts'
import type { World } from './world.ts'

/** What one relation held at one moment, on its way through a gate. */
export interface Feed {
  readonly object: number
  readonly gate: Gate
  /** Rows to come; of a stream, whose records are not all rows, about so many. */
  readonly rows: number
  /** Null: only by reading the connector again. */
  readonly now: Iterable<FeedBatch> | null
  readonly later: AsyncIterable<FeedBatch> | null
  /** Of a stream: the next offset to be read, by partition. Moves on with what went through the gate. */
  readonly read: Map<number, number> | null
  /** It must be read from the beginning whenever it is read. */
  readonly fromStart?: boolean
  close(): void
}

export interface FeedBatch {
  readonly rows: Batch | null
  readonly errors: Batch | null
  /** Of a stream: where the batch ends. */
  readonly position?: { readonly partition: number; readonly next: number }
}

/** Pins a relation as it is between two ticks; its gate keeps what comes from now on. `from`: where to begin in a stream. */
export function openFeed(world: World, { object, gate, result }: ViewGate, from?: Positions): Feed {
  gate.keep()
  const source = world.sources.get(object)
  if (source !== undefined && !(source.input instanceof UpsertInput)) {
    // A partition that was found since `from` was asked for begins where the live feed began it.
    const read = new Map([...source.startVector, ...(from ?? [])])
    const until = new Map(source.positions)
    let rows = 0
    for (const [partition, next] of read) rows += Math.max(0, (until.get(partition) ?? 0) - next)
    const later = rowsOf(pastRecords(source, new Map(read), until, world.clock.nowMicros))
    return { object, gate, rows, now: null, later, read, fromStart: source.watermarks !== null, close: () => {} }
  }
  const view = world.views.get(object)
  const rows: Arrangement | undefined =
    source === undefined ? (world.tables.get(object)?.read ?? view?.output.rows) : (source.input as UpsertInput).rows
  assert(rows !== undefined, `relation ${object} holds rows`)
  const rowPin = rows.pin()
  const errors = view !== undefined && view.output.errors.rows > 0 ? view.output.errors.pin() : null
  const theirs: ErrorFilter = view === undefined || result ? (batch) => batch : view.output.handedOn.now()
  function* batches(): Iterable<FeedBatch> {
    for (const batch of rowPin.scan()) yield { rows: batch, errors: null }
    for (const batch of errors?.scan() ?? []) yield { rows: null, errors: theirs(batch) }
  }
  return {
    object,
    gate,
    rows: rows.rows,
    now: batches(),
    later: null,
    read: null,
    close() {
      rowPin.release()
      errors?.release()
    },
  }
}

async function* rowsOf(records: AsyncIterable<SourceBatch>): AsyncIterable<FeedBatch> {
  for await (const { rows, partition, next } of records) yield { rows, errors: null, position: { partition, next } }
}

/** Through its gate. */
export function push(feed: Feed, { rows, errors, position }: FeedBatch): void {
  if (rows !== null) feed.gate.feedRows(rows)
  if (errors !== null) feed.gate.feedErrors(errors)
  if (position !== undefined) feed.read?.set(position.partition, position.next)
}

/** In parts of so many rows. Of a stream it stays whole: a checkpoint knows offsets between batches only. */
export function* cut(batch: FeedBatch, size: () => number): Iterable<FeedBatch> {
  const { rows } = batch
  if (rows === null || batch.position !== undefined) {
    yield batch
    return
  }
  let start = 0
  for (let end = size(); end < rows.n; end = start + size()) {
    yield { rows: sliceBatch(rows, start, end), errors: null }
    start = end
  }
  yield start === 0 ? batch : { rows: sliceBatch(rows, start, rows.n), errors: null }
}
