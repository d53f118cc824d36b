import type { Batch } from '../types/batch.ts'
import type { Datum } from '../types/value.ts'

/**
 * A source connector = transport + format + envelope, composed by the registry from a ConnectorSpec. It delivers
 * decoded column batches with their positions; it keeps nothing durable: positions live in the engine's journal.
 *
 * Laws:
 * - Records of one partition arrive in offset order, each exactly once per reader, starting at `from`.
 * - `next` is the offset after the last record *looked at*: control records, aborted records and dead letters count,
 *   so that positions always advance; a batch may have no rows.
 * - An undecodable record is a dead letter and never stops the reader. Validity is judged over all declared columns.
 * - An offset that no longer exists, a topic that is gone or was made anew is a terminal error, never a silent reset.
 * - Same records, same batches' contents (batch boundaries may differ).
 */
export interface SourceConnector {
  /** Partitions as they are now. Fails in ≤ 10 s with SqlError naming host and reason. */
  partitions(): Promise<readonly PartitionInfo[]>
  /** Offsets to start from: per partition, as START OFFSET / START TIMESTAMP ask; by default the earliest. */
  startPositions(): Promise<Positions>
  /** What the positions belong to (a Kafka topic's id); null where there is nothing to tell it by. */
  identity(): Promise<string | null>
  /** Starts a reader. `until`: stop (and call onEnd) once each of these partitions reached its offset. */
  open(options: ReaderOptions): SourceReader
  close(): Promise<void>
}

/** partition → next offset to read. Offsets are bigints in the wire format, numbers here (≤ 2^53). */
export type Positions = ReadonlyMap<number, number>

export interface PartitionInfo {
  readonly partition: number
  readonly firstOffset: number
  readonly endOffset: number
}

export interface ReaderOptions {
  readonly from: Positions
  readonly until?: Positions
  /** What `identity` said when `from` was known: another one now is a terminal error. Absent: as it is found. */
  readonly identity?: string | null
  /** Columns that are needed; others may come as all-NULL columns. null: all. */
  readonly columns: readonly number[] | null
  /** Which rows may be put aside by whoever takes them: their records' bytes come along. */
  readonly judged?: Judged
  /**
   * Called in order, without waiting for the promise of the call before; at most 8 calls (credits) are unresolved, so
   * that a slow taker slows the reader and a tick can take several batches. A rejection ends the reader.
   */
  readonly onBatch: (batch: SourceBatch) => Promise<void>
  readonly onStatus: (status: ReaderStatus) => void
  readonly onEnd?: () => void
  /** New partitions found while running: read from their beginning; reported before their first batch. */
  readonly onPartition?: (info: PartitionInfo) => void
}

/** How a row shows that it may be put aside for its event time. May change while the reader runs. */
export interface Judged {
  /** What the time is read from: NULL in one of them, or what is no number to reckon with, may be no time. */
  columns: readonly number[]
  /** A number beyond this may be too far in the future. It rises with the clock and may lag behind it. */
  above: number
}

/** Nothing is put aside. */
export const notJudged = (): Judged => ({ columns: [], above: Number.POSITIVE_INFINITY })

export interface SourceReader {
  stop(): Promise<void>
}

export interface SourceBatch {
  readonly partition: number
  /** Offset of the first record looked at, and the one after the last. */
  readonly first: number
  readonly next: number
  /** envelope none: rows with diff 1. envelope upsert: the newest value per record, see `deletes`. All declared and included columns, in source order. */
  readonly rows: Batch
  /** envelope upsert: 1 marks a record that deletes its key (only the key columns of the row count). */
  readonly deletes: Uint8Array | null
  /** Offset of each row of `rows`. */
  readonly offsets: Float64Array
  readonly deadLetters: readonly DeadLetter[]
  /** By offset, of rows that may be put aside. */
  readonly records?: ReadonlyMap<number, RecordBytes>
}

export interface RecordBytes {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

export interface DeadLetter extends RecordBytes {
  readonly partition: number
  readonly offset: number
  readonly reason: string
}

export type ReaderStatus =
  | { readonly state: 'starting' }
  | { readonly state: 'running'; readonly endOffsets: Positions }
  /** Retrying with back-off; nothing is lost. */
  | { readonly state: 'stalled'; readonly error: string }
  /** Terminal: truncated, recreated or deleted topic. */
  | { readonly state: 'failed'; readonly error: string; readonly sqlstate: string }

/** A validated option of a connector: the table of options yields validation, documentation and error messages. */
export interface OptionSpec {
  readonly name: string
  readonly type: 'text' | 'int' | 'bool' | 'interval' | 'timestamp' | 'offsets'
  readonly required: boolean
  readonly default: Datum
  readonly description: string
}
