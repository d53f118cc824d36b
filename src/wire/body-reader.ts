import { isUtf8 } from 'node:buffer'
import { SqlError } from '../base/sql-error.ts'
import { protocolViolation } from './protocol-error.ts'

/** Reads the fields of one message; every read is bounds-checked and ends in 08P01, never in garbage. */
export class BodyReader {
  private at = 0
  private readonly body: Buffer

  constructor(body: Buffer) {
    this.body = body
  }

  byte(): number {
    this.need(1)
    return this.body[this.at++]
  }
  int16(): number {
    this.need(2)
    this.at += 2
    return this.body.readInt16BE(this.at - 2)
  }
  uint16(): number {
    this.need(2)
    this.at += 2
    return this.body.readUInt16BE(this.at - 2)
  }
  int32(): number {
    this.need(4)
    this.at += 4
    return this.body.readInt32BE(this.at - 4)
  }
  uint32(): number {
    this.need(4)
    this.at += 4
    return this.body.readUInt32BE(this.at - 4)
  }
  bytes(n: number): Buffer {
    if (n < 0) throw protocolViolation('invalid message format')
    this.need(n)
    this.at += n
    return this.body.subarray(this.at - n, this.at)
  }
  /** A zero-terminated UTF-8 string. */
  text(): string {
    const end = this.body.indexOf(0, this.at)
    if (end < 0) throw protocolViolation('invalid string in message')
    const bytes = this.body.subarray(this.at, end)
    this.at = end + 1
    if (!isUtf8(bytes)) throw invalidUtf8(bytes)
    return bytes.toString('utf8')
  }
  get remaining(): number {
    return this.body.length - this.at
  }
  /** Nothing may follow the last field. */
  end(): void {
    if (this.at !== this.body.length) throw protocolViolation('invalid message format')
  }

  private need(n: number): void {
    if (this.at + n > this.body.length) throw protocolViolation('insufficient data left in message')
  }
}

/** 22021 naming the first bytes that are no UTF-8, as PostgreSQL does. */
function invalidUtf8(bytes: Uint8Array): SqlError {
  let start = 0
  while (start < bytes.length) {
    let length = 1
    while (length <= 4 && !isUtf8(bytes.subarray(start, start + length))) length++
    if (length > 4) break
    start += length
  }
  const lead = bytes[start]
  const width = lead >= 0xf8 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  const shown = [...bytes.subarray(start, start + width)].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`)
  return new SqlError('22021', `invalid byte sequence for encoding "UTF8": ${shown.join(' ')}`)
}
