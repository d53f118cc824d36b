import { connect, type Socket } from 'node:net'
import type { BackendMessage, MessageName } from 'pg-protocol/dist/messages.js'
import { Parser } from 'pg-protocol/dist/parser.js'
import { serialize } from 'pg-protocol/dist/serializer.js'

/** A message as pg-protocol's client parser understood it. */
export type Received = BackendMessage & Record<string, unknown>

/** A client of single messages: sends any bytes, reads through pg-protocol's parser. */
export class RawClient {
  readonly socket: Socket
  readonly received: Received[] = []
  closed = false
  private readonly parser = new Parser()
  private waiting: (() => void)[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (data) => {
      this.parser.parse(data, (message) => this.received.push(message as Received))
      this.wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
      this.wake()
    })
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1')
    const client = new RawClient(socket)
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return client
  }

  /** Connected and ready for queries. */
  static async ready(port: number, options: Record<string, string> = {}): Promise<RawClient> {
    const client = await RawClient.open(port)
    client.send(serialize.startup({ user: 'millrace', database: 'millrace', ...options }))
    await client.until('readyForQuery')
    return client
  }

  send(...messages: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(messages))
  }

  /** All messages up to and including the first of that name; they are taken off `received`. */
  async until(name: MessageName): Promise<Received[]> {
    for (;;) {
      const at = this.received.findIndex((message) => message.name === name)
      if (at >= 0) return this.received.splice(0, at + 1)
      if (this.closed) throw new Error(`connection closed before ${name}: ${JSON.stringify(this.received)}`)
      await this.more()
    }
  }

  async untilClosed(): Promise<Received[]> {
    while (!this.closed) await this.more()
    return this.received.splice(0)
  }

  end(): void {
    this.socket.destroy()
  }

  private more(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }
  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}
