import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { AbortedTransaction } from './transport.ts'

/**
 * Walks the record batches (format v2) of one fetched partition in place: 84 ns a record, where building an object per
 * record costs 705. Control batches and batches of aborted transactions are passed over. What cannot be read (corrupt,
 * unknown compression) is reported with its offset and passed over: positions always advance.
 *
 * Gotchas: a batch may begin before the asked offset (compressed batches come whole); compaction leaves holes, and
 * batches that kept their last offset but lost records; the last batch of a response may be cut. The CRC is not
 * checked: the broker did at produce, TCP does on the way, and CRC-32C in JavaScript would be the dearest step here.
 */
export const BATCH_OVERHEAD = 61

const AT_LENGTH = 8
const AT_MAGIC = 16
const AT_ATTRIBUTES = 21
const AT_LAST_DELTA = 23
const AT_FIRST_TIMESTAMP = 27
const AT_MAX_TIMESTAMP = 35
const AT_PRODUCER_ID = 43
const AT_COUNT = 57

const COMPRESSION = 0x07
const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/** A batch unpacks to at most this much: the bound of what one record batch may make us allocate. */
const UNPACKED_BYTES_MAX = 256 * 1024 * 1024

/** refused: an intact batch in a compression that this server does not read; going on would lose its records. */
export type Step = 'record' | 'unreadable' | 'refused' | 'end'

export class RecordWalk {
  /** The record that `next` stopped at. Lengths of -1 are NULL. Bytes are valid until the walk goes on to the next batch. */
  bytes: Uint8Array
  offset = 0
  timestampMs = 0
  keyStart = 0
  keyLength = -1
  valueStart = 0
  valueLength = -1
  headersStart = 0
  /** Why 'unreadable': everything from `offset` to the end of its batch. */
  reason = ''
  /** Offset after everything looked at so far. */
  position: number

  private readonly records: Buffer
  private readonly from: number
  private readonly aborted: readonly AbortedTransaction[]
  private readonly abortedProducers = new Set<bigint>()
  private nextAborted = 0
  private batchAt = 0
  private batchEnd = 0
  private batchOffset = 0
  private batchNext = 0
  private firstTimestamp = 0
  private appendTimestamp = -1
  private left = 0
  private at = 0
  private end = 0
  private repeats = false

  constructor(records: Uint8Array, from: number, aborted: readonly AbortedTransaction[]) {
    this.records = Buffer.from(records.buffer, records.byteOffset, records.byteLength)
    this.bytes = this.records
    this.from = from
    this.position = from
    this.aborted = aborted
  }

  /** The record that `next` stopped at is found by it once more. */
  again(): void {
    this.repeats = true
    this.position = this.offset
  }

  next(): Step {
    if (this.repeats) {
      this.repeats = false
      this.position = this.offset + 1
      return 'record'
    }
    for (;;) {
      while (this.left > 0) {
        this.left--
        if (!this.readRecord()) {
          this.offset = Math.max(this.position, this.batchOffset)
          return this.giveUp('corrupt record')
        }
        if (this.offset >= this.from) {
          this.position = this.offset + 1
          return 'record'
        }
      }
      this.leaveBatch()
      const opened = this.openBatch()
      if (opened !== 'records') return opened
    }
  }

  private leaveBatch(): void {
    this.batchAt = this.batchEnd
    if (this.batchNext > this.position) this.position = this.batchNext
  }

  /** Finds the next batch with visible records. */
  private openBatch(): Step | 'records' {
    const records = this.records
    for (; ; this.leaveBatch()) {
      const at = this.batchAt
      if (at + BATCH_OVERHEAD > records.length) return 'end'
      const end = at + 12 + records.readInt32BE(at + AT_LENGTH)
      if (end > records.length) return 'end'
      this.batchEnd = end
      this.batchOffset = Number(records.readBigInt64BE(at))
      this.offset = Math.max(this.batchOffset, this.from)
      if (records[at + AT_MAGIC] !== 2) return this.oldFormat()
      this.batchNext = this.batchOffset + records.readInt32BE(at + AT_LAST_DELTA) + 1
      if (this.batchNext <= this.from) continue
      const attributes = records.readInt16BE(at + AT_ATTRIBUTES)
      if (this.isHidden(attributes)) continue
      this.left = records.readInt32BE(at + AT_COUNT)
      this.firstTimestamp = Number(records.readBigInt64BE(at + AT_FIRST_TIMESTAMP))
      this.appendTimestamp = attributes & LOG_APPEND_TIME ? Number(records.readBigInt64BE(at + AT_MAX_TIMESTAMP)) : -1
      const codec = attributes & COMPRESSION
      if (!isSupported(codec)) return this.refuse(codec)
      const reason = this.unpack(codec, at + BATCH_OVERHEAD, end)
      return reason === null ? 'records' : this.giveUp(reason)
    }
  }

  private isHidden(attributes: number): boolean {
    const transactional = (attributes & TRANSACTIONAL) !== 0
    if (!transactional && (attributes & CONTROL) === 0) return false
    const producer = this.records.readBigInt64BE(this.batchAt + AT_PRODUCER_ID)
    while (this.nextAborted < this.aborted.length && this.aborted[this.nextAborted].firstOffset < this.batchNext) {
      this.abortedProducers.add(this.aborted[this.nextAborted++].producerId)
    }
    if (attributes & CONTROL) {
      // A producer's transactions do not overlap: any marker of it ends the aborted one.
      this.abortedProducers.delete(producer)
      return true
    }
    return this.abortedProducers.has(producer)
  }

  private unpack(codec: number, start: number, end: number): string | null {
    this.at = start
    this.end = end
    this.bytes = this.records
    if (codec === 0) return null
    const packed = this.records.subarray(start, end)
    try {
      const options = { maxOutputLength: UNPACKED_BYTES_MAX }
      this.bytes = codec === 1 ? gunzipSync(packed, options) : zstdDecompressSync(packed, options)
    } catch (error) {
      return `corrupt ${codec === 1 ? 'gzip' : 'zstd'} data: ${(error as Error).message}`
    }
    this.at = 0
    this.end = this.bytes.length
    return null
  }

  private refuse(codec: number): 'refused' {
    this.left = 0
    this.batchNext = this.position
    this.batchEnd = this.batchAt
    const name = codec === 2 ? 'snappy' : codec === 3 ? 'lz4' : `codec ${codec}`
    this.reason = `compressed with ${name}, which is not supported (gzip and zstd are)`
    return 'refused'
  }

  private oldFormat(): 'unreadable' {
    this.batchNext = this.offset + 1
    return this.giveUp('a message format older than Kafka 0.11')
  }

  private giveUp(reason: string): 'unreadable' {
    this.left = 0
    this.reason = reason
    this.keyLength = -1
    this.valueLength = -1
    if (this.batchNext > this.position) this.position = this.batchNext
    return 'unreadable'
  }

  /** False when the record runs over its batch. */
  private readRecord(): boolean {
    const length = this.varint()
    const end = this.at + length
    if (length < 0 || end > this.end) return false
    this.at++ // attributes: none are defined
    const delta = this.varint()
    this.timestampMs = this.appendTimestamp >= 0 ? this.appendTimestamp : this.firstTimestamp + delta
    const offset = this.batchOffset + this.varint()
    this.keyLength = this.varint()
    this.keyStart = this.at
    if (this.keyLength > 0) this.at += this.keyLength
    if (this.at > end) return false
    this.valueLength = this.varint()
    this.valueStart = this.at
    if (this.valueLength > 0) this.at += this.valueLength
    if (this.at > end || offset < this.batchOffset || offset >= this.batchNext) return false
    this.offset = offset
    this.headersStart = this.at
    this.at = end
    return true
  }

  /** The headers of the record, names and values; reads no further than the record. */
  headers(): readonly (readonly [string, Uint8Array | null])[] {
    const resume = this.at
    this.at = this.headersStart
    const count = this.varint()
    const headers: [string, Uint8Array | null][] = []
    for (let i = 0; i < count && this.at < resume; i++) {
      const name = this.slice(this.varint()) ?? new Uint8Array(0)
      const value = this.slice(this.varint())
      headers.push([Buffer.from(name).toString('utf8'), value])
    }
    this.at = resume
    return headers
  }

  private slice(length: number): Uint8Array | null {
    if (length < 0) return null
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** Zigzag varint; exact up to 2^53. */
  private varint(): number {
    const bytes = this.bytes
    let byte = bytes[this.at++]
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    byte = bytes[this.at++]
    value |= (byte & 0x7f) << 7
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    byte = bytes[this.at++]
    value |= (byte & 0x7f) << 14
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    let factor = 0x200000
    for (let i = 0; i < 7; i++) {
      byte = bytes[this.at++]
      value += (byte & 0x7f) * factor
      if (byte < 0x80) break
      factor *= 128
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}

function isSupported(codec: number): boolean {
  return codec === 0 || codec === 1 || codec === 4
}

/** Offset after the last complete batch, from the headers alone: where the next fetch goes on while this one is decoded. */
export function offsetAfter(records: Uint8Array, from: number): number {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  let next = from
  for (let at = 0; at + BATCH_OVERHEAD <= view.byteLength; ) {
    const end = at + 12 + view.getInt32(at + AT_LENGTH)
    if (end > view.byteLength || end < at + 12) break
    const first = Number(view.getBigInt64(at))
    const last = view.getInt8(at + AT_MAGIC) === 2 ? view.getInt32(at + AT_LAST_DELTA) : 0
    next = Math.max(next, first + last + 1)
    at = end
  }
  return next
}
