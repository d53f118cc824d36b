import { WIRE_LIMITS } from './limits.ts'
import { FatalError, protocolViolation } from './protocol-error.ts'

/** One message as framed: its type byte and the bytes after the length. */
export interface Frame {
  readonly type: number
  readonly body: Buffer
}

/** Most bytes that a message of this type may have, or undefined when there is no such message. */
export type FrameLimit = (type: number) => number | undefined

/**
 * Cuts the chunks of a socket into messages. A length is judged as soon as the header is there; nothing is allocated
 * for a body before all of it has arrived. A wrong length or type is fatal: what follows could not be framed.
 */
export class FrameReader {
  private chunks: Buffer[] = []
  /** First unread byte of chunks[0]. */
  private head = 0
  /** Unread bytes. */
  buffered = 0
  private readonly limitOf: FrameLimit

  constructor(limitOf: FrameLimit) {
    this.limitOf = limitOf
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.chunks.push(chunk)
    this.buffered += chunk.length
  }

  /** The next message with a type byte, or null until all of it is there. */
  next(): Frame | null {
    if (this.buffered < 5) return null
    const type = this.byteAt(0)
    const limit = this.limitOf(type)
    if (limit === undefined) throw new FatalError(protocolViolation(`invalid frontend message type ${type}`))
    const length = this.int32At(1)
    if (length < 4 || length - 4 > limit) throw new FatalError(protocolViolation('invalid message length'))
    if (this.buffered < 1 + length) return null
    this.skip(5)
    return { type, body: this.take(length - 4) }
  }

  /** Type of the next message as far as it has arrived; 0 when nothing has. */
  peekType(): number {
    return this.buffered === 0 ? 0 : this.byteAt(0)
  }

  /** The next packet without a type byte (startup, cancel, encryption requests). */
  nextStartup(): Buffer | null {
    if (this.buffered < 4) return null
    const length = this.int32At(0)
    if (length < 8 || length > WIRE_LIMITS.startupBytesMax) {
      throw new FatalError(protocolViolation('invalid length of startup packet'))
    }
    if (this.buffered < length) return null
    this.skip(4)
    return this.take(length - 4)
  }

  private byteAt(at: number): number {
    at += this.head
    let i = 0
    while (at >= this.chunks[i].length) at -= this.chunks[i++].length
    return this.chunks[i][at]
  }

  private int32At(at: number): number {
    const first = this.chunks[0]
    if (this.head + at + 4 <= first.length) return first.readInt32BE(this.head + at)
    return (this.byteAt(at) << 24) | (this.byteAt(at + 1) << 16) | (this.byteAt(at + 2) << 8) | this.byteAt(at + 3)
  }

  private skip(n: number): void {
    this.buffered -= n
    this.head += n
    while (this.chunks.length > 0 && this.head >= this.chunks[0].length) {
      this.head -= this.chunks[0].length
      this.chunks.shift()
    }
  }

  private take(n: number): Buffer {
    if (n === 0) return Buffer.alloc(0)
    const first = this.chunks[0]
    if (this.head + n <= first.length) {
      const body = first.subarray(this.head, this.head + n)
      this.skip(n)
      return body
    }
    const body = Buffer.allocUnsafe(n)
    let filled = 0
    let from = this.head
    let used = 0
    while (filled < n) {
      const chunk = this.chunks[used]
      filled += chunk.copy(body, filled, from, Math.min(chunk.length, from + n - filled))
      from = 0
      used++
    }
    // One cut at the end: shifting chunk by chunk would be quadratic for a large message in small chunks.
    const last = this.chunks[used - 1]
    const rest = this.chunksLength(used) - this.head - n
    this.buffered -= n
    this.chunks = rest > 0 ? [last, ...this.chunks.slice(used)] : this.chunks.slice(used)
    this.head = rest > 0 ? last.length - rest : 0
    return body
  }

  private chunksLength(count: number): number {
    let length = 0
    for (let i = 0; i < count; i++) length += this.chunks[i].length
    return length
  }
}
