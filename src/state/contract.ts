import type { Batch } from '../types/batch.ts'
import type { Column } from '../types/column.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'

/**
 * What operators see of state. They never see a store: memory and LMDB stand behind the same structures, which live in
 * typed arrays off the JS heap, cut into chunks of CHUNK_ROWS slots, and remember which slots changed since the last
 * checkpoint. A slot is a row's place (Int32, stable until the row is removed; reused afterwards).
 *
 * Laws:
 * - Single writer: the engine thread, inside a tick. Readers between ticks, or through a Pin.
 * - Everything is deterministic: the same calls in the same order give the same slots and the same scan order.
 * - A structure restored from a checkpoint answers every call as the original did (slots may differ).
 * - Typed arrays returned by `chunk…()` are valid until the next call that may insert, evict or release (pin again).
 */
export const CHUNK_SHIFT = 10
export const CHUNK_ROWS = 1 << CHUNK_SHIFT
export const CHUNK_MASK = CHUNK_ROWS - 1

/** How a state column is laid out. `i32` is for counters and links of operators. */
export type StateColumnKind = 'f64' | 'i32' | 'i64' | 'num' | 'str' | 'any'

export interface SortColumn {
  readonly column: number
  readonly desc: boolean
  readonly nullsFirst: boolean
}

/** Pairs of a batched probe; grown by the callee, reused by the caller. Row probe[i] matches slot[i], i < n. */
export interface Matches {
  n: number
  probe: Int32Array
  slot: Int32Array
}

/** What every durable structure owes to checkpoint, recovery and `millrace.operator_state`. */
export interface StateStructure {
  /** Stable name: `<object id>/<operator number>/<part>`; the key of its blocks in the store. */
  readonly id: string
  /** Live rows. */
  readonly rows: number
  /** Bytes held, garbage included. */
  bytes(): number
}

/** An arrangement: a Z-set of rows, kept under a key, mutated in place. Several rows may share a key. */
export interface Arrangement extends StateStructure {
  readonly types: readonly SqlType[]
  /** Key columns; empty = one group (every row has the same, empty key). */
  readonly key: readonly number[]
  /** With an order, rows of one key are kept sorted by it, ties by encoded row; without, in slot-chain order. */
  readonly order: readonly SortColumn[] | null
  /**
   * Adds a delta: counts are summed per distinct row (all columns), a row whose count becomes 0 is removed. Counts may
   * be negative in between. NULLs are equal to each other here. Cost per row: O(1), with an order O(log n).
   */
  apply(delta: Batch): void
  /** For each of n probe rows (columns in the order of `key`) every slot with that key. NULL keys match NULL keys. */
  probe(keys: readonly Column[], n: number, out: Matches): void
  /** No row was ever there more often than this. */
  readonly countHighest: number
  /** The signed count of a slot's row. */
  diff(slot: number): number
  diffs(slots: Int32Array, n: number): Int32Array
  /** The given columns of the given slots, as batch columns. */
  gather(columns: readonly number[], slots: Int32Array, n: number): Column[]
  rowAt(slot: number): Row
  /** All rows in batches, by slot, or by order when the key is empty and there is an order. Between ticks only. */
  scan(): Iterable<Batch>
  /** About so many of the rows, evenly from all of them. Between ticks only. Cost: what it gives. */
  sample(rowsMax: number): Iterable<Batch>
  /**
   * Ordered only: slots of one key in order, from rank `from` on, at most `limit` slots (a slot of count 3 is one slot).
   * Negative counts are included; the caller decides. Cost O(log n + limit).
   */
  range(keys: readonly Column[], row: number, from: number, limit: number, out: Int32Array): number
  /**
   * Ordered only: how many slots of the row's key lie before it (the row has all columns, and need not be there).
   * `out[0]`: the slot of the identical row, -1 when there is none. Cost O(log n).
   */
  rankOf(cols: readonly Column[], row: number, out: Int32Array): number
  /**
   * Ordered only: how many slots of the key lie before the value in the first column of the order; `past`: before it or
   * at it. Cost O(log n).
   */
  seek(keys: readonly Column[], row: number, values: Column, valueRow: number, past: boolean): number
  /**
   * Ordered only: how many slots, and where copies are counted how many of those, lie before the row (it has all
   * columns) by the order alone; `past`: before it or beside it. Cost O(log n).
   */
  seekRow(cols: readonly Column[], row: number, past: boolean): { slots: number; copies: number }
  /** Counting copies only: how many rows there are of a key, a row of count 3 three times, of negative count never. O(1). */
  copies(keys: readonly Column[], row: number): number
  /** Counting copies only: the slot of the n-th of those rows in order, from 0; -1 beyond the last. Cost O(log n). */
  atCopy(keys: readonly Column[], row: number, n: number): number
  /** A consistent image of this moment for readers that run in slices beside later ticks; release it soon. */
  pin(): ArrangementPin
  clear(): void
}

/** An arrangement as it was when pinned: current state minus the undo log. */
export interface ArrangementPin {
  scan(): Iterable<Batch>
  /** Matching rows of one key, as they were. */
  lookup(key: Row): { readonly row: Row; readonly diff: number }[]
  release(): void
}

/** One row a key, with accumulator columns that an operator overwrites in loops (group-by state and the like). */
export interface KeyedTable extends StateStructure {
  readonly keyTypes: readonly SqlType[]
  readonly columns: readonly StateColumnKind[]
  /** Slots of the n keys, -1 where absent. */
  find(keys: readonly Column[], n: number, out: Int32Array): void
  /** Slots of the n keys; a new slot has all accumulators 0 / empty / undefined. Equal keys get the same slot. */
  findOrInsert(keys: readonly Column[], n: number, out: Int32Array): void
  remove(slot: number): void
  /** Must be called before accumulators of the slot are overwritten in a tick: marks it changed. O(1). */
  touch(slot: number): void
  gatherKeys(slots: Int32Array, n: number): Column[]
  /** pin(): the chunk's array of an accumulator column, paged in when it was evicted. Index: slot & CHUNK_MASK. */
  chunkF64(column: number, chunk: number): Float64Array
  chunkI32(column: number, chunk: number): Int32Array
  chunkAny(column: number, chunk: number): unknown[]
  /** All live slots, ascending. */
  slots(): Iterable<number>
  clear(): void
}

/** Makes the structures of one circuit. The implementation behind it knows the store; operators do not. */
export interface StateFactory {
  arrangement(spec: {
    readonly id: string
    readonly types: readonly SqlType[]
    readonly key: readonly number[]
    readonly order?: readonly SortColumn[]
    /** Ordered only: the order also tells places among copies of rows. */
    readonly copies?: boolean
    /**
     * No retraction ever comes: rows are added without looking for identical ones, which then lie in slots of their own
     * (the same Z-set, not consolidated).
     */
    readonly appendOnly?: boolean
    /**
     * Told when the count of a row leaves 32 bits. The count stays at the highest there is, and is not right any more:
     * whoever makes the structure sees to it that this is known.
     */
    readonly overflowed?: () => void
  }): Arrangement
  keyedTable(spec: {
    readonly id: string
    readonly keyTypes: readonly SqlType[]
    readonly columns: readonly StateColumnKind[]
    /** Codec of `any` accumulators; values must survive encode → decode. */
    readonly anyCodec?: { encode(v: unknown): Uint8Array; decode(b: Uint8Array): unknown }
  }): KeyedTable
  /** Forgets a structure for good (its view was dropped): blocks are freed at the next checkpoint. */
  drop(id: string): void
}

/** The checkpoint's view of all structures of the server (implemented beside the factory). */
export interface CheckpointableState {
  /** Live rows of all structures. */
  rows(): number
  /** Rows changed since the last `collect`: what the checkpoint cadence watches. */
  dirtyRows(): number
  dirtyBytes(): number
  /**
   * Copies what changed since the last collect, in slices of at most 64 k rows: yields after each slice so that the
   * engine can go on with I/O (but not with ticks). The result is handed to the store under one generation.
   */
  collect(): Generator<void, readonly StateDelta[]>
}

/** Encoded changes of one structure, ready for the store: blocks of ≤ 64 KiB each, checksummed by the store. */
export interface StateDelta {
  readonly id: string
  readonly dropped: boolean
  readonly blocks: readonly Uint8Array[]
}
