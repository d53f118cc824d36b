import type { Notice, SqlError } from '../base/sql-error.ts'
import type { ResultField, ResultSink } from '../session/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { TextOptions } from '../types/text.ts'
import * as message from './backend.ts'
import { RowEncoder } from './data-row.ts'
import type { Output } from './output.ts'
import type { SharedRows } from './shared-rows.ts'

/** What a sink needs of its connection. */
export interface SinkPort {
  readonly output: Output
  readonly sharedRows: SharedRows
  textOptions(): TextOptions
  /** Chunks of COPY FROM STDIN until CopyDone. */
  readCopyData(signal?: AbortSignal): AsyncIterable<Uint8Array>
}

/** Results of one statement as messages. `failed` tells the connection to skip to the next Sync. */
export class MessageSink implements ResultSink {
  failed = false
  private readonly port: SinkPort

  constructor(port: SinkPort) {
    this.port = port
  }

  rowDescription(fields: readonly ResultField[]): void {
    message.writeRowDescription(this.writer, fields)
  }

  async rows(batch: Batch, fields: readonly ResultField[], shared = false, signal?: AbortSignal): Promise<void> {
    const { output } = this.port
    const options = this.port.textOptions()
    const bytes = shared ? this.port.sharedRows.get(batch, fields, options) : null
    if (bytes !== null) {
      output.writer.bytes(bytes)
      if (output.full) await output.relieve(signal)
      return
    }
    const encoder = new RowEncoder(output.writer, batch, fields, options)
    for (let i = 0; i < batch.n; i++) {
      for (let copies = batch.diffs[i]; copies > 0; copies--) {
        encoder.writeRow(i)
        if (output.full) await output.relieve(signal)
      }
    }
  }

  copyOutStart(columns: number): void {
    message.writeCopyResponse(this.writer, 'out', columns)
  }
  async copyData(data: Uint8Array | string, signal?: AbortSignal): Promise<void> {
    message.writeCopyData(this.writer, data)
    if (this.port.output.full) await this.port.output.relieve(signal)
  }
  copyOutEnd(): void {
    message.writeCopyDone(this.writer)
  }
  copyIn(columns: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    message.writeCopyResponse(this.writer, 'in', columns)
    this.port.output.flush()
    return this.port.readCopyData(signal)
  }
  commandComplete(tag: string): void {
    message.writeCommandComplete(this.writer, tag)
  }
  emptyQuery(): void {
    message.writeEmptyQuery(this.writer)
  }
  portalSuspended(): void {
    message.writePortalSuspended(this.writer)
  }
  /** Sent at once: a notice tells why a statement takes long. */
  notice(notice: Notice): void {
    message.writeNotice(this.writer, notice)
    this.port.output.flush()
  }
  parameterStatus(name: string, value: string): void {
    message.writeParameterStatus(this.writer, name, value)
  }
  async flush(signal?: AbortSignal): Promise<void> {
    await this.port.output.drain(signal)
  }
  error(error: SqlError): void {
    this.failed = true
    message.writeError(this.writer, error, 'ERROR')
  }

  private get writer() {
    return this.port.output.writer
  }
}
