import type { Notice } from '../base/sql-error.ts'
import type { CatalogSnapshot } from '../catalog/entry.ts'
import type { Finishing } from '../plan/logical.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Measurement, RunningState } from '../sql/explain-state.ts'
import type { RelationStatistics } from '../sql/optimise/rule.ts'
import type { Batch } from '../types/batch.ts'
import type { RowType, SqlType } from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'

/**
 * The one narrow interface between sessions and the engine. Sessions parse and plan; the engine reads, writes, and
 * changes the catalog. Everything rejects with SqlError; a call whose `signal` is aborted rejects with 57014.
 */
export interface Engine {
  /** The newest catalog; immutable. */
  catalog(): CatalogSnapshot
  /** now() for statements that read: µs of the newest tick's clock. */
  nowMicros(): number
  /** Whether the clock that now(), time-outs and schedules read runs, or moves by `advanceClock` only. */
  clock(): ClockMode
  /** 55000 on a server whose clock cannot be stopped. */
  setClock(mode: ClockMode): void
  /** Moves a standing clock on to a time; resolves once everything that became due is visible. */
  advanceClock(toMs: number): Promise<void>
  /** The event time of a relation; null: it has none. */
  eventTime(object: number): EventTime | null
  /** What a materialized view runs, and what its operators hold now; null: there is no such view. */
  runningState(object: number): RunningState | null
  /** How many rows a relation has; null: it is not stored. */
  storedRows(object: number): number | null
  /** What a relation holds, as far as the planner asks; null: it is not stored, or empty. */
  statistics(object: number): RelationStatistics | null
  /** Raises a relation's watermark; resolves once what it closes is durable and visible. */
  advanceWatermark(object: number, value: number): Promise<void>
  /** EXPLAIN ANALYZE: a pull whose rows are only counted. */
  measure(request: ReadRequest, call: CallContext): Promise<Measurement>
  /** A pull at the newest durable tick. */
  read(request: ReadRequest, call: CallContext): Promise<ReadResult>
  subscribe(request: SubscribeRequest, call: CallContext): Promise<Subscription>
  /** One autocommit statement, evaluated at its commit tick; resolves once durable and visible. `params`: $1…. */
  write(statement: WriteStatement, call: CallContext, params: Row): Promise<WriteResult>
  /** An explicit transaction: reads at its first statement's tick plus its own writes; commits in one tick. */
  begin(options: { readonly readOnly: boolean }): Transaction
  /** Autocommit DDL; resolves once durable and visible. A failed one leaves nothing behind. */
  /** Answers with the rows that CREATE TABLE … AS put in, MERGE LATE brought in; null where no query was run. */
  ddl(statement: DdlStatement, call: CallContext): Promise<number | null>
}

/** Type of the column, and the watermark as a number of its unit; null: none yet. */
export interface EventTime {
  readonly type: SqlType
  readonly watermark: number | null
}

export type ClockMode = 'system' | 'manual'

/** What one call may use of its session. */
export interface CallContext {
  readonly signal: AbortSignal
  /** A wait for a row lock ends after so long; ms, 0: it does not. */
  readonly lockTimeoutMs: number
  notice(notice: Notice): void
  /** Session settings that functions read. */
  setting(name: string): string | undefined
  readonly user: string
  readonly database: string
  readonly searchPath: readonly string[]
  readonly timeZone: string
  /** extra_float_digits, where it is 0 or below: floats are written with fewer digits. */
  readonly floatDigits?: number | undefined
  /** What sequences handed out to the session: currval and lastval. */
  readonly sequences?: SequencesSeen
}

export interface SequencesSeen {
  /** By object id. */
  readonly values: Map<number, bigint>
  /** The one of the newest value. */
  last: number | null
}

export interface ReadRequest {
  readonly plan: PhysicalPlan
  readonly finishing: Finishing
  /** After finishing. */
  readonly fields: RowType
  /** Index or primary-key path that answers the whole query without a circuit, when the planner found one. */
  readonly lookup: LookupPlan | null
  /** Values of $1…; already coerced to the planned types. */
  readonly params: Row
}

export interface LookupPlan {
  readonly object: number
  /** Key columns of the object's primary key or of an index, and the values wanted (constants or params). */
  readonly columns: readonly number[]
  readonly keys: readonly Scalar[]
  /** Over the object's columns. */
  readonly residual: Scalar | null
  readonly project: readonly Scalar[]
}

export interface ReadResult {
  readonly tick: number
  readonly timestampMs: number
  readonly rowCount: number
  /** Batches with positive diffs, in final order, finishing applied; a row of diff n stands for n rows. */
  readonly batches: AsyncIterable<Batch> | Iterable<Batch>
}

export interface SubscribeRequest {
  /** A view, table or source to follow; or a plan of an ad-hoc SELECT (not resumable). */
  readonly target:
    | { readonly kind: 'object'; readonly object: number }
    | { readonly kind: 'plan'; readonly plan: PhysicalPlan }
  readonly fields: RowType
  readonly snapshot: boolean
  readonly progress: boolean
  readonly asOf: number | null
  readonly asOfAtLeast: boolean
  readonly upTo: number | null
  readonly params: Row
}

export interface Subscription {
  /** The AS OF time actually used. */
  readonly asOf: number
  /** Messages ready now (possibly none); never waits. Rows of one timestamp come together, in canonical order. */
  poll(maxRows: number): readonly SubscribeMessage[]
  /** Resolves when poll has something, or the subscription ended. */
  wait(signal: AbortSignal): Promise<void>
  /** True once UP TO was reached (or the input is constant) and all messages were polled. */
  readonly ended: boolean
  close(): void
}

export type SubscribeMessage =
  | { readonly kind: 'rows'; readonly timestampMs: number; readonly batch: Batch }
  /** No more changes below this timestamp. */
  | { readonly kind: 'progress'; readonly timestampMs: number }
  | { readonly kind: 'error'; readonly sqlstate: string; readonly message: string }

/** Produced by src/sql (plan/dml.ts, plan/ddl.ts). */
export type WriteStatement = import('../plan/dml.ts').DmlPlan
export type DdlStatement = import('../plan/ddl.ts').DdlPlan

export interface WriteResult {
  readonly command: 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE' | 'TRUNCATE'
  readonly count: number
  /** RETURNING rows in statement order; null without RETURNING. */
  readonly returning: { readonly fields: RowType; readonly batches: readonly Batch[] } | null
  readonly tick: number
}

/** A place in one transaction: how much it had changed and locked. */
export interface Savepoint {
  /** Of each table that it had seen, the changes. */
  readonly changes: ReadonlyMap<number, number>
  readonly bytes: number
  readonly locks: number
  readonly restarted: number
  readonly deferred: DeferredMark
}

/** Of DEFERRABLE constraints: how many checks wait, and what SET CONSTRAINTS said, by object id; `all` null: nothing. */
export interface DeferredMark {
  readonly checks: number
  readonly all: boolean | null
  readonly some: ReadonlyMap<number, boolean>
}

export interface Transaction {
  read(request: ReadRequest, call: CallContext): Promise<ReadResult>
  write(statement: WriteStatement, call: CallContext, params: Row): Promise<WriteResult>
  /** SELECT … FOR UPDATE / SHARE by primary key: waits for row locks (40P01 on deadlock). */
  lockRows(table: number, keys: readonly Row[], call: CallContext): Promise<void>
  /** SET CONSTRAINTS, by object id, null: all; 23503 where one does not hold that is not deferred any more. */
  setConstraints(constraints: readonly number[] | null, deferred: boolean, call: CallContext): Promise<void>
  /** Where the transaction stands: what `rollbackTo` goes back to, any number of times. */
  savepoint(): Savepoint
  /** Undoes what was changed, and lets go what was locked, since then. What was read stays read. */
  rollbackTo(savepoint: Savepoint): void
  /** All or nothing, in one tick. 40001 when what was read has changed. */
  commit(call: CallContext): Promise<{ readonly tick: number }>
  rollback(): void
}

export type { Datum }
