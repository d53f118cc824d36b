import { isUtf8 } from 'node:buffer'
import type { StrBuilder, WideBuilder } from '../../types/column-build.ts'
import { decodeUtf8 } from '../../types/utf8.ts'

/** Bytes that are not what the schema says, or a value that its column cannot hold: the record becomes a dead letter. */
export class AvroDataError extends Error {}

/** Items without bytes (nulls, empty records) of one array or map: nothing else bounds them. */
const EMPTY_ITEMS_MAX = 1_000_000
/** Records within records of one payload. */
const DEPTH_MAX = 256

/** A position in Avro's binary encoding. Every read is checked against the end of the payload. */
export class AvroCursor {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  /** Number of the field of the top record that is read: for messages. */
  field = -1
  depth = 0
  private view: DataView = new DataView(new ArrayBuffer(0))
  private emptyItems = 0

  begin(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.at = start
    this.end = end
    this.field = -1
    this.depth = 0
    this.emptyItems = 0
  }

  boolean(): number {
    const byte = this.byte()
    if (byte > 1) throw new AvroDataError(`${byte} is no boolean`)
    return byte
  }

  int(): number {
    const value = this.long()
    if (typeof value === 'bigint' || value > 2147483647 || value < -2147483648) {
      throw new AvroDataError(`${value} is no 32-bit integer`)
    }
    return value
  }

  long(): number | bigint {
    const { bytes, end } = this
    let at = this.at
    let low = 0
    // Four groups fit 32-bit arithmetic, three more a double.
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= end) throw short()
      const byte = bytes[at++]
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.at = at
        return (low >>> 1) ^ -(low & 1)
      }
    }
    let value = low
    for (let factor = 2 ** 28; factor < 2 ** 49; factor *= 128) {
      if (at >= end) throw short()
      const byte = bytes[at++]
      value += (byte & 0x7f) * factor
      if (byte < 0x80) {
        this.at = at
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2
      }
    }
    return this.wideLong()
  }

  private wideLong(): number | bigint {
    let value = 0n
    for (let i = 0; ; i++) {
      const byte = this.byte()
      if (i === 9 && byte > 1) throw new AvroDataError('an integer of more than 64 bits')
      value |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) break
    }
    const signed = value & 1n ? -((value + 1n) / 2n) : value / 2n
    return signed >= -9007199254740991n && signed <= 9007199254740991n ? Number(signed) : signed
  }

  longInto(builder: WideBuilder): void {
    const value = this.long()
    if (typeof value === 'bigint') builder.appendBigint(value)
    else builder.appendNumber(value)
  }

  float(): number {
    const at = this.take(4)
    return this.view.getFloat32(at, true)
  }

  double(): number {
    const at = this.take(8)
    return this.view.getFloat64(at, true)
  }

  /** The length of what follows; its bytes are checked to be there, and not passed over. */
  length(): number {
    const length = this.long()
    if (typeof length === 'bigint' || length < 0 || length > this.end - this.at) throw short()
    return length
  }

  /** Passes over so many bytes; where they began. */
  take(length: number): number {
    const at = this.at
    if (length > this.end - at) throw short()
    this.at = at + length
    return at
  }

  copy(length: number): Uint8Array {
    const at = this.take(length)
    // Not slice(): that of a Buffer shares the memory.
    return Uint8Array.from(this.bytes.subarray(at, at + length))
  }

  text(): string {
    const length = this.length()
    const at = this.take(length)
    checkText(this.bytes, at, this.at)
    return decodeUtf8(this.bytes, at, this.at)
  }

  textInto(builder: StrBuilder): void {
    const length = this.length()
    const at = this.take(length)
    checkText(this.bytes, at, this.at)
    builder.appendBytes(this.bytes, at, this.at)
  }

  /** The branch of a union of so many. */
  branch(count: number): number {
    const branch = this.long()
    if (typeof branch === 'bigint' || branch < 0 || branch >= count) {
      throw new AvroDataError(`a union has no branch ${branch}`)
    }
    return branch
  }

  /** Reads the blocks of an array or a map. */
  items(read: () => void): void {
    for (;;) {
      let count = this.long()
      if (count === 0) return
      if (count < 0) {
        count = -count
        this.long()
      }
      if (typeof count === 'bigint') throw short()
      for (; count > 0; count--) {
        const at = this.at
        read()
        if (this.at === at && ++this.emptyItems > EMPTY_ITEMS_MAX) throw new AvroDataError('too many empty items')
      }
    }
  }

  enter(): void {
    if (++this.depth > DEPTH_MAX) throw new AvroDataError(`records are nested more than ${DEPTH_MAX} deep`)
  }

  private byte(): number {
    if (this.at >= this.end) throw short()
    return this.bytes[this.at++]
  }
}

function short(): AvroDataError {
  return new AvroDataError('the record ends too early')
}

/** Texts of SQL are UTF-8 without U+0000. */
export function checkText(bytes: Uint8Array, start: number, end: number): void {
  let i = start
  while (i < end && bytes[i] > 0 && bytes[i] < 0x80) i++
  if (i === end) return
  if (bytes.subarray(i, end).includes(0)) throw new AvroDataError('a text holds a null character')
  if (!isUtf8(bytes.subarray(i, end))) throw new AvroDataError('a text is not valid UTF-8')
}
