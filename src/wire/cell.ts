import { encodeBinary } from '../codec/pg-binary.ts'
import type { Column, F64Column, NumColumn, StrColumn } from '../types/column.ts'
import { datumAt } from '../types/column-read.ts'
import type { SqlType, TypeKind } from '../types/sql-type.ts'
import { formatText, type TextOptions } from '../types/text.ts'
import { zoneByName } from '../types/time-zone.ts'
import type { Value } from '../types/value.ts'
import { putDecimal, putInteger } from './ascii-number.ts'
import { putDate, putTime, putTimestamp } from './ascii-time.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Appends the bytes of row i, which is not NULL, without their length. */
export type CellWriter = (out: ByteWriter, i: number) => void
type CellForm = (column: Column, type: SqlType, options: TextOptions) => CellWriter

/** The writer of one column of one batch: chosen once, run for every row. */
export function cellWriter(column: Column, type: SqlType, format: 0 | 1, options: TextOptions): CellWriter {
  return (format === 0 ? TEXT_CELLS : BINARY_CELLS)[type.kind](column, type, options)
}

/** Any type by its JS value: the path of the rarer types, and of columns in their wide form. */
const formatted: CellForm = (column, type, options) => (out, i) =>
  out.utf8(formatText(datumAt(column, i, type) as Value, type, options))

/** Strings leave as the bytes they already are. */
const stringBytes: CellForm = (column) => {
  const { bytes, offsets } = column as StrColumn
  return (out, i) => out.bytes(bytes, offsets[i], offsets[i + 1])
}

const integer: CellForm = (column, type, options) => {
  if (column.kind !== 'f64') return formatted(column, type, options)
  const { data } = column
  return (out, i) => putInteger(out, data[i])
}

const bool: CellForm = (column) => {
  const { data } = column as F64Column
  return (out, i) => out.byte(data[i] === 0 ? 0x66 : 0x74)
}

const numeric: CellForm = (column, type, options) => {
  const slow = formatted(column, type, options)
  const { data, scale, scales } = column as NumColumn
  return (out, i) => {
    const mantissa = data[i]
    if (Number.isNaN(mantissa)) slow(out, i)
    else putDecimal(out, mantissa, scale >= 0 ? scale : scales![i])
  }
}

const date: CellForm = (column, type, options) => {
  const slow = formatted(column, type, options)
  const { data } = column as F64Column
  return (out, i) => {
    if (!putDate(out, data[i])) slow(out, i)
  }
}

const time: CellForm = (column, type, options) => {
  const slow = formatted(column, type, options)
  const { data } = column as F64Column
  return (out, i) => {
    // 24:00:00 is a time too.
    if (data[i] < 86_400_000_000) putTime(out, data[i])
    else slow(out, i)
  }
}

const timestamp: CellForm = (column, type, options) => {
  const slow = formatted(column, type, options)
  if (column.kind !== 'f64') return slow
  const { data } = column
  const zone = type.kind === 'timestamptz' ? zoneByName(options.timeZone ?? 'UTC') : null
  return (out, i) => {
    if (!putTimestamp(out, data[i], zone)) slow(out, i)
  }
}

const TEXT_CELLS = {
  bool,
  int2: integer,
  int4: integer,
  int8: integer,
  oid: integer,
  float4: formatted,
  float8: formatted,
  numeric,
  text: stringBytes,
  varchar: stringBytes,
  bpchar: stringBytes,
  name: stringBytes,
  char: stringBytes,
  bytea: formatted,
  date,
  time,
  timestamp,
  timestamptz: timestamp,
  interval: formatted,
  uuid: stringBytes,
  bit: stringBytes,
  varbit: stringBytes,
  json: stringBytes,
  jsonb: stringBytes,
  jsonpath: stringBytes,
  regclass: stringBytes,
  regtype: stringBytes,
  regproc: stringBytes,
  regnamespace: stringBytes,
  array: formatted,
  range: formatted,
  multirange: formatted,
  record: formatted,
  enum: formatted,
  unknown: stringBytes,
  void: () => () => {},
} satisfies Record<TypeKind, CellForm>

/** Any type through the codec of PostgreSQL's binary forms. */
const encoded: CellForm = (column, type) => (out, i) => out.bytes(encodeBinary(datumAt(column, i, type) as Value, type))

const binaryBool: CellForm = (column) => {
  const { data } = column as F64Column
  return (out, i) => out.byte(data[i] === 0 ? 0 : 1)
}

const binaryInt2: CellForm = (column) => {
  const { data } = column as F64Column
  return (out, i) => out.int16(data[i])
}

const binaryInt4: CellForm = (column) => {
  const { data } = column as F64Column
  return (out, i) => out.int32(data[i])
}

const binaryFloat8: CellForm = (column) => {
  const { data } = column as F64Column
  return (out, i) => {
    out.ensure(8)
    out.at = out.buffer.writeDoubleBE(data[i], out.at)
  }
}

const BINARY_CELLS = {
  bool: binaryBool,
  int2: binaryInt2,
  int4: binaryInt4,
  int8: encoded,
  oid: binaryInt4,
  float4: encoded,
  float8: binaryFloat8,
  numeric: encoded,
  text: stringBytes,
  varchar: stringBytes,
  bpchar: stringBytes,
  name: stringBytes,
  char: stringBytes,
  bytea: encoded,
  date: encoded,
  time: encoded,
  timestamp: encoded,
  timestamptz: encoded,
  interval: encoded,
  uuid: encoded,
  bit: encoded,
  varbit: encoded,
  json: stringBytes,
  jsonb: encoded,
  jsonpath: encoded,
  regclass: encoded,
  regtype: encoded,
  regproc: encoded,
  regnamespace: encoded,
  array: encoded,
  range: encoded,
  multirange: encoded,
  record: encoded,
  enum: formatted,
  unknown: stringBytes,
  void: () => () => {},
} satisfies Record<TypeKind, CellForm>
