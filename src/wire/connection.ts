import type { Socket } from 'node:net'
import { SqlError } from '../base/sql-error.ts'
import type { Session } from '../session/contract.ts'
import type { TextOptions } from '../types/text.ts'
import * as message from './backend.ts'
import type { ConnectionHost } from './connection-host.ts'
import { copyChunks } from './copy-input.ts'
import { FrameReader } from './frame-reader.ts'
import { type FrontendMessage, frontendKind, frontendLimit, readFrontend } from './frontend.ts'
import { handshake } from './handshake.ts'
import { Input } from './input.ts'
import { Output } from './output.ts'
import { FatalError, protocolViolation } from './protocol-error.ts'
import { MessageSink, type SinkPort } from './result-sink.ts'
import type { SharedRows } from './shared-rows.ts'

/**
 * What may come next:
 * - ready: any statement message;
 * - skipping: an extended-query message failed, all is dropped up to Sync;
 * - copyFailed: a COPY FROM STDIN of a simple query failed, the data still under way is dropped.
 */
type State = 'ready' | 'skipping' | 'copyFailed'

/** One client: its socket, its session, and the loop that answers one message after the other. */
export class Connection implements SinkPort {
  readonly output: Output
  readonly sharedRows: SharedRows
  private readonly input: Input
  private readonly socket: Socket
  private readonly host: ConnectionHost
  private session: Session | null = null
  private state: State = 'ready'
  private busy = false
  private stopping = false
  /** Set by whoever finds out, below a statement, that the connection cannot go on. */
  private fatal: FatalError | null = null

  constructor(socket: Socket, host: ConnectionHost) {
    this.socket = socket
    this.host = host
    this.sharedRows = host.sharedRows
    this.output = new Output(socket, host.runtime)
    this.input = new Input(socket, new FrameReader(frontendLimit))
    // A client that is gone ends its statement.
    socket.on('close', () => this.session?.cancel())
    socket.on('error', (error) => host.log.debug('connection lost', { reason: error.message }))
  }

  async serve(): Promise<void> {
    try {
      const cancelTimer = this.host.runtime.setTimer(() => this.socket.destroy(), this.host.startupTimeoutMs)
      try {
        this.session = await handshake(this.input, this.output, this.host)
      } finally {
        cancelTimer()
      }
      if (this.session !== null) await this.answer(this.session)
    } catch (error) {
      this.sayFatal(error)
    } finally {
      await this.end()
    }
  }

  /** Ends the connection with 57P01: at once when idle, else after the running statement. */
  shutdown(): void {
    this.stopping = true
    if (!this.busy) this.input.stop()
  }

  cancel(): void {
    this.session?.cancel()
  }

  /** The server can do nothing more: the client hears why, in the middle of a statement too, and nothing after it. */
  fail(error: SqlError): void {
    if (this.session === null) {
      this.destroy()
      return
    }
    message.writeError(this.output.writer, error, 'FATAL')
    this.output.end()
    this.shutdown()
    this.socket.resume()
  }

  destroy(): void {
    this.socket.destroy()
  }

  textOptions(): TextOptions {
    return this.session?.textOptions() ?? {}
  }

  readCopyData(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return copyChunks(this.input, signal, (end) => {
      if (end.kind === 'lost') this.fatal = end.error
      else if (end.kind === 'abandoned') this.state = 'copyFailed'
    })
  }

  private async answer(session: Session): Promise<void> {
    while (!this.stopping) {
      const frame = await this.input.frame()
      if (frame === null) break
      const kind = frontendKind(frame)
      if (kind === 'terminate') return
      if (this.state === 'skipping' && kind !== 'sync') continue
      if (this.state === 'copyFailed') {
        if (kind === 'copyDone' || kind === 'copyFail') this.state = 'ready'
        if (kind === 'copyData' || kind === 'copyDone' || kind === 'copyFail') continue
      }
      this.state = 'ready'
      this.busy = true
      try {
        await this.handle(session, readFrontend(frame))
      } catch (error) {
        if (error instanceof FatalError) throw error
        session.failTransaction()
        message.writeError(this.output.writer, this.asSqlError(error), 'ERROR')
        if (kind === 'query' || kind === 'functionCall' || kind === 'sync') this.ready(session)
        else this.skip()
      }
      this.busy = false
      if (this.fatal !== null) throw this.fatal
      // Pipelined replies gather, but never without bound.
      if (this.output.full) await this.output.relieve()
    }
    if (this.stopping) {
      throw new FatalError(new SqlError('57P01', 'terminating connection due to administrator command'))
    }
  }

  private async handle(session: Session, received: FrontendMessage): Promise<void> {
    const { writer } = this.output
    switch (received.kind) {
      case 'query':
        await session.simpleQuery(received.sql, new MessageSink(this))
        return this.ready(session)
      case 'parse':
        await session.parse(received.name, received.sql, received.paramOids)
        return message.writeParseComplete(writer)
      case 'bind':
        await session.bind(received.portal, received.statement, received.params, received.resultFormats)
        return message.writeBindComplete(writer)
      case 'describe':
        return received.what === 'statement'
          ? this.describeStatement(session, received.name)
          : this.describePortal(session, received.name)
      case 'execute': {
        const sink = new MessageSink(this)
        await session.execute(received.portal, received.maxRows, sink, this.input.syncFollows)
        if (sink.failed) this.skip()
        return
      }
      case 'close':
        if (received.what === 'statement') session.closeStatement(received.name)
        else session.closePortal(received.name)
        return message.writeCloseComplete(writer)
      case 'flush':
        this.output.flush()
        return
      case 'sync':
        await session.sync()
        return this.ready(session)
      case 'functionCall':
        throw new SqlError('0A000', 'the function call protocol is not supported', {
          hint: 'Call the function in a SELECT.',
        })
      case 'copyData':
      case 'copyDone':
      case 'copyFail':
      case 'password':
        throw new FatalError(protocolViolation(`unexpected ${received.kind} message`))
      case 'terminate':
        return
    }
  }

  private describeStatement(session: Session, name: string): void {
    const { paramTypes, fields } = session.describeStatement(name)
    message.writeParameterDescription(this.output.writer, paramTypes)
    if (fields === null) message.writeNoData(this.output.writer)
    else message.writeRowDescription(this.output.writer, fields)
  }

  private describePortal(session: Session, name: string): void {
    const fields = session.describePortal(name)
    if (fields === null) message.writeNoData(this.output.writer)
    else message.writeRowDescription(this.output.writer, fields)
  }

  private ready(session: Session): void {
    message.writeReadyForQuery(this.output.writer, session.transactionStatus)
    this.output.flush()
  }

  private skip(): void {
    this.state = 'skipping'
    // The client may wait for this error before it sends Sync.
    this.output.flush()
  }

  private sayFatal(error: unknown): void {
    const known = error instanceof FatalError ? error.error : this.asSqlError(error)
    message.writeError(this.output.writer, known, 'FATAL')
  }

  private asSqlError(error: unknown): SqlError {
    if (error instanceof SqlError) return error
    this.host.log.error('unexpected error in a connection', { error })
    return new SqlError('XX000', 'internal error', { hint: 'The server log has the details.' })
  }

  private async end(): Promise<void> {
    this.output.flush()
    this.socket.end()
    // A client that never reads must not hold its socket: what it has not taken by then is dropped.
    const cancelTimer = this.host.runtime.setTimer(() => this.socket.destroy(), this.host.startupTimeoutMs)
    this.socket.once('close', cancelTimer)
    this.socket.resume()
    if (this.session !== null) {
      this.host.closed(this.session)
      await this.session.close()
    }
  }
}
