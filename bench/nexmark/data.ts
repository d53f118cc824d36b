import { NEXMARK_TYPES } from '../../src/catalog/generator-relations.ts'
import { NexmarkGenerator } from '../../src/connectors/generator/nexmark.ts'
import type { Batch } from '../../src/types/batch.ts'
import { BATCH_ROWS_MAX } from '../../src/types/batch.ts'
import { rowAt, splitBatch } from '../../src/types/batch-build.ts'

export const KINDS = ['person', 'auction', 'bid'] as const
export type Kind = (typeof KINDS)[number]

/** What came between two ticks. */
export type EventsOf<T> = Readonly<Record<Kind, T>>

/** One event a millisecond; the clock begins a second before a year does. */
const START_MS = Date.UTC(2025, 11, 31, 23, 59, 59)
const SEED = 42

/** Events [0, events) in ticks of `tick` events, as the batches that sources hand over. */
export function batchTicks(events: number, tick: number): EventsOf<readonly Batch[]>[] {
  const generators = KINDS.map((table) => new NexmarkGenerator({ table, seed: SEED, startMs: START_MS, eventMs: 1 }))
  const ticks: EventsOf<readonly Batch[]>[] = []
  for (let from = 0; from < events; from += tick) {
    const [person, auction, bid] = generators.map((generator) => {
      const { n, cols } = generator.generate(from, Math.min(events, from + tick), null)
      const filled = cols.map((column) => column!)
      return splitBatch({ n, diffs: new Int32Array(n).fill(1), cols: filled }, BATCH_ROWS_MAX)
    })
    ticks.push({ person, auction, bid })
  }
  return ticks
}

/** An event as a JavaScript program has it. */
export type EventObject = Readonly<Record<string, string | number>>

/** The same events as objects: times are ms since 1970. */
export function objectTicks(events: number, tick: number): EventsOf<readonly EventObject[]>[] {
  return batchTicks(events, tick).map((batches) => mapKinds((kind) => objectsOf(kind, batches[kind])))
}

export interface Records {
  readonly bytes: Uint8Array
  /** Record i lies at offsets[i] … offsets[i + 1]. */
  readonly offsets: Int32Array
  readonly n: number
}

/** The same events as the JSON records of three topics. */
export function jsonTicks(events: number, tick: number): EventsOf<Records>[] {
  return objectTicks(events, tick).map((objects) => mapKinds((kind) => recordsOf(objects[kind])))
}

export function mapKinds<T>(make: (kind: Kind) => T): EventsOf<T> {
  return { person: make('person'), auction: make('auction'), bid: make('bid') }
}

const TIMES = new Set(['date_time', 'expires'])

function objectsOf(kind: Kind, batches: readonly Batch[]): EventObject[] {
  const fields = NEXMARK_TYPES[kind]
  const types = fields.map((field) => field.type)
  return batches.flatMap((batch) =>
    Array.from({ length: batch.n }, (_, i) => {
      const row = rowAt(batch, i, types)
      const entries = fields.map(({ name }, c) => [name, TIMES.has(name) ? Number(row[c]) / 1000 : row[c]])
      return Object.fromEntries(entries) as EventObject
    }),
  )
}

function recordsOf(objects: readonly EventObject[]): Records {
  const texts = objects.map((object) =>
    Buffer.from(JSON.stringify(object, (name, value) => (TIMES.has(name) ? isoText(value as number) : value))),
  )
  const offsets = new Int32Array(texts.length + 1)
  for (let i = 0; i < texts.length; i++) offsets[i + 1] = offsets[i] + texts[i].length
  return { bytes: new Uint8Array(Buffer.concat(texts)), offsets, n: texts.length }
}

const isoText = (ms: number): string => new Date(ms).toISOString().slice(0, 23)
