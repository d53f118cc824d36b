import { assert } from '../base/assert.ts'
import type { Batch } from '../types/batch.ts'
import type { Column, NumColumn, StrColumn } from '../types/column.ts'
import type { Datum } from '../types/value.ts'
import { aligned, ByteReader, ByteWriter } from './byte-writer.ts'
import { readDatum, writeDatum } from './datum-bytes.ts'
import { readNumbers, writeNumbers } from './number-bytes.ts'

/**
 * Columns as bytes, for journal, history and checkpoint blocks: [version, row count, column count, columns]. A column
 * is its kind, its NULL bits when it has any, and its arrays as memory copies, integers in as few bytes as their range
 * needs. Decoding copies the block once and leaves typed views on the copy. Little endian, as all our platforms.
 */
const VERSION = 1

const F64 = 0
const I64 = 1
const NUM = 2
const STR = 3
const ANY = 4
const HAS_NULLS = 0x10

export function encodeColumns(cols: readonly Column[], n: number): Uint8Array {
  const writer = new ByteWriter(64 + n * cols.length * 8)
  writeColumns(writer, cols, n)
  return writer.finish()
}

export function decodeColumns(bytes: Uint8Array, n?: number): { readonly n: number; readonly cols: Column[] } {
  const decoded = readColumns(new ByteReader(aligned(bytes)))
  assert(n === undefined || decoded.n === n, 'a block holds the rows that its index says')
  return decoded
}

/** A batch: its diffs, then its columns. */
export function encodeBatch(batch: Batch): Uint8Array {
  const writer = new ByteWriter(64 + batch.n * (batch.cols.length * 8 + 4) + textBytes(batch))
  writeNumbers(writer, batch.diffs, batch.n)
  writeColumns(writer, batch.cols, batch.n)
  return writer.finish()
}

/** Room for texts at once: growing towards a large one would copy it again and again. */
function textBytes({ n, cols }: Batch): number {
  let bytes = 0
  for (const column of cols) if (column.kind === 'str') bytes += column.offsets[n] - column.offsets[0]
  return bytes
}

export function decodeBatch(bytes: Uint8Array): Batch {
  const reader = new ByteReader(aligned(bytes))
  const diffs = new Int32Array(readNumbers(reader))
  return { ...readColumns(reader), diffs }
}

function writeColumns(writer: ByteWriter, cols: readonly Column[], n: number): void {
  writer.byte(VERSION)
  writer.varint(n)
  writer.varint(cols.length)
  for (const column of cols) writeColumn(writer, column, n)
}

function readColumns(reader: ByteReader): { n: number; cols: Column[] } {
  const version = reader.byte()
  assert(version === VERSION, `a block of format version ${VERSION} is read, found ${version}`)
  const n = reader.varint()
  const count = reader.varint()
  const cols: Column[] = []
  for (let c = 0; c < count; c++) cols.push(readColumn(reader, n))
  return { n, cols }
}

const KIND_BYTE = { f64: F64, i64: I64, num: NUM, str: STR, any: ANY } as const satisfies Record<Column['kind'], number>

function writeColumn(writer: ByteWriter, column: Column, n: number): void {
  const hasNulls = column.nulls?.subarray(0, n).includes(1) === true
  writer.byte(KIND_BYTE[column.kind] | (hasNulls ? HAS_NULLS : 0))
  if (hasNulls) writer.raw(packBits(column.nulls!, n))
  switch (column.kind) {
    case 'f64':
      writeNumbers(writer, column.data, n)
      break
    case 'i64':
      writer.array(column.data.subarray(0, n))
      break
    case 'num':
      writeNum(writer, column, n)
      break
    case 'str':
      writeStr(writer, column, n)
      break
    case 'any':
      for (let i = 0; i < n; i++) writeDatum(writer, column.data[i] as Datum)
  }
}

function readColumn(reader: ByteReader, n: number): Column {
  const head = reader.byte()
  const nulls = (head & HAS_NULLS) === 0 ? null : unpackBits(reader.raw((n + 7) >> 3), n)
  switch (head & 0xf) {
    case F64:
      return { kind: 'f64', data: readNumbers(reader), nulls }
    case I64:
      return { kind: 'i64', data: new BigInt64Array(reader.bytes.buffer, reader.array(n * 8), n), nulls }
    case NUM:
      return readNum(reader, n, nulls)
    case STR:
      return readStr(reader, n, nulls)
    default: {
      assert((head & 0xf) === ANY, 'a column is of a known kind')
      const data: Datum[] = []
      for (let i = 0; i < n; i++) data.push(readDatum(reader))
      return { kind: 'any', data, nulls }
    }
  }
}

function writeNum(writer: ByteWriter, column: NumColumn, n: number): void {
  // Rows beyond 2^53 are written apart; zero in their place keeps the others' integers narrow.
  const big = column.big === null ? [] : [...column.big].filter(([row]) => row < n)
  let data = column.data
  if (big.length > 0) {
    data = data.slice(0, n)
    for (const [row] of big) data[row] = 0
  }
  writeNumbers(writer, data, n)
  writer.varint(column.scale + 1)
  if (column.scale === -1) writeNumbers(writer, column.scales!, n)
  writer.varint(big.length)
  for (const [row, mantissa] of big) {
    writer.varint(row)
    writeDatum(writer, mantissa)
  }
}

function readNum(reader: ByteReader, n: number, nulls: Uint8Array | null): NumColumn {
  const data = readNumbers(reader)
  assert(data.length === n, 'a column is as long as its block')
  const scale = reader.varint() - 1
  const scales = scale === -1 ? new Int16Array(readNumbers(reader)) : null
  const count = reader.varint()
  const big = count === 0 ? null : new Map<number, number | bigint>()
  for (let k = 0; k < count; k++) {
    const row = reader.varint()
    data[row] = NaN
    big!.set(row, readDatum(reader) as number | bigint)
  }
  return { kind: 'num', data, scale, scales, big, nulls }
}

function writeStr(writer: ByteWriter, column: StrColumn, n: number): void {
  const { offsets, bytes } = column
  const lengths = new Float64Array(n)
  for (let i = 0; i < n; i++) lengths[i] = offsets[i + 1] - offsets[i]
  writeNumbers(writer, lengths, n)
  writer.raw(bytes.subarray(offsets[0], offsets[n]))
}

function readStr(reader: ByteReader, n: number, nulls: Uint8Array | null): StrColumn {
  const lengths = readNumbers(reader)
  const offsets = new Int32Array(n + 1)
  for (let i = 0; i < n; i++) offsets[i + 1] = offsets[i] + lengths[i]
  return { kind: 'str', bytes: reader.raw(offsets[n]), offsets, nulls, strings: null }
}

function packBits(nulls: Uint8Array, n: number): Uint8Array {
  const bits = new Uint8Array((n + 7) >> 3)
  for (let i = 0; i < n; i++) if (nulls[i] === 1) bits[i >> 3] |= 1 << (i & 7)
  return bits
}

function unpackBits(bits: Uint8Array, n: number): Uint8Array {
  const nulls = new Uint8Array(n)
  for (let i = 0; i < n; i++) nulls[i] = (bits[i >> 3] >> (i & 7)) & 1
  return nulls
}
