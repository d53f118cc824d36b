import { isUtf8 } from 'node:buffer'
import { decodeUtf8 } from '../../types/utf8.ts'

/** Bytes that are no message, or a value that its column cannot hold: the record becomes a dead letter. */
export class ProtoDataError extends Error {}

const DEPTH_MAX = 100

/** A position in Protobuf's wire format, inside the message that is read. */
export class ProtoCursor {
  readonly bytes: Uint8Array
  at: number
  end: number
  private depth = 0
  private readonly view: DataView

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = start
    this.end = end
  }

  /** An unsigned integer of up to 64 bits. */
  varint(): number | bigint {
    let value = 0
    for (let factor = 1, i = 0; i < 7; i++, factor *= 128) {
      const byte = this.byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
    let wide = BigInt(value)
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.byte()
      wide |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, wide)
    }
    throw new ProtoDataError('an integer of more than 64 bits')
  }

  /** The length of what follows, which is there. */
  length(): number {
    const length = this.varint()
    if (typeof length === 'bigint' || length > this.end - this.at) throw short()
    return length
  }

  take(length: number): number {
    const at = this.at
    if (length > this.end - at) throw short()
    this.at = at + length
    return at
  }

  fixed32(): number {
    return this.view.getUint32(this.take(4), true)
  }
  fixed64(): bigint {
    return this.view.getBigUint64(this.take(8), true)
  }
  float(): number {
    return this.view.getFloat32(this.take(4), true)
  }
  double(): number {
    return this.view.getFloat64(this.take(8), true)
  }

  text(): string {
    const length = this.length()
    const at = this.take(length)
    const part = this.bytes.subarray(at, this.at)
    if (part.includes(0)) throw new ProtoDataError('a text holds a null character')
    if (!isUtf8(part)) throw new ProtoDataError('a text is not valid UTF-8')
    return decodeUtf8(this.bytes, at, this.at)
  }

  copy(): Uint8Array {
    const length = this.length()
    const at = this.take(length)
    return Uint8Array.from(this.bytes.subarray(at, this.at))
  }

  /** Reads a part of so many bytes, to its end. */
  within(length: number, read: () => void): void {
    const end = this.end
    this.end = this.at + length
    if (++this.depth > DEPTH_MAX) throw new ProtoDataError(`messages are nested more than ${DEPTH_MAX} deep`)
    while (this.at < this.end) read()
    this.depth--
    this.end = end
  }

  /** Passes over a value of this wire type. */
  skip(wire: number): void {
    if (wire === 0) this.varint()
    else if (wire === 1) this.take(8)
    else if (wire === 2) this.take(this.length())
    else if (wire === 5) this.take(4)
    else throw new ProtoDataError(`wire type ${wire} is not known`)
  }

  private byte(): number {
    if (this.at >= this.end) throw short()
    return this.bytes[this.at++]
  }
}

const short = (): ProtoDataError => new ProtoDataError('the message ends too early')
