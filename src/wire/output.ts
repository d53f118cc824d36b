import type { Socket } from 'node:net'
import type { Runtime } from '../base/runtime.ts'
import { ByteWriter } from './byte-writer.ts'
import { WIRE_LIMITS } from './limits.ts'

const INITIAL_BYTES = 16 * 1024

/**
 * The outgoing side of a connection: messages gather in one buffer, which goes to the socket in pieces. A producer of
 * many rows calls `relieve` between rows; it costs nothing until a piece is full, then writes it, waits for a slow
 * client to drain, and lets the event loop have its turn.
 */
export class Output {
  readonly writer = new ByteWriter(INITIAL_BYTES)
  private readonly socket: Socket
  private readonly runtime: Runtime
  private closed = false
  /** Resolvers of producers that wait for the socket to drain. */
  private waiting: (() => void)[] = []

  constructor(socket: Socket, runtime: Runtime) {
    this.socket = socket
    this.runtime = runtime
    socket.on('drain', () => this.wake())
    socket.on('close', () => {
      this.closed = true
      this.wake()
    })
  }

  /** True when a piece is full. */
  get full(): boolean {
    return this.writer.at >= WIRE_LIMITS.outputPieceBytes
  }

  /** Hands everything written so far to the socket. False when the socket wants to drain first. */
  flush(): boolean {
    const { writer, socket } = this
    writer.dropHalf()
    if (writer.at === 0) return true
    const piece = writer.buffer.subarray(0, writer.at)
    writer.at = 0
    if (this.closed) return true
    const open = socket.write(piece)
    // Nothing queued means that the kernel took (copied) all of it at once, so the buffer is ours again.
    if (socket.writableLength > 0) writer.buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
    else if (writer.buffer.length > 4 * WIRE_LIMITS.outputPieceBytes) {
      writer.buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
    }
    return open
  }

  /** The last that the client gets: what is written from now on goes nowhere. */
  end(): void {
    this.flush()
    this.closed = true
    this.socket.end()
    this.wake()
  }

  /** Back-pressure point of row producers. */
  async relieve(signal?: AbortSignal): Promise<void> {
    if (!this.flush()) await this.drained(signal)
    await this.runtime.yieldToIo()
    signal?.throwIfAborted()
  }

  /** Flushes and waits until the client has taken it. */
  async drain(signal?: AbortSignal): Promise<void> {
    if (!this.flush()) await this.drained(signal)
  }

  /** Until the client has taken what is queued, is gone, or `signal` is aborted, whose reason it rejects with. */
  private async drained(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.closed || !this.socket.writableNeedDrain) return
    const wake = (): void => this.wake()
    signal?.addEventListener('abort', wake, { once: true })
    await new Promise<void>((resolve) => this.waiting.push(resolve))
    signal?.removeEventListener('abort', wake)
    signal?.throwIfAborted()
  }

  private wake(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const resolve of waiting) resolve()
  }
}
