import { assert } from '../base/assert.ts'
import { isShapedArray, itemsOf } from '../types/array-value.ts'
import { isInterval, isNumeric } from '../types/datum.ts'
import { isRange } from '../types/range-value.ts'
import type { Datum, Value, ValueArray } from '../types/value.ts'
import type { ByteReader, ByteWriter } from './byte-writer.ts'

/** Any value as tagged bytes: for the columns of JS values, which are rare. */
const NULL = 0
const FALSE = 1
const TRUE = 2
const INT = 3
const NEGATIVE_INT = 4
const FLOAT = 5
const BIGINT = 6
const TEXT = 7
const BYTES = 8
const NUMERIC = 9
const INTERVAL = 10
const ARRAY = 11
const SHAPED = 12
const RANGE = 13

const BOUNDS = ['empty', '[]', '[)', '(]', '()'] as const

export function writeDatum(writer: ByteWriter, value: Datum): void {
  if (value === null) writer.byte(NULL)
  else if (typeof value === 'boolean') writer.byte(value ? TRUE : FALSE)
  else if (typeof value === 'number') writeNumber(writer, value)
  else if (typeof value === 'bigint') {
    writer.byte(BIGINT)
    writer.text(value.toString(36))
  } else if (typeof value === 'string') {
    writer.byte(TEXT)
    writer.text(value)
  } else writeObject(writer, value)
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    writer.byte(value < 0 ? NEGATIVE_INT : INT)
    writer.varint(Math.abs(value))
  } else {
    writer.byte(FLOAT)
    writer.f64(value)
  }
}

function writeObject(writer: ByteWriter, value: Exclude<Value, boolean | number | bigint | string>): void {
  if (value instanceof Uint8Array) {
    writer.byte(BYTES)
    writer.varint(value.length)
    writer.raw(value)
  } else if (isNumeric(value)) {
    writer.byte(NUMERIC)
    writer.varint(value.scale)
    writeDatum(writer, value.mantissa)
  } else if (isInterval(value)) {
    writer.byte(INTERVAL)
    writeDatum(writer, value.months)
    writeDatum(writer, value.days)
    writeDatum(writer, value.micros)
  } else if (isRange(value)) {
    writer.byte(RANGE)
    writer.byte(BOUNDS.indexOf(value.bounds))
    writeDatum(writer, value.low)
    writeDatum(writer, value.high)
  } else {
    if (isShapedArray(value)) {
      writer.byte(SHAPED)
      writer.varint(value.dims.length)
      for (const length of value.dims) writer.varint(length)
      for (const first of value.lower) writeNumber(writer, first)
    }
    writer.byte(ARRAY)
    writer.varint(itemsOf(value).length)
    for (const item of itemsOf(value)) writeDatum(writer, item)
  }
}

export function readDatum(reader: ByteReader): Datum {
  const tag = reader.byte()
  switch (tag) {
    case NULL:
      return null
    case FALSE:
      return false
    case TRUE:
      return true
    case INT:
      return reader.varint()
    case NEGATIVE_INT:
      return -reader.varint()
    case FLOAT:
      return reader.f64()
    case BIGINT:
      return parseBase36(reader.text())
    case TEXT:
      return reader.text()
    case BYTES:
      return reader.raw(reader.varint()).slice()
    case NUMERIC: {
      const scale = reader.varint()
      return { mantissa: readDatum(reader) as number | bigint, scale }
    }
    case INTERVAL: {
      const months = readDatum(reader) as number
      const days = readDatum(reader) as number
      return { months, days, micros: readDatum(reader) as number }
    }
    case RANGE: {
      const bounds = BOUNDS[reader.byte()]
      const low = readDatum(reader)
      return { bounds, low, high: readDatum(reader) }
    }
    case SHAPED: {
      const dims = Array.from({ length: reader.varint() }, () => reader.varint())
      const lower = dims.map(() => readDatum(reader) as number)
      return { items: readDatum(reader) as ValueArray, dims, lower }
    }
    default: {
      assert(tag === ARRAY, 'a value starts with a known tag')
      const length = reader.varint()
      const items: Datum[] = []
      for (let i = 0; i < length; i++) items.push(readDatum(reader))
      return items
    }
  }
}

function parseBase36(text: string): bigint {
  const negative = text.startsWith('-')
  let value = 0n
  // Ten digits of base 36 fit a safe integer.
  for (let i = negative ? 1 : 0; i < text.length; i += 10) {
    const part = text.slice(i, i + 10)
    value = value * 36n ** BigInt(part.length) + BigInt(Number.parseInt(part, 36))
  }
  return negative ? -value : value
}
