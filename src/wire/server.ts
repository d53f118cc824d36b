import { createServer, type Server, type Socket } from 'node:net'
import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import { SqlError } from '../base/sql-error.ts'
import type { Session } from '../session/contract.ts'
import { Connection } from './connection.ts'
import type { ConnectionHost, OpenSession } from './connection-host.ts'
import { WIRE_LIMITS } from './limits.ts'
import { SharedRows } from './shared-rows.ts'

export interface WireServerOptions {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  readonly openSession: OpenSession
  readonly runtime: Runtime
  readonly log: Log
  readonly connectionsMax?: number
  readonly startupTimeoutMs?: number
}

export interface WireServer {
  readonly port: number
  /** Sessions open now. */
  connections(): number
  /** Stops accepting, lets running statements end for `graceMs`, then cancels them. */
  close(graceMs?: number): Promise<void>
  /** Ends every connection with this error, whatever runs; resolves when the clients have taken it, or soon after. */
  fail(error: SqlError): Promise<void>
  /** Cuts every socket. */
  kill(): Promise<void>
}

const CLOSE_GRACE_MS = 2_000
/** How long clients have to take the last that they are told. */
const FAIL_GRACE_MS = 1_000

export async function startWireServer(options: WireServerOptions): Promise<WireServer> {
  const server = new PgServer(options)
  await server.listen(options.host, options.port)
  return server
}

class PgServer implements WireServer {
  private readonly server: Server
  private readonly connectionsOpen = new Map<Connection, Promise<void>>()
  private readonly sessions = new Map<number, Session>()
  private readonly options: WireServerOptions
  private readonly host: ConnectionHost

  constructor(options: WireServerOptions) {
    this.options = options
    this.host = {
      runtime: options.runtime,
      log: options.log,
      startupTimeoutMs: options.startupTimeoutMs ?? WIRE_LIMITS.startupTimeoutMs,
      sharedRows: new SharedRows(),
      open: (request) => this.open(request),
      closed: (session) => this.sessions.delete(session.backendPid),
      cancel: (pid, secretKey) => {
        const session = this.sessions.get(pid)
        if (session !== undefined && session.secretKey === secretKey) session.cancel()
      },
    }
    this.server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.accept(socket))
  }

  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(port, host, () => {
        this.server.off('error', reject)
        this.server.on('error', (error) => this.options.log.error('wire server', { error }))
        resolve()
      })
    })
  }

  get port(): number {
    const address = this.server.address()
    return typeof address === 'object' && address !== null ? address.port : this.options.port
  }

  connections(): number {
    return this.sessions.size
  }

  async close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    const listening = this.stopListening()
    for (const connection of this.connectionsOpen.keys()) connection.shutdown()
    const { runtime } = this.options
    let cancelTimer = runtime.setTimer(() => {
      for (const connection of this.connectionsOpen.keys()) connection.cancel()
      // A client that does not read would hold its statement for ever.
      cancelTimer = runtime.setTimer(() => this.destroyAll(), graceMs)
    }, graceMs)
    await Promise.all(this.connectionsOpen.values())
    cancelTimer()
    this.destroyAll()
    await listening
  }

  async fail(error: SqlError): Promise<void> {
    const closed = this.stopListening()
    for (const connection of this.connectionsOpen.keys()) connection.fail(error)
    const cancelTimer = this.options.runtime.setTimer(() => this.destroyAll(), FAIL_GRACE_MS)
    await closed
    cancelTimer()
  }

  async kill(): Promise<void> {
    const listening = this.stopListening()
    this.destroyAll()
    await listening
  }

  private destroyAll(): void {
    for (const connection of this.connectionsOpen.keys()) connection.destroy()
  }

  private stopListening(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()))
  }

  private accept(socket: Socket): void {
    // Sockets that have not said yet what they want (cancel requests among them) are bounded too.
    if (this.connectionsOpen.size >= 2 * this.connectionsMax + 16) {
      socket.destroy()
      return
    }
    const connection = new Connection(socket, this.host)
    const served = connection.serve().catch((error) => this.options.log.error('connection', { error }))
    this.connectionsOpen.set(connection, served)
    socket.once('close', () => this.connectionsOpen.delete(connection))
  }

  private get connectionsMax(): number {
    return this.options.connectionsMax ?? WIRE_LIMITS.connectionsMax
  }

  private open(request: Parameters<OpenSession>[0]): Session {
    if (this.sessions.size >= this.connectionsMax) throw new SqlError('53300', 'sorry, too many clients already')
    const session = this.options.openSession(request)
    this.sessions.set(session.backendPid, session)
    return session
  }
}
