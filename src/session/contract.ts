import type { Notice, SqlError } from '../base/sql-error.ts'
import type { Batch } from '../types/batch.ts'
import type { SqlType } from '../types/sql-type.ts'
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
  /** Simple query: any number of statements, PostgreSQL's implicit-transaction rules. */
  simpleQuery(sql: string, sink: ResultSink): Promise<void>
  parse(name: string, sql: string, paramOids: readonly number[]): Promise<void>
  bind(portal: string, statement: string, params: readonly Datum[] | readonly RawParam[], resultFormats: readonly (0 | 1)[]): Promise<void>
  describeStatement(name: string): { readonly paramTypes: readonly SqlType[]; readonly fields: readonly ResultField[] | null }
  describePortal(name: string): readonly ResultField[] | null
  /** maxRows 0: all. */
  execute(portal: string, maxRows: number, sink: ResultSink): Promise<void>
  closeStatement(name: string): void
  closePortal(name: string): void
  /** End of an extended-query group: closes the implicit transaction. */
  sync(): Promise<void>
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

/** Where a running statement sends its results; `write…` resolves when more may be sent (back-pressure). */
export interface ResultSink {
  rowDescription(fields: readonly ResultField[]): void
  /** Rows of diff n are sent n times. */
  rows(batch: Batch, fields: readonly ResultField[]): Promise<void>
  copyOutStart(columns: number): void
  copyData(data: Uint8Array | string): Promise<void>
  copyOutEnd(): void
  /** COPY FROM STDIN: chunks until done; throws 57014 when the client fails the copy. */
  copyIn(columns: number): AsyncIterable<Uint8Array>
  commandComplete(tag: string): void
  emptyQuery(): void
  portalSuspended(): void
  notice(notice: Notice): void
  parameterStatus(name: string, value: string): void
  /** Errors end the statement; the session has set its transaction status already. */
  error(error: SqlError): void
}
