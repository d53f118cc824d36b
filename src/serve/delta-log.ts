import { drain, type Pieces } from '../base/slices.ts'
import { consolidation, sorting } from '../dataflow/consolidate.ts'
import type { Batch } from '../types/batch.ts'
import type { SqlType } from '../types/sql-type.ts'
import { batchBytes } from './batch-bytes.ts'

/**
 * The shared delta log of one view or table: its changes tick by tick, kept for a retention window (longer while somebody
 * who follows has yet to read them) and bounded in bytes. Subscribers hold a cursor (sequence number); sending never removes anything. Changes with a timestamp above
 * `sinceMs` are all here. They are consolidated and sorted for who follows: most ticks of most relations nobody does, and
 * sorting costs more than the rest of a large tick.
 */
export interface LogEntry {
  readonly seq: number
  readonly tick: number
  readonly timestampMs: number
  /** The changes; consolidated and sorted once somebody follows the log. */
  readonly batches: readonly Batch[]
  readonly bytes: number
}

interface Entry extends LogEntry {
  batches: readonly Batch[]
  settled: boolean
}

export interface DeltaLogBounds {
  /** Changes older than this may go; ms. */
  readonly retentionMs: number
  /** Oldest changes go first beyond this; bytes. */
  readonly bytesMax: number
}

export const DELTA_LOG_BOUNDS: DeltaLogBounds = { retentionMs: 600_000, bytesMax: 64 << 20 }

export class DeltaLog {
  #entries: Entry[] = []
  readonly #types: readonly SqlType[]
  #first = 0
  #bytes = 0
  #sinceMs: number
  readonly #bounds: DeltaLogBounds
  /** Who follows, and the sequence number that each reads next. */
  readonly #listeners = new Map<() => void, () => number>()

  /** `sinceMs`: the timestamp as of which the log starts. */
  constructor(types: readonly SqlType[], sinceMs: number, bounds: DeltaLogBounds = DELTA_LOG_BOUNDS) {
    this.#types = types
    this.#sinceMs = sinceMs
    this.#bounds = bounds
  }

  get sinceMs(): number {
    return this.#sinceMs
  }
  get bytes(): number {
    return this.#bytes
  }
  /** Sequence number that the next entry will have. */
  get end(): number {
    return this.#first + this.#entries.length
  }

  /** `settled`: the batches are consolidated and sorted. Otherwise that is done when somebody follows. */
  append(tick: number, timestampMs: number, batches: readonly Batch[], settled: boolean): LogEntry {
    const bytes = batches.reduce((sum, b) => sum + batchBytes(b), 64)
    const entry = { seq: this.end, tick, timestampMs, batches, bytes, settled }
    this.#entries.push(entry)
    this.#bytes += bytes
    this.#trim(timestampMs)
    return entry
  }

  /** For a subscriber: consolidated and sorted. Undefined when it was trimmed away or does not exist yet. */
  at(seq: number): LogEntry | undefined {
    const entry = this.#entries[seq - this.#first]
    if (entry !== undefined && !entry.settled) drain(this.#settle(entry))
    return entry
  }
  /** Prepares what a subscriber from this entry on is going to read, in pieces: `at` would do it at once. */
  *settling(seq: number): Pieces {
    for (const entry of this.entriesFrom(seq) as Entry[]) if (!entry.settled) yield* this.#settle(entry)
  }
  *#settle(entry: Entry): Pieces {
    entry.batches = yield* sorting(this.#types, yield* consolidation(entry.batches))
    entry.settled = true
  }
  get firstSeq(): number {
    return this.#first
  }

  /** Some of them perhaps not settled. */
  entriesFrom(seq: number): readonly LogEntry[] {
    return this.#entries.slice(Math.max(0, seq - this.#first))
  }
  /** Changes up to this timestamp are not here. */
  startAfter(timestampMs: number): void {
    this.#sinceMs = Math.max(this.#sinceMs, timestampMs)
  }

  /** Sequence number of the first entry above the timestamp. */
  seqAfter(timestampMs: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const mid = (low + high) >> 1
      if (this.#entries[mid]!.timestampMs <= timestampMs) low = mid + 1
      else high = mid
    }
    return this.#first + low
  }

  /** Called when time passed, with or without entries: wakes those who wait. */
  notify(): void {
    for (const listener of [...this.#listeners.keys()]) listener()
  }
  /** `next`: the first entry that the listener has yet to read. Age alone takes none of those away. */
  listen(listener: () => void, next: () => number = () => Number.POSITIVE_INFINITY): () => void {
    this.#listeners.set(listener, next)
    return () => this.#listeners.delete(listener)
  }
  get listeners(): number {
    return this.#listeners.size
  }

  /** Entries below `seq` are stored elsewhere: while nobody follows, those beyond the bound need not stay, the newest included. */
  relieve(seq: number): void {
    if (this.#bytes <= this.#bounds.bytesMax || this.#listeners.size > 0 || seq < this.end) return
    const newest = this.#entries.at(-1)
    if (newest === undefined) return
    this.#sinceMs = newest.timestampMs
    this.#first = this.end
    this.#entries = []
    this.#bytes = 0
  }

  #trim(nowMs: number): void {
    let drop = 0
    const unread = Math.min(...[...this.#listeners.values()].map((next) => next()))
    while (drop < this.#entries.length - 1) {
      const oldest = this.#entries[drop]!
      const kept = oldest.seq >= unread || oldest.timestampMs > nowMs - this.#bounds.retentionMs
      if (kept && this.#bytes <= this.#bounds.bytesMax) break
      this.#bytes -= oldest.bytes
      this.#sinceMs = oldest.timestampMs
      drop++
    }
    // Dropping from the front is O(n): do it when it pays.
    if (drop > 0) {
      this.#entries = this.#entries.slice(drop)
      this.#first += drop
    }
  }
}
