import { gzipSync, zstdCompressSync } from 'node:zlib'
import { WireWriter } from './wire-bytes.ts'

/** Builds record batches (format v2): what the in-memory cluster stores, and what walking them is tested with. */
export interface RecordToWrite {
  readonly offset: number
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly (readonly [string, Uint8Array | null])[]
}

export interface BatchToWrite {
  readonly records: readonly RecordToWrite[]
  readonly compression: 'none' | 'gzip' | 'zstd' | 'snappy'
  readonly producerId: number
  readonly transactional: boolean
  /** Ends a transaction instead of holding records of it. */
  readonly control: 'commit' | 'abort' | null
  readonly appendTime: boolean
}

const CODECS = { none: 0, gzip: 1, snappy: 2, zstd: 4 } as const satisfies Record<BatchToWrite['compression'], number>

export function buildBatch(batch: BatchToWrite): Buffer {
  const { records } = batch
  const first = records[0]
  const body = new WireWriter()
  for (const record of records) writeRecord(body, record, first, batch.control)
  const packed = pack(body.finish(), batch.compression)
  const attributes =
    CODECS[batch.compression] |
    (batch.appendTime ? 0x08 : 0) |
    (batch.transactional ? 0x10 : 0) |
    (batch.control === null ? 0 : 0x20)
  const out = new WireWriter()
  out
    .int64(first.offset)
    .int32(49 + packed.length)
    .int32(0)
    .int8(2)
    .uint32(0)
    .int16(attributes)
  out.int32(records[records.length - 1].offset - first.offset).int64(first.timestampMs)
  out.int64(Math.max(...records.map((record) => record.timestampMs)))
  out.int64(batch.producerId).int16(0).int32(-1).int32(records.length).bytes(packed)
  return Buffer.from(out.finish())
}

function writeRecord(out: WireWriter, record: RecordToWrite, first: RecordToWrite, control: BatchToWrite['control']) {
  const body = new WireWriter()
    .int8(0)
    .varint(record.timestampMs - first.timestampMs)
    .varint(record.offset - first.offset)
  const key =
    control === null
      ? record.key
      : new WireWriter()
          .int16(0)
          .int16(control === 'commit' ? 1 : 0)
          .finish()
  writeBytes(body, key)
  writeBytes(body, record.value)
  body.varint(record.headers.length)
  for (const [name, value] of record.headers) {
    writeBytes(body, Buffer.from(name))
    writeBytes(body, value)
  }
  out.varint(body.length).bytes(body.finish())
}

function writeBytes(out: WireWriter, value: Uint8Array | null): void {
  if (value === null) out.varint(-1)
  else out.varint(value.length).bytes(value)
}

function pack(body: Buffer, compression: BatchToWrite['compression']): Buffer {
  if (compression === 'gzip') return gzipSync(body)
  if (compression === 'zstd') return zstdCompressSync(body)
  return body
}
