import { isShapedArray, itemsOf } from '../types/array-value.ts'
import type { Column } from '../types/column.ts'
import { toI64 } from '../types/column-kind.ts'
import { datumAt } from '../types/column-read.ts'
import { isInterval, isNumeric } from '../types/datum.ts'
import { intervalKey } from '../types/interval.ts'
import { parseJson } from '../types/json-parse.ts'
import { type JsonNode, JsonNumber, JsonObject } from '../types/json-tree.ts'
import { trimBlanks } from '../types/modifiers.ts'
import { parseNumericText } from '../types/numeric.ts'
import { subtypeOf } from '../types/range-type.ts'
import { isRange, lowerOf, upperOf } from '../types/range-value.ts'
import type { SqlType, TypeKind } from '../types/sql-type.ts'
import { encodeUtf8Into } from '../types/utf8.ts'
import type { Datum, Interval, Numeric, RangeValue, Value } from '../types/value.ts'

/**
 * Keys as bytes whose memcmp order is the SQL order, and which are equal exactly when the values are (1.0 and 1.00,
 * 1 day and 24 hours give the same bytes). One way only: keys are compared, never decoded.
 *
 * A column is a marker (NULL before or after the values) and the value, all bits inverted when descending. No value's
 * encoding is a prefix of another's, so columns follow each other without separators.
 */
export interface KeyColumn {
  readonly type: SqlType
  readonly desc?: boolean
  readonly nullsFirst?: boolean
}

export interface KeyEncoder {
  /** Fresh bytes of the key of row i. */
  encodeAt(cols: readonly Column[], i: number): Uint8Array
  encodeRow(row: readonly Datum[]): Uint8Array
}

export function keyEncoder(keys: readonly KeyColumn[]): KeyEncoder {
  const writer = new KeyWriter()
  const encode = (read: (c: number) => Datum): Uint8Array => {
    writer.reset()
    for (let c = 0; c < keys.length; c++) writeColumn(writer, keys[c], read(c))
    return writer.bytes()
  }
  return {
    encodeAt: (cols, i) => encode((c) => datumAt(cols[c], i, keys[c].type)),
    encodeRow: (row) => encode((c) => row[c]),
  }
}

function writeColumn(writer: KeyWriter, key: KeyColumn, value: Datum): void {
  if (value === null) {
    writer.byte(key.nullsFirst === true ? 0 : 2)
    return
  }
  writer.byte(1)
  const start = writer.length
  writeValue(writer, key.type, value)
  if (key.desc === true) writer.invert(start)
}

type Write = (writer: KeyWriter, value: Value, type: SqlType) => void

const int32: Write = (writer, value) => writer.int32(value as number)
const float: Write = (writer, value) => writer.float(value as number)
const wide: Write = (writer, value) => writer.int64(toI64(value as number | bigint))
const text: Write = (writer, value) => writer.text(value as string)

const WRITE = {
  bool: (writer, value) => writer.byte(value === true ? 1 : 0),
  int2: int32,
  int4: int32,
  int8: wide,
  oid: float,
  float4: float,
  float8: float,
  numeric: (writer, value) => writeNumeric(writer, value as Numeric),
  text,
  varchar: text,
  bpchar: (writer, value) => writer.text(trimBlanks(value as string)),
  name: text,
  char: text,
  bytea: (writer, value) => writer.escaped(value as Uint8Array),
  date: float,
  time: float,
  timestamp: wide,
  timestamptz: wide,
  interval: (writer, value) => writeInterval(writer, value as Interval),
  uuid: text,
  bit: text,
  varbit: text,
  json: text,
  jsonb: (writer, value) => writeJson(writer, parseJson(value as string), true),
  jsonpath: text,
  regclass: text,
  regtype: text,
  regproc: text,
  regnamespace: text,
  array: (writer, value, type) => {
    const element: KeyColumn | undefined = type.element === undefined ? undefined : { type: type.element }
    writeItems(writer, value, (item) => {
      if (element !== undefined) writeColumn(writer, element, item)
      else writeNullable(writer, item)
    })
  },
  range: (writer, value, type) =>
    writeRange(writer, value as RangeValue, (end) => writeValue(writer, subtypeOf(type), end)),
  multirange: (writer, value, type) =>
    writeItems(writer, value, (item) =>
      writeRange(writer, item as RangeValue, (end) => writeValue(writer, subtypeOf(type), end)),
    ),
  record: (writer, value, type) => {
    const { fields } = type
    let i = 0
    if (fields === undefined) writeLoose(writer, value)
    else writeItems(writer, value, (item) => writeColumn(writer, { type: fields[i++].type }, item))
  },
  enum: float,
  unknown: text,
  void: () => {},
} satisfies Record<TypeKind, Write>

function writeValue(writer: KeyWriter, type: SqlType, value: Value): void {
  WRITE[type.kind](writer, value, type)
}

/** compareArrays' order: the elements, that there are no more, then the shape, which most arrays share. */
function writeItems(writer: KeyWriter, array: Value, write: (item: Datum) => void): void {
  for (const item of itemsOf(array)) {
    writer.byte(4)
    write(item)
  }
  if (!isShapedArray(array)) {
    writer.byte(2)
    return
  }
  const { dims, lower } = array
  writer.byte(dims.length === 1 && lower[0] < 1 ? 1 : 3)
  for (const part of [dims.length, ...dims, ...lower]) writer.int32(part)
}

/** compareRanges' order: a bound beyond all values, or the value and on which side of it the bound lies. */
function writeRange(writer: KeyWriter, range: RangeValue, write: (end: Value) => void): void {
  writer.byte(range.bounds === 'empty' ? 0 : 1)
  if (range.bounds === 'empty') return
  for (const { value, inclusive, lower } of [lowerOf(range), upperOf(range)]) {
    writer.byte(value !== null ? 1 : lower ? 0 : 2)
    if (value === null) continue
    write(value)
    writer.byte(inclusive ? 1 : lower ? 2 : 0)
  }
}

function writeNullable(writer: KeyWriter, value: Datum): void {
  writer.byte(value === null ? 2 : 1)
  if (value !== null) writeLoose(writer, value)
}

/** Fields of records: their type is known by their shape only. */
function writeLoose(writer: KeyWriter, value: Value): void {
  if (typeof value === 'boolean') writer.byte(value ? 1 : 0)
  else if (typeof value === 'number' || typeof value === 'bigint') writeNumeric(writer, { mantissa: value, scale: 0 })
  else if (typeof value === 'string') writer.text(value)
  else if (value instanceof Uint8Array) writer.escaped(value)
  else if (isNumeric(value)) writeNumeric(writer, value)
  else if (isInterval(value)) writeInterval(writer, value)
  else if (isRange(value)) writeRange(writer, value, (end) => writeLoose(writer, end))
  else writeItems(writer, value, (item) => writeNullable(writer, item))
}

function writeInterval(writer: KeyWriter, value: Interval): void {
  const [days, micros] = intervalKey(value)
  writer.float(days)
  writer.float(micros)
}

/** Sign class, decimal exponent, then the digits in pairs; negatives inverted. */
function writeNumeric(writer: KeyWriter, value: Numeric): void {
  const { mantissa, scale } = value
  if (typeof mantissa === 'number' && !Number.isInteger(mantissa)) {
    if (Number.isFinite(mantissa)) {
      // A float inside a record: order among floats is all that matters there.
      writer.byte(3)
      writer.float(mantissa)
    } else writer.byte(Number.isNaN(mantissa) ? 5 : mantissa > 0 ? 4 : 0)
    return
  }
  if (mantissa === 0) {
    writer.byte(2)
    return
  }
  const negative = mantissa < 0
  writer.byte(negative ? 1 : 3)
  const start = writer.length
  let digits = String(mantissa)
  if (negative) digits = digits.slice(1)
  writer.int32(digits.length - scale)
  digits = digits.replace(/0+$/, '')
  for (let i = 0; i < digits.length; i += 2) {
    const low = i + 1 < digits.length ? digits.charCodeAt(i + 1) - 48 : 0
    writer.byte((digits.charCodeAt(i) - 48) * 10 + low + 1)
  }
  writer.byte(0)
  if (negative) writer.invert(start)
}

/** compareJsonb's order: rank, then size, then members. */
function writeJson(writer: KeyWriter, node: JsonNode, top: boolean): void {
  if (node === null) writer.byte(1)
  else if (typeof node === 'string') {
    writer.byte(2)
    writer.text(node)
  } else if (node instanceof JsonNumber) {
    writer.byte(3)
    writeNumeric(writer, parseNumericText(node.text)!)
  } else if (typeof node === 'boolean') {
    writer.byte(4)
    writer.byte(node ? 1 : 0)
  } else if (node instanceof JsonObject) {
    writer.byte(6)
    writer.int32(node.entries.length)
    for (const [key, value] of node.entries) {
      writer.text(key)
      writeJson(writer, value, false)
    }
  } else {
    const items = node as readonly JsonNode[]
    writer.byte(top && items.length === 0 ? 0 : 5)
    writer.int32(items.length)
    for (const item of items) writeJson(writer, item, false)
  }
}

class KeyWriter {
  length = 0
  private buffer = new Uint8Array(256)
  private readonly view = new DataView(new ArrayBuffer(8))

  reset(): void {
    this.length = 0
  }
  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length)
  }
  byte(value: number): void {
    this.room(1)
    this.buffer[this.length++] = value
  }
  int32(value: number): void {
    this.room(4)
    const biased = (value ^ 0x80000000) >>> 0
    for (let shift = 24; shift >= 0; shift -= 8) this.buffer[this.length++] = biased >>> shift
  }
  int64(value: bigint): void {
    this.view.setBigUint64(0, BigInt.asUintN(64, value) ^ 0x8000000000000000n)
    this.copyView()
  }
  /** Sign-magnitude to two's order; one NaN above all, one zero. */
  float(value: number): void {
    this.view.setFloat64(0, Number.isNaN(value) ? NaN : value + 0)
    const high = this.view.getUint32(0)
    if (high >>> 31 === 0) this.view.setUint32(0, (high | 0x80000000) >>> 0)
    else {
      this.view.setUint32(0, ~high >>> 0)
      this.view.setUint32(4, ~this.view.getUint32(4) >>> 0)
    }
    this.copyView()
  }
  text(value: string): void {
    this.room(value.length * 3)
    const end = encodeUtf8Into(value, this.buffer, this.length)
    if (value.includes('\0')) this.escaped(this.buffer.slice(this.length, end))
    else {
      this.length = end
      this.byte(0)
      this.byte(0)
    }
  }
  /** 0 becomes 0 255, the end is 0 0: shorter sorts first. */
  escaped(value: Uint8Array): void {
    this.room(value.length * 2 + 2)
    for (const byte of value) {
      this.buffer[this.length++] = byte
      if (byte === 0) this.buffer[this.length++] = 255
    }
    this.buffer[this.length++] = 0
    this.buffer[this.length++] = 0
  }
  invert(start: number): void {
    for (let i = start; i < this.length; i++) this.buffer[i] = ~this.buffer[i]
  }
  private copyView(): void {
    this.room(8)
    for (let i = 0; i < 8; i++) this.buffer[this.length++] = this.view.getUint8(i)
  }
  private room(more: number): void {
    if (this.length + more <= this.buffer.length) return
    const bigger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + more))
    bigger.set(this.buffer)
    this.buffer = bigger
  }
}
