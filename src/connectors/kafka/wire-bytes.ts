import { KafkaError } from './transport.ts'

/** Primitives of Kafka's request and response bodies, classic and flexible (KIP-482) alike. */
export class WireReader {
  private readonly buffer: Buffer
  private at = 0

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  int8(): number {
    return this.buffer.readInt8(this.move(1))
  }
  int16(): number {
    return this.buffer.readInt16BE(this.move(2))
  }
  int32(): number {
    return this.buffer.readInt32BE(this.move(4))
  }
  int64(): bigint {
    return this.buffer.readBigInt64BE(this.move(8))
  }
  /** An offset: within 2^53 for any log that a broker can hold. */
  offset(): number {
    return Number(this.int64())
  }
  uvarint(): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < 5; i++) {
      const byte = this.buffer[this.move(1)]
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
    throw malformed()
  }
  uuid(): string {
    const start = this.move(16)
    return this.buffer.toString('hex', start, start + 16)
  }
  /** STRING or NULLABLE_STRING, compact in flexible messages. */
  string(flexible: boolean): string | null {
    const bytes = this.take(flexible ? this.uvarint() - 1 : this.int16())
    return bytes === null ? null : bytes.toString('utf8')
  }
  /** RECORDS: a view of the response, not a copy. */
  bytes(flexible: boolean): Uint8Array {
    return this.take(flexible ? this.uvarint() - 1 : this.int32()) ?? Buffer.alloc(0)
  }
  array<T>(flexible: boolean, item: () => T): T[] {
    const n = flexible ? this.uvarint() - 1 : this.int32()
    const items: T[] = []
    for (let i = 0; i < n; i++) items.push(item())
    return items
  }
  /** Tagged fields of a flexible structure: none of them matters here. */
  tags(flexible: boolean): void {
    if (!flexible) return
    for (let n = this.uvarint(); n > 0; n--) {
      this.uvarint()
      this.move(this.uvarint())
    }
  }
  private take(length: number): Buffer | null {
    if (length < 0) return null
    const start = this.move(length)
    return this.buffer.subarray(start, start + length)
  }
  private move(length: number): number {
    const start = this.at
    if (length < 0 || start + length > this.buffer.length) throw malformed()
    this.at = start + length
    return start
  }
}

export class WireWriter {
  private buffer = Buffer.alloc(256)
  private used = 0

  int8(value: number): this {
    const at = this.move(1)
    this.buffer.writeInt8(value, at)
    return this
  }
  int16(value: number): this {
    const at = this.move(2)
    this.buffer.writeInt16BE(value, at)
    return this
  }
  int32(value: number): this {
    const at = this.move(4)
    this.buffer.writeInt32BE(value, at)
    return this
  }
  uint32(value: number): this {
    const at = this.move(4)
    this.buffer.writeUInt32BE(value, at)
    return this
  }
  int64(value: number | bigint): this {
    const at = this.move(8)
    this.buffer.writeBigInt64BE(BigInt(value), at)
    return this
  }
  uvarint(value: number): this {
    while (value >= 0x80) {
      const at = this.move(1)
      this.buffer[at] = (value % 128) | 0x80
      value = Math.floor(value / 128)
    }
    const at = this.move(1)
    this.buffer[at] = value
    return this
  }
  /** Zigzag, as inside records. */
  varint(value: number): this {
    return this.uvarint(value >= 0 ? value * 2 : -value * 2 - 1)
  }
  uuid(hex: string): this {
    const at = this.move(16)
    this.buffer.write(hex, at, 16, 'hex')
    return this
  }
  string(flexible: boolean, value: string): this {
    const length = Buffer.byteLength(value)
    if (flexible) this.uvarint(length + 1)
    else this.int16(length)
    const at = this.move(length)
    this.buffer.write(value, at)
    return this
  }
  bytes(value: Uint8Array): this {
    const at = this.move(value.length)
    this.buffer.set(value, at)
    return this
  }
  arrayLength(flexible: boolean, n: number): this {
    return flexible ? this.uvarint(n + 1) : this.int32(n)
  }
  /** No tagged fields. */
  tags(flexible: boolean): this {
    return flexible ? this.uvarint(0) : this
  }
  get length(): number {
    return this.used
  }
  finish(): Buffer {
    return this.buffer.subarray(0, this.used)
  }
  /** May replace the buffer: call it before naming `this.buffer`. */
  private move(length: number): number {
    const start = this.used
    this.used += length
    if (this.used > this.buffer.length) {
      const bigger = Buffer.alloc(Math.max(this.used, this.buffer.length * 2))
      bigger.set(this.buffer)
      this.buffer = bigger
    }
    return start
  }
}

function malformed(): KafkaError {
  return new KafkaError('connection', '08P01', 'malformed response from the Kafka broker')
}
