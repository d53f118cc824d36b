import type { Log } from '../base/log.ts'
import type { SourceEntry } from '../catalog/entry.ts'
import { withWatermark } from '../catalog/watermark.ts'
import {
  type DeadLetter,
  type Judged,
  notJudged,
  type Positions,
  type ReaderStatus,
  type SourceBatch,
  type SourceConnector,
  type SourceReader,
} from '../connectors/contract.ts'
import { InputNode } from '../dataflow/input.ts'
import { ChangesInput } from '../dataflow/operators/changes.ts'
import { UpsertInput } from '../dataflow/operators/upsert.ts'
import type { Arrangement, StateFactory } from '../state/contract.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { datumAt } from '../types/column-read.ts'
import { BYTEA, INT4, INT8, type SqlType, TEXT } from '../types/sql-type.ts'
import { CatchUp } from './catch-up.ts'
import { judgedBy } from './judged-time.ts'
import { SourceLag } from './source-lag.ts'
import type { SourceDelta } from './tick-record.ts'
import { Watermarks } from './watermarks.ts'

/** Columns of `"<source>$errors"`. */
export const DEAD_LETTER_FIELDS = [
  { name: 'topic', type: TEXT, nullable: true },
  { name: 'partition', type: INT4, nullable: false },
  { name: 'offset', type: INT8, nullable: false },
  { name: 'reason', type: TEXT, nullable: false },
  { name: 'key', type: BYTEA, nullable: true },
  { name: 'value', type: BYTEA, nullable: true },
] as const

/**
 * A source: a stream that is read, not stored. One live feed serves all its readers; it runs while somebody reads the
 * source, from the positions that the journal knows. An upsert source keeps the current row of each key.
 */
export class SourceRuntime {
  types: readonly SqlType[]
  readonly input: InputNode | UpsertInput
  readonly deadLetters: Arrangement
  readonly connector: SourceConnector
  /** Its event time. */
  watermarks: Watermarks | null
  /** By what its readers know rows that may be put aside. */
  readonly judged: Judged = notJudged()
  /** Next offset by partition: everything below has been ticked. Empty while nobody reads. */
  readonly positions = new Map<number, number>()
  /** Where the live feed began, by partition. */
  readonly startVector = new Map<number, number>()
  /** How far its live feed has to come until it is read. */
  readonly catchUp = new CatchUp(this.positions)
  /** What the positions belong to; null until known. */
  identity: string | null = null
  readonly lag = new SourceLag()
  status: ReaderStatus = { state: 'starting' }
  changedTick = 0
  /** Records fetched by the live feed since this process started. */
  fetched = 0
  #entry: SourceEntry
  #reader: SourceReader | null = null
  /** Dead letters by partition; null until somebody asks: recovery restores them without telling. */
  #lettersOf: Map<number, number> | null = null
  readonly #log: Log

  constructor(entry: SourceEntry, connector: SourceConnector, states: StateFactory, log: Log) {
    this.#entry = entry
    this.#log = log
    this.connector = connector
    this.types = withWatermark(entry.rowType, entry.watermark).map((f) => f.type)
    this.watermarks = entry.watermark ? new Watermarks(entry.watermark, this.types) : null
    judgedBy(this.watermarks, this.judged)
    const identity = { id: 0, position: -1 }
    this.input = inputOf(entry, identity, this.types, states)
    this.deadLetters = states.arrangement({
      id: `${entry.id}/errors`,
      types: DEAD_LETTER_FIELDS.map((f) => f.type),
      key: [1, 2],
    })
  }

  get entry(): SourceEntry {
    return this.#entry
  }
  replaceEntry(entry: SourceEntry): void {
    this.#entry = entry
  }
  /** ALTER: gives it an event time or takes it away; between ticks. Who reads it already picks columns by number. */
  setWatermark(entry: SourceEntry, nowMicros: number): void {
    this.#entry = entry
    this.types = withWatermark(entry.rowType, entry.watermark).map((f) => f.type)
    this.watermarks = entry.watermark ? new Watermarks(entry.watermark, this.types) : null
    judgedBy(this.watermarks, this.judged)
    // A partition that has spoken before is waited for.
    for (const [partition, offset] of this.positions)
      this.watermarks?.begin(partition, offset > (this.startVector.get(partition) ?? 0), nowMicros)
  }
  get live(): boolean {
    return this.#reader !== null
  }
  get hasReaders(): boolean {
    return this.input.output.consumers > 0
  }

  /** Begins where the connector says, unless positions are known already. */
  begin(positions: Positions, identity: string | null, ends: Positions, nowMicros: number): void {
    this.identity = identity
    for (const [partition, offset] of positions) {
      if (this.positions.has(partition)) continue
      this.positions.set(partition, offset)
      this.startVector.set(partition, offset)
      this.watermarks?.begin(partition, (ends.get(partition) ?? 0) > offset, nowMicros)
    }
    this.catchUp.aim(ends)
  }

  /** Opens the live feed; batches go to `deliver`, which resolves when they are durable and visible. */
  open(deliver: (batch: SourceBatch) => Promise<void>, monotonicMs: () => number): void {
    if (this.#reader !== null) return
    this.status = { state: 'starting' }
    this.#reader = this.connector.open({
      from: new Map(this.positions),
      identity: this.identity,
      columns: null,
      judged: this.judged,
      onBatch: (batch) => {
        this.fetched += batch.rows.n + batch.deadLetters.length
        return deliver(batch)
      },
      onStatus: (status) => {
        if (status.state !== this.status.state)
          this.#log.info('source state', { source: this.#entry.name, ...describe(status) })
        this.status = status
        if (status.state === 'running') this.lag.saw(monotonicMs(), status.endOffsets)
        else if (status.state !== 'starting') this.lag.stalled(monotonicMs())
      },
      onPartition: (info) => {
        if (!this.startVector.has(info.partition)) this.startVector.set(info.partition, info.firstOffset)
      },
    })
  }

  async stop(): Promise<void> {
    const reader = this.#reader
    this.#reader = null
    this.catchUp.end()
    await reader?.stop()
  }

  /** Nobody reads any more: the next reader starts from the beginning again. */
  forget(): void {
    this.positions.clear()
    this.startVector.clear()
    this.identity = null
    if (this.input instanceof ChangesInput) this.input.forget()
    this.watermarks?.forget()
  }

  /** How many dead letters came from a partition; the first call reads them all. */
  deadLettersOf(partition: number): number {
    if (this.#lettersOf === null) {
      this.#lettersOf = new Map()
      for (const { n, cols } of this.deadLetters.scan())
        for (let i = 0; i < n; i++) count(this.#lettersOf, datumAt(cols[1]!, i, INT4) as number)
    }
    return this.#lettersOf.get(partition) ?? 0
  }

  /** Carries a journaled batch on. A batch that was applied before (its records are below the position) is an error of ours. */
  apply(delta: SourceDelta, tick: number, nowMicros: number): void {
    this.positions.set(delta.partition, delta.next)
    this.catchUp.moved(delta.partition)
    if (!this.startVector.has(delta.partition)) this.startVector.set(delta.partition, delta.first)
    if (this.input instanceof ChangesInput) this.#keep(pushChanges(this.input, this.positions.size, delta))
    else if (this.input instanceof UpsertInput) this.input.push(delta.rows, delta.deletes)
    else if (this.watermarks === null) this.input.pushRows(delta.rows)
    else if (delta.rows.n > 0) {
      this.input.pushRows(this.watermarks.stamp(delta.partition, delta.first, delta.rows, nowMicros))
    }
    if (delta.rows.n > 0) this.changedTick = tick
    this.#keep(delta.deadLetters)
  }

  #keep(letters: readonly DeadLetter[]): void {
    if (letters.length === 0) return
    for (const { partition } of letters) if (this.#lettersOf !== null) count(this.#lettersOf, partition)
    const topic = this.#entry.connector.transport.options['topic']
    const rows = letters.map((l) => [
      typeof topic === 'string' ? topic : null,
      l.partition,
      l.offset,
      l.reason,
      l.key,
      l.value,
    ])
    this.deadLetters.apply(
      batchFromRows(
        DEAD_LETTER_FIELDS.map((f) => f.type),
        rows,
      ),
    )
  }
}

function count(counts: Map<number, number>, partition: number): void {
  counts.set(partition, (counts.get(partition) ?? 0) + 1)
}

type Identity = ConstructorParameters<typeof InputNode>[0]

/** What takes a source's records in, by its envelope. */
export function inputOf(
  entry: SourceEntry,
  identity: Identity,
  types: readonly SqlType[],
  states: StateFactory,
): InputNode | UpsertInput {
  if (entry.upsertKey === null) return new InputNode(identity, types)
  const keyed = { ...identity, stateId: `${entry.id}/upsert` }
  return entry.connector.envelope.kind === 'debezium'
    ? new ChangesInput(keyed, types, entry.upsertKey, states)
    : new UpsertInput(keyed, types, entry.upsertKey, states)
}

/** Takes changes in; those that cannot be taken are dead letters without their bytes, which are not journaled. */
export function pushChanges(
  input: ChangesInput,
  partitions: number,
  { partition, rows, deletes }: Pick<SourceDelta, 'partition' | 'rows' | 'deletes'>,
): DeadLetter[] {
  const marks = deletes ?? new Uint8Array(rows.n)
  const refused = input.pushChanges(partition, partitions, rows, marks)
  return refused.map(({ offset, reason }) => ({ partition, offset, reason, key: null, value: null }))
}

function describe(status: ReaderStatus): Record<string, unknown> {
  return status.state === 'stalled' || status.state === 'failed'
    ? { state: status.state, error: status.error }
    : { state: status.state }
}
