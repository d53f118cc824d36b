import { assert } from '../base/assert.ts'
import { decodeUtf8, encodeUtf8 } from '../types/utf8.ts'

const LARGE_BYTES = 1 << 20

/** Growable little-endian bytes, with typed arrays copied in whole at 8-byte boundaries. */
export class ByteWriter {
  length = 0
  private buffer: Uint8Array

  constructor(capacity = 1024) {
    this.buffer = new Uint8Array(capacity)
  }
  byte(value: number): void {
    this.room(1)
    this.buffer[this.length++] = value
  }
  /** Unsigned LEB128, up to 2^53. */
  varint(value: number): void {
    this.room(8)
    while (value >= 0x80) {
      this.buffer[this.length++] = (value % 0x80) | 0x80
      value = Math.floor(value / 0x80)
    }
    this.buffer[this.length++] = value
  }
  f64(value: number): void {
    this.room(8)
    new DataView(this.buffer.buffer).setFloat64(this.length, value, true)
    this.length += 8
  }
  raw(bytes: Uint8Array): void {
    this.room(bytes.length)
    this.buffer.set(bytes, this.length)
    this.length += bytes.length
  }
  text(value: string): void {
    const bytes = encodeUtf8(value)
    this.varint(bytes.length)
    this.raw(bytes)
  }
  /** Pads to a multiple of 8 from the start. */
  align(): void {
    this.room(8)
    while (this.length % 8 !== 0) this.buffer[this.length++] = 0
  }
  /** The memory of a typed array, aligned. */
  array(view: ArrayBufferView): void {
    this.align()
    this.raw(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
  }
  /** The bytes; the writer is empty again. Large ones are handed over where they nearly fill their buffer, not copied. */
  finish(): Uint8Array {
    const { buffer, length } = this
    const handsOver = length >= LARGE_BYTES && length * 4 >= buffer.length * 3
    this.length = 0
    if (!handsOver) return buffer.slice(0, length)
    this.buffer = new Uint8Array(0)
    return buffer.subarray(0, length)
  }
  private room(more: number): void {
    if (this.length + more <= this.buffer.length) return
    const needed = this.length + more
    // Large buffers grow by a third: what is written behind a large value is mostly little.
    const grown = this.buffer.length < LARGE_BYTES ? this.buffer.length * 2 : Math.ceil(needed * 1.3)
    const bigger = new Uint8Array(Math.max(grown, needed))
    bigger.set(this.buffer.subarray(0, this.length))
    this.buffer = bigger
  }
}

/** Reads what ByteWriter wrote; its bytes start at an 8-byte boundary of their buffer (`aligned` sees to that). */
export class ByteReader {
  at = 0
  readonly bytes: Uint8Array
  private readonly view: DataView

  constructor(bytes: Uint8Array) {
    assert(bytes.byteOffset % 8 === 0, 'a block is read from aligned memory')
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  byte(): number {
    this.expect(1)
    return this.bytes[this.at++]
  }
  varint(): number {
    let value = 0
    let unit = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * unit
      if (byte < 0x80) return value
      unit *= 0x80
    }
  }
  f64(): number {
    this.expect(8)
    this.at += 8
    return this.view.getFloat64(this.at - 8, true)
  }
  raw(length: number): Uint8Array {
    this.expect(length)
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
  text(): string {
    const length = this.varint()
    this.expect(length)
    this.at += length
    return decodeUtf8(this.bytes, this.at - length, this.at)
  }
  align(): void {
    this.at = (this.at + 7) & ~7
  }
  /** Moves past an aligned array of `size` bytes and returns its byte offset in the underlying buffer. */
  array(size: number): number {
    this.align()
    this.expect(size)
    this.at += size
    return this.bytes.byteOffset + this.at - size
  }
  private expect(more: number): void {
    assert(more >= 0 && this.at + more <= this.bytes.length, 'a block is as long as it says')
  }
}

/** The same bytes in memory of our own that starts at an 8-byte boundary. */
export function aligned(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return copy
}
