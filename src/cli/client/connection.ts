/**
 * A small client of the PostgreSQL protocol: simple queries with text results, COPY out, COPY in, cancel. One statement
 * string at a time; the messages are pg-protocol's.
 */
import { connect as connectSocket, type Socket } from 'node:net'
import { type DatabaseError, parse, serialize } from 'pg-protocol'
import { ConnectionLost, QueryError, type ResultColumn, type ServerMessage, type StatementResult } from './result.ts'
import { md5Password, SCRAM, ScramExchange } from './scram.ts'
import { parseUrl } from './url.ts'

/** The messages that matter here, with the fields that pg-protocol gives them. */
interface Message {
  readonly name: string
  readonly fields?: readonly { readonly name: string; readonly dataTypeID: number }[] | readonly (string | null)[]
  readonly text?: string
  readonly status?: string
  readonly chunk?: Buffer
  readonly processID?: number
  readonly secretKey?: number
  readonly salt?: Buffer
  readonly mechanisms?: readonly string[]
  readonly data?: string
}

export interface QueryHooks {
  /** Each row as it arrives; the rows are then not kept. */
  onRow?(row: readonly (string | null)[], columns: readonly ResultColumn[]): void
  /** COPY TO STDOUT: each message, one or more whole lines with their line ends. */
  onCopyData?(text: string): void
  /** COPY FROM STDIN: what is sent. */
  readonly copyIn?: string
}

export type TransactionStatus = 'idle' | 'open' | 'failed'

interface Pending {
  readonly hooks: QueryHooks
  readonly results: StatementResult[]
  columns: ResultColumn[]
  rows: (string | null)[][]
  error: QueryError | null
  resolve(results: StatementResult[]): void
  reject(error: Error): void
}

const MESSAGE_BYTES_MAX = 1 << 30

export class PgConnection {
  status: TransactionStatus = 'idle'
  onNotice: (notice: ServerMessage) => void = () => {}
  readonly parameters = new Map<string, string>()
  readonly #socket: Socket
  readonly #url: string
  #pending: Pending | null = null
  #lost: ConnectionLost | null = null
  #scram: ScramExchange | null = null
  #backend: { processId: number; secret: number } | null = null

  private constructor(socket: Socket, url: string) {
    this.#socket = socket
    this.#url = url
  }

  static async connect(url: string): Promise<PgConnection> {
    const target = parseUrl(url)
    const socket = connectSocket({ host: target.host, port: target.port, noDelay: true })
    const connection = new PgConnection(socket, url)
    const ready = connection.#await({})
    socket.on('error', (error) => connection.#fail(`cannot reach ${target.host}:${target.port}: ${error.message}`))
    socket.on('close', () => connection.#fail('the server closed the connection'))
    socket.on('connect', () => {
      const options = { user: target.user, database: target.database, application_name: 'millrace' }
      socket.write(serialize.startup(options))
    })
    parse(socket, (message: unknown) => connection.#receive(message as Message))
    await ready
    return connection
  }

  /** All results of a query string; throws the first error once the server is ready again. */
  async query(sql: string, hooks: QueryHooks = {}): Promise<readonly StatementResult[]> {
    if (this.#lost) throw this.#lost
    if (this.#pending) throw new Error('a query is under way on this connection')
    if (sql.length > MESSAGE_BYTES_MAX) throw new Error('the query is too long')
    const done = this.#await(hooks)
    this.#socket.write(serialize.query(sql))
    return done
  }

  /** The rows of the last statement of `sql`. */
  async rows(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    return (await this.query(sql)).at(-1)?.rows ?? []
  }

  /** Asks the server to end what runs on this connection. */
  async cancel(): Promise<void> {
    const backend = this.#backend
    if (!backend) return
    const { host, port } = parseUrl(this.#url)
    await new Promise<void>((done) => {
      const socket = connectSocket({ host, port })
      socket.on('error', () => done())
      socket.on('close', () => done())
      socket.on('connect', () => socket.end(serialize.cancel(backend.processId, backend.secret)))
      socket.resume()
    })
  }

  get lost(): boolean {
    return this.#lost !== null
  }

  async close(): Promise<void> {
    if (this.#lost) return
    await new Promise<void>((done) => {
      this.#socket.once('close', () => done())
      this.#socket.end(serialize.end())
    })
  }

  /** Cuts the connection at once. */
  destroy(): void {
    this.#socket.destroy()
    this.#fail('the connection was cut')
  }

  #await(hooks: QueryHooks): Promise<StatementResult[]> {
    return new Promise((resolve, reject) => {
      this.#pending = { hooks, results: [], columns: [], rows: [], error: null, resolve, reject }
    })
  }

  #fail(reason: string): void {
    if (this.#lost) return
    this.#lost = new ConnectionLost(reason)
    const pending = this.#pending
    this.#pending = null
    // A FATAL error explains the end better than the closed socket does.
    pending?.reject(pending.error ?? this.#lost)
  }

  #receive(message: Message): void {
    const pending = this.#pending
    switch (message.name) {
      case 'authenticationCleartextPassword':
      case 'authenticationMD5Password':
      case 'authenticationSASL':
      case 'authenticationSASLContinue':
      case 'authenticationSASLFinal':
        try {
          this.#authenticate(message)
        } catch (error) {
          this.#fail((error as Error).message)
          this.#socket.destroy()
        }
        return
      case 'parameterStatus': {
        const { parameterName, parameterValue } = message as unknown as Record<string, string>
        this.parameters.set(parameterName, parameterValue)
        return
      }
      case 'backendKeyData':
        this.#backend = { processId: message.processID ?? 0, secret: message.secretKey ?? 0 }
        return
      case 'notice':
        this.onNotice(serverMessage(message as unknown as DatabaseError))
        return
      case 'error': {
        const error = new QueryError(serverMessage(message as unknown as DatabaseError))
        if (pending) pending.error ??= error
        return
      }
      case 'readyForQuery':
        this.status = message.status === 'T' ? 'open' : message.status === 'E' ? 'failed' : 'idle'
        this.#pending = null
        if (pending?.error) pending.reject(pending.error)
        else pending?.resolve(pending.results)
        return
      default:
        if (pending) this.#receiveResult(message, pending)
    }
  }

  #authenticate(message: Message): void {
    const { user, password } = parseUrl(this.#url)
    if (password === null) throw new Error('the server asks for a password: give one in the URL')
    switch (message.name) {
      case 'authenticationCleartextPassword':
        this.#socket.write(serialize.password(password))
        return
      case 'authenticationMD5Password':
        this.#socket.write(serialize.password(md5Password(user, password, message.salt ?? Buffer.alloc(0))))
        return
      case 'authenticationSASL':
        if (!message.mechanisms?.includes(SCRAM)) throw new Error(`the server does not offer ${SCRAM}`)
        this.#scram = new ScramExchange(password)
        this.#socket.write(serialize.sendSASLInitialResponseMessage(SCRAM, this.#scram.first()))
        return
      case 'authenticationSASLContinue':
        this.#socket.write(serialize.sendSCRAMClientFinalMessage(this.#scram?.answer(message.data ?? '') ?? ''))
        return
      default:
        this.#scram?.verify(message.data ?? '')
    }
  }

  #receiveResult(message: Message, pending: Pending): void {
    switch (message.name) {
      case 'rowDescription': {
        const fields = message.fields as readonly { name: string; dataTypeID: number }[]
        pending.columns = fields.map((f) => ({ name: f.name, typeOid: f.dataTypeID }))
        return
      }
      case 'dataRow': {
        const row = message.fields as (string | null)[]
        if (pending.hooks.onRow) pending.hooks.onRow(row, pending.columns)
        else pending.rows.push(row)
        return
      }
      case 'commandComplete':
      case 'emptyQuery':
        pending.results.push({ columns: pending.columns, rows: pending.rows, tag: message.text ?? '' })
        pending.columns = []
        pending.rows = []
        return
      case 'copyInResponse':
        if (pending.hooks.copyIn === undefined) {
          this.#socket.write(serialize.copyFail('there is nothing to copy from'))
        } else {
          this.#socket.write(serialize.copyData(Buffer.from(pending.hooks.copyIn)))
          this.#socket.write(serialize.copyDone())
        }
        return
      case 'copyData':
        pending.hooks.onCopyData?.(message.chunk?.toString('utf8') ?? '')
        return
    }
  }
}

function serverMessage(e: DatabaseError): ServerMessage {
  return {
    severity: e.severity ?? 'ERROR',
    sqlstate: e.code ?? 'XX000',
    message: e.message ?? '',
    detail: e.detail ?? null,
    hint: e.hint ?? null,
    position: e.position === undefined ? null : Number(e.position),
  }
}
