import type { Socket } from 'node:net'
import type { Frame, FrameReader } from './frame-reader.ts'
import { WIRE_LIMITS } from './limits.ts'

/** The incoming side of a connection: chunks in, whole messages out, one reader at a time. */
export class Input {
  private readonly socket: Socket
  private readonly reader: FrameReader
  private wake: (() => void) | null = null
  private ended = false
  private paused = false

  constructor(socket: Socket, reader: FrameReader) {
    this.socket = socket
    this.reader = reader
    socket.on('data', (chunk: Buffer) => this.received(chunk))
    socket.on('end', () => this.stop())
    socket.on('close', () => this.stop())
  }

  /** The next message; null when the client is gone or `stop` was called. Rejects when `signal` is aborted first. */
  async frame(signal?: AbortSignal): Promise<Frame | null> {
    for (;;) {
      const frame = this.reader.next()
      if (frame !== null) return frame
      if (this.ended) return null
      signal?.throwIfAborted()
      await this.more(signal)
    }
  }

  async startupPacket(): Promise<Buffer | null> {
    for (;;) {
      const packet = this.reader.nextStartup()
      if (packet !== null) return packet
      if (this.ended) return null
      await this.more()
    }
  }

  get buffered(): number {
    return this.reader.buffered
  }

  /** True when the message that follows is there already and is a Sync. */
  get syncFollows(): boolean {
    return this.reader.peekType() === 0x53
  }

  /** Whoever waits for a message gets null. */
  stop(): void {
    this.ended = true
    this.notify()
  }

  private received(chunk: Buffer): void {
    this.reader.push(chunk)
    // Nobody reads: a statement runs. TCP holds back what does not fit.
    if (this.wake === null && this.reader.buffered > WIRE_LIMITS.inputBufferBytesMax) {
      this.paused = true
      this.socket.pause()
    }
    this.notify()
  }

  private more(signal?: AbortSignal): Promise<void> {
    if (this.paused) {
      this.paused = false
      this.socket.resume()
    }
    return new Promise((resolve) => {
      const abort = (): void => this.notify()
      signal?.addEventListener('abort', abort, { once: true })
      this.wake = () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
    })
  }

  private notify(): void {
    const wake = this.wake
    this.wake = null
    wake?.()
  }
}
