import type { Notice, SqlError } from '../base/sql-error.ts'
import type { Batch } from '../types/batch.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { TextOptions } from '../types/text.ts'
import type { Datum } from '../types/value.ts'

/**
 * A session: statements, portals, settings, transaction state. It knows nothing of sockets or message bytes, so that it
 * runs in tests and embedded. `wire/` drives it; one statement at a time, in order.
 */
export interface Session {
  readonly backendPid: number
  readonly secretKey: number
  /** I idle, T in a transaction, E in a failed transaction. */
  readonly transactionStatus: 'I' | 'T' | 'E'
  /** How values are written as text. */
  textOptions(): TextOptions
  /** Settings that drivers follow (ParameterStatus), with their values now. */
  reportedSettings(): readonly (readonly [name: string, value: string])[]
  /** Simple query: any number of statements, PostgreSQL's implicit-transaction rules. */
  simpleQuery(sql: string, sink: ResultSink): Promise<void>
  parse(name: string, sql: string, paramOids: readonly number[]): Promise<void>
  bind(
    portal: string,
    statement: string,
    params: readonly Datum[] | readonly RawParam[],
    resultFormats: readonly (0 | 1)[],
  ): Promise<void>
  describeStatement(name: string): {
    readonly paramTypes: readonly SqlType[]
    readonly fields: readonly ResultField[] | null
  }
  describePortal(name: string): readonly ResultField[] | null
  /**
   * maxRows 0: all. `alone`: the group ends right after, so that a lone statement need not open a transaction.
   * Failures go to `sink.error`; those of parse, bind and the others reject or throw.
   */
  execute(portal: string, maxRows: number, sink: ResultSink, alone?: boolean): Promise<void>
  closeStatement(name: string): void
  closePortal(name: string): void
  /** End of an extended-query group: closes the implicit transaction. */
  sync(): Promise<void>
  /** A message failed outside of the calls above: an open transaction fails with it. */
  failTransaction(): void
  /** 57014 for the statement that runs now. */
  cancel(): void
  close(): Promise<void>
}

/** A parameter as it came over the wire, decoded once its type is known. */
export interface RawParam {
  readonly format: 0 | 1
  readonly bytes: Uint8Array | null
}

export interface ResultField {
  readonly name: string
  readonly type: SqlType
  /** Origin, when a plain column of a table: pg_attribute.attrelid / attnum. */
  readonly tableOid: number
  readonly columnNumber: number
  readonly format: 0 | 1
}

/**
 * Where a running statement sends its results. What returns a promise resolves when more may be sent (back-pressure), and
 * rejects with the reason of `signal` as soon as that is aborted, whether or not the client ever reads.
 */
export interface ResultSink {
  rowDescription(fields: readonly ResultField[]): void
  /** Rows of diff n are sent n times. `shared`: other sinks are sent this very batch too (subscribers of one view). */
  rows(batch: Batch, fields: readonly ResultField[], shared?: boolean, signal?: AbortSignal): Promise<void>
  copyOutStart(columns: number): void
  copyData(data: Uint8Array | string, signal?: AbortSignal): Promise<void>
  copyOutEnd(): void
  /** COPY FROM STDIN: chunks until done; throws 57014 when the client fails the copy. */
  copyIn(columns: number, signal?: AbortSignal): AsyncIterable<Uint8Array>
  commandComplete(tag: string): void
  emptyQuery(): void
  portalSuspended(): void
  notice(notice: Notice): void
  parameterStatus(name: string, value: string): void
  /** What was sent so far reaches the client now: streams call it when they run dry. */
  flush(signal?: AbortSignal): Promise<void>
  /** Errors end the statement; the session has set its transaction status already. */
  error(error: SqlError): void
}
