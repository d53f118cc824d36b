import { assert } from '../base/assert.ts'
import type { Positions } from '../connectors/contract.ts'
import type { Gate } from '../dataflow/operators/gate.ts'
import { UpsertInput } from '../dataflow/operators/upsert.ts'
import type { Arrangement } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import { sourceRange } from './source-range.ts'
import type { World } from './world.ts'

/** What one relation held at one moment, on its way through a gate. */
export interface Feed {
  readonly object: number
  readonly gate: Gate
  /** Rows to come, null when not known. */
  readonly rows: number | null
  /** Null: only by reading the connector again. */
  readonly now: Iterable<FeedBatch> | null
  readonly later: AsyncIterable<FeedBatch> | null
  close(): void
}

export interface FeedBatch {
  readonly rows: Batch | null
  readonly errors: Batch | null
}

/** Pins a relation as it is between two ticks; what its gate kept back until now is part of it. `from`: of a stream. */
export function openFeed(world: World, object: number, gate: Gate, from?: Positions): Feed {
  gate.dropBacklog()
  const source = world.sources.get(object)
  if (source !== undefined && !(source.input instanceof UpsertInput)) {
    const records = sourceRange(source, new Map(from ?? source.startVector), new Map(source.positions))
    return { object, gate, rows: null, now: null, later: rowsOf(records), close: () => {} }
  }
  const view = world.views.get(object)
  const rows: Arrangement | undefined =
    source === undefined ? (world.tables.get(object)?.rows ?? view?.output.rows) : (source.input as UpsertInput).rows
  assert(rows !== undefined, `relation ${object} holds rows`)
  const pins = [{ pin: rows.pin(), error: false }]
  if (view !== undefined && view.output.errors.rows > 0) pins.push({ pin: view.output.errors.pin(), error: true })
  function* batches(): Iterable<FeedBatch> {
    for (const { pin, error } of pins) {
      for (const batch of pin.scan()) yield error ? { rows: null, errors: batch } : { rows: batch, errors: null }
    }
  }
  return {
    object,
    gate,
    rows: rows.rows,
    now: batches(),
    later: null,
    close() {
      for (const { pin } of pins) pin.release()
    },
  }
}

async function* rowsOf(records: AsyncIterable<{ readonly rows: Batch }>): AsyncIterable<FeedBatch> {
  for await (const { rows } of records) yield { rows, errors: null }
}
