import type { StateStructure } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { Column } from '../types/column.ts'
import { INT4, type SqlType, TEXT } from '../types/sql-type.ts'

/**
 * The operator contract.
 *
 * A circuit is a graph of operators joined by edges. In a tick every operator with pending input runs once, in
 * topological order (a nested scope runs its body to a fixpoint). An edge carries two Z-sets under the same laws: rows,
 * and errors. Laws that every operator keeps:
 * - the output summed over ticks ≤ t equals the batch query over the inputs summed over ticks ≤ t (P1), for any deltas,
 *   negative intermediate counts within a tick included;
 * - a tick without input gives no output (except what `frontier`/time releases), and costs nothing;
 * - what it emits in one tick need not be consolidated; consumers that care consolidate;
 * - no Date, randomness, Map iteration over hashes or insertion order leak into the output multiset;
 * - errors are data: an error of an input row is emitted with the row's diff, retracts with it, and never throws.
 */
export interface Operator {
  /** Number within its circuit; stable for a stored plan: names the state. */
  readonly id: number
  /** For EXPLAIN ANALYZE, millrace.operator_state, logs: `join`, `aggregate`, … */
  readonly name: string
  /** SQL position of the clause that it implements (0-based offset), -1 when none. */
  readonly position: number
  readonly inputs: readonly Edge[]
  readonly output: Edge
  /** Consumes all pending input of its edges, emits to `output`. */
  step(tick: TickContext): void
  /** The durable structures it owns. */
  state(): readonly StateStructure[]
  /** Bytes of state. */
  bytes(): number
  /** Lowest now() (µs) at which this operator may emit without new input (time-driven operators); Infinity: never. */
  frontier(): number
  /** Lower bound of event time of future rows, per output column with one; null = none known. */
  watermark(): number | null
  /** Event time below `bound` is closed for good: state that only rows below could touch may go. */
  release(bound: number): void
  /** Hash partition this instance serves; 0 of 1 until circuits are sharded. */
  readonly shard: { readonly index: number; readonly of: number }
}

/**
 * What the clock is among the watermarks: no row is stamped with a time of arrival below the tick's now any more. The
 * number of no relation.
 */
export const CLOCK = 0

export interface TickContext {
  readonly tick: number
  /** mz_timestamp: strictly increasing, ms. */
  readonly timestampMs: number
  /** now(): µs since 1970 UTC; never decreasing. */
  readonly nowMicros: number
  /** Watermarks of the relations that have one, and of the CLOCK, after the tick's input: relation → number of its column's unit. */
  readonly watermarks?: ReadonlyMap<number, number>
  /** Rounds run inside nested scopes are bounded by this; beyond: an error row 54001. */
  readonly recursionRoundsMax: number
}

/** A pending delta: lists of immutable batches, rows and errors. `push…` marks the consumer runnable. */
export interface Edge {
  readonly types: readonly SqlType[]
  pushRows(batch: Batch): void
  /** Columns of an error batch: ERROR_TYPES. */
  pushErrors(batch: Batch): void
  /** Takes everything pending for this consumer. */
  take(): Delta
  readonly pending: boolean
}

export interface Delta {
  readonly rows: readonly Batch[]
  readonly errors: readonly Batch[]
}

/** Columns of every error Z-set, in canonical order: sqlstate, message, operator, position (1-based, 0 none), source row as text. */
export const ERROR_COLUMNS = ['sqlstate', 'message', 'operator', 'position', 'source_row'] as const
export const ERROR_TYPES: readonly SqlType[] = [TEXT, TEXT, TEXT, INT4, TEXT]

/**
 * A compiled expression over a batch: returns a column of n rows. For a row that raises an error it records it in
 * `errors` (row index) and leaves any value; rows already in `errors` may be skipped. Never throws for row errors.
 * `position` of an error is a 0-based offset, -1 for none.
 */
export type Kernel = (cols: readonly Column[], n: number, errors: RowErrors, tick: TickContext) => Column

/** Errors of one batch by row: first error of a row wins. */
export interface RowErrors {
  /** Number of rows with an error. */
  count: number
  add(row: number, sqlstate: string, message: string, position: number): void
  has(row: number): boolean
}
