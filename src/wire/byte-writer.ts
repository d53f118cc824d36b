import { encodeUtf8Into } from '../types/utf8.ts'

/**
 * One growing buffer of outgoing bytes. `ensure` first, then the `put…` methods write without a check: a DataRow asks
 * once for all its fixed parts.
 */
export class ByteWriter {
  buffer: Buffer
  at = 0
  /** Where the message that is being written began, or -1. */
  private open = -1

  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafeSlow(capacity)
  }

  ensure(n: number): void {
    if (this.at + n <= this.buffer.length) return
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.at + n))
    this.buffer.copy(bigger, 0, 0, this.at)
    this.buffer = bigger
  }

  byte(value: number): void {
    this.ensure(1)
    this.buffer[this.at++] = value
  }
  int16(value: number): void {
    this.ensure(2)
    const b = this.buffer
    b[this.at++] = value >> 8
    b[this.at++] = value
  }
  int32(value: number): void {
    this.ensure(4)
    this.putInt32At(this.at, value)
    this.at += 4
  }
  putInt32At(at: number, value: number): void {
    const b = this.buffer
    b[at] = value >> 24
    b[at + 1] = value >> 16
    b[at + 2] = value >> 8
    b[at + 3] = value
  }
  utf8(text: string): void {
    this.ensure(text.length * 3)
    this.at = encodeUtf8Into(text, this.buffer, this.at)
  }
  /** A zero-terminated string; zero bytes within would end it early and are dropped. */
  cstring(text: string): void {
    this.utf8(text.includes('\0') ? text.replaceAll('\0', '') : text)
    this.byte(0)
  }
  bytes(source: Uint8Array, start = 0, end = source.length): void {
    const n = end - start
    this.ensure(n)
    const b = this.buffer
    // A subarray costs more than a few dozen byte moves.
    if (n < 48) for (let i = 0; i < n; i++) b[this.at + i] = source[start + i]
    else b.set(source.subarray(start, end), this.at)
    this.at += n
  }

  /**
   * Starts a message: its type byte and room for the length. Returns what `end` needs. A message that was begun and
   * not ended, because its writer threw, is dropped: what follows it must begin where the client looks for it.
   */
  begin(type: string): number {
    this.dropHalf()
    this.ensure(5)
    this.open = this.at
    this.buffer[this.at] = type.charCodeAt(0)
    this.at += 5
    return this.at - 4
  }
  end(lengthAt: number): void {
    this.putInt32At(lengthAt, this.at - lengthAt)
    this.open = -1
  }

  /** Drops a message that was not ended. */
  dropHalf(): void {
    if (this.open >= 0) this.at = this.open
    this.open = -1
  }
}
