import type { Pieces } from '../base/slices.ts'
import { aligned, ByteReader, ByteWriter } from '../codec/byte-writer.ts'
import { decodeBatch, encodeBatch } from '../codec/row.ts'
import type { DeadLetter } from '../connectors/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { WatermarkMark } from './watermarks.ts'

/**
 * The journal's record of one tick: everything that came in from outside, so that running it again gives the same
 * state, timestamps and outputs. Kafka batches are in it: recovery must not need the broker.
 */
export interface TickRecord {
  readonly tick: number
  readonly timestampMs: number
  readonly nowMicros: number
  /** Progress may be told up to here after this record is durable. */
  readonly reservedMs: number
  readonly tables: readonly TableDelta[]
  readonly sources: readonly SourceDelta[]
  /** What was learned beside rows and records. */
  readonly marks?: readonly TickMark[]
}

export type TickMark =
  | WatermarkMark
  /** ALTER … SKIP ERRORS: the errors that a view has before this tick. */
  | { readonly kind: 'setAside'; readonly object: number }

export interface TableDelta {
  readonly object: number
  readonly batch: Batch
}

export interface SourceDelta {
  readonly object: number
  readonly partition: number
  readonly first: number
  readonly next: number
  readonly rows: Batch
  /** Upsert envelope: 1 marks a record that deletes its key. */
  readonly deletes: Uint8Array | null
  readonly deadLetters: readonly DeadLetter[]
}

const VERSION = 1
/** As numbered in records. */
const MARK_KINDS: readonly TickMark['kind'][] = ['idle', 'advance', 'setAside']
const CHUNK_BYTES = 1 << 20

/** The record's bytes, one chunk or several; in pieces. */
export function* encodeTick(record: TickRecord): Pieces<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  let w = new ByteWriter(4096)
  /** Large records go out chunk by chunk: a buffer that grows is copied again and again. */
  const cut = () => {
    if (w.length < CHUNK_BYTES) return
    chunks.push(w.finish())
    w = new ByteWriter(CHUNK_BYTES * 2)
  }
  w.byte(VERSION)
  w.varint(record.tick)
  w.f64(record.timestampMs)
  w.f64(record.nowMicros)
  w.f64(record.reservedMs)
  w.varint(record.tables.length)
  for (const { object, batch } of record.tables) {
    w.varint(object)
    chunks.push(...blocks(w, encodeBatch(batch)))
    cut()
    yield
  }
  w.varint(record.sources.length)
  for (const source of record.sources) {
    w.varint(source.object)
    w.varint(source.partition)
    w.varint(source.first)
    w.varint(source.next)
    chunks.push(...blocks(w, encodeBatch(source.rows)))
    optional(w, source.deletes?.subarray(0, source.rows.n) ?? null)
    w.varint(source.deadLetters.length)
    for (const letter of source.deadLetters) {
      w.varint(letter.offset)
      w.text(letter.reason)
      optional(w, letter.key)
      optional(w, letter.value)
    }
    cut()
    yield
  }
  // Left out where there is none: records without are as they always were.
  if (record.marks !== undefined && record.marks.length > 0) {
    w.varint(record.marks.length)
    for (const mark of record.marks) {
      w.varint(mark.object)
      w.byte(MARK_KINDS.indexOf(mark.kind))
      if (mark.kind === 'idle') w.varint(mark.partition)
      else if (mark.kind === 'advance') w.f64(mark.value)
    }
  }
  chunks.push(w.finish())
  return chunks
}

export function decodeTick(bytes: Uint8Array): TickRecord {
  const r = new ByteReader(aligned(bytes))
  const version = r.byte()
  if (version !== VERSION) throw new Error(`journal record of version ${version}: this build reads version ${VERSION}`)
  const tick = r.varint()
  const timestampMs = r.f64()
  const nowMicros = r.f64()
  const reservedMs = r.f64()
  const tables: TableDelta[] = []
  for (let n = r.varint(); n > 0; n--) {
    const object = r.varint()
    tables.push({ object, batch: decodeBatch(readBlock(r)) })
  }
  const sources: SourceDelta[] = []
  for (let n = r.varint(); n > 0; n--) {
    const object = r.varint()
    const partition = r.varint()
    const first = r.varint()
    const next = r.varint()
    const rows = decodeBatch(readBlock(r))
    const deletes = readOptional(r)
    const deadLetters: DeadLetter[] = []
    for (let d = r.varint(); d > 0; d--) {
      const offset = r.varint()
      const reason = r.text()
      deadLetters.push({ partition, offset, reason, key: readOptional(r), value: readOptional(r) })
    }
    sources.push({ object, partition, first, next, rows, deletes, deadLetters })
  }
  const record = { tick, timestampMs, nowMicros, reservedMs, tables, sources }
  if (r.at >= r.bytes.length) return record
  const marks: TickMark[] = []
  for (let n = r.varint(); n > 0; n--) {
    const object = r.varint()
    const kind = MARK_KINDS[r.byte()]
    if (kind === 'idle') marks.push({ kind, object, partition: r.varint() })
    else if (kind === 'advance') marks.push({ kind, object, value: r.f64() })
    else if (kind === 'setAside') marks.push({ kind, object })
    else throw new Error('journal record with a mark that this build does not know')
  }
  return { ...record, marks }
}

/** Large ones are a chunk of their own: they are not copied once more. */
function* blocks(w: ByteWriter, bytes: Uint8Array): Generator<Uint8Array> {
  if (bytes.length < CHUNK_BYTES) {
    block(w, bytes)
    return
  }
  w.varint(bytes.length)
  yield w.finish()
  yield bytes
}

/** Batches begin at 8-byte boundaries of their own, so they are copied out before decoding. */
function block(w: ByteWriter, bytes: Uint8Array): void {
  w.varint(bytes.length)
  w.raw(bytes)
}

function readBlock(r: ByteReader): Uint8Array {
  return r.raw(r.varint()).slice()
}

function optional(w: ByteWriter, bytes: Uint8Array | null): void {
  w.varint(bytes === null ? 0 : bytes.length + 1)
  if (bytes !== null) w.raw(bytes)
}

function readOptional(r: ByteReader): Uint8Array | null {
  const length = r.varint()
  return length === 0 ? null : r.raw(length - 1).slice()
}
