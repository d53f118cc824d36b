import { connect, type Socket } from 'node:net'
import { serialize } from 'pg-protocol'

const READY_FOR_QUERY = 90
const ERROR_RESPONSE = 69

/**
 * A protocol client that does as little as possible, so that it is the server that is measured: it sends bytes made
 * beforehand and reads replies no further than the headers of their messages.
 */
export class RawClient {
  private readonly socket: Socket
  /** What came after the last whole message. */
  private rest: Buffer = Buffer.alloc(0)
  private waiting: { resolve(): void; reject(error: Error): void } | null = null

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.read(chunk))
    socket.on('error', (error) => this.waiting?.reject(error))
  }

  static async open(url: string): Promise<RawClient> {
    const { hostname, port, username, pathname } = new URL(url)
    const socket = connect(Number(port), hostname)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    const client = new RawClient(socket)
    await client.send(serialize.startup({ user: username, database: pathname.slice(1) }))
    return client
  }

  /** Sends and waits for ReadyForQuery. */
  send(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
      this.socket.write(bytes)
    })
  }
  query(sql: string): Promise<void> {
    return this.send(serialize.query(sql))
  }
  close(): void {
    this.socket.destroy()
  }

  private read(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    let at = 0
    while (at + 5 <= bytes.length) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      if (end > bytes.length) break
      if (bytes[at] === ERROR_RESPONSE) this.waiting?.reject(new Error(bytes.toString('latin1', at + 5, end)))
      if (bytes[at] === READY_FOR_QUERY) {
        const { waiting } = this
        this.waiting = null
        waiting?.resolve()
      }
      at = end
    }
    this.rest = bytes.subarray(at)
  }
}

export const parseMessage = (name: string, text: string): Buffer =>
  Buffer.concat([serialize.parse({ name, text, types: [] }), serialize.sync()])

/** Bind, Execute and Sync of a prepared statement with one parameter. */
export const executeMessage = (statement: string, value: string): Buffer =>
  Buffer.concat([serialize.bind({ statement, values: [value] }), serialize.execute({}), serialize.sync()])
