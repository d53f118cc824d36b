import { SqlError } from '../base/sql-error.ts'
import { DIMENSIONS_MAX, itemCount, itemsOf, shapedArray, shapeOf, tooManyDimensions } from '../types/array-value.ts'
import { PG_EPOCH_DAYS } from '../types/calendar.ts'
import { I64_INFINITY, I64_MINUS_INFINITY, toI64 } from '../types/column-kind.ts'
import { isInterval, isNumeric } from '../types/datum.ts'
import { applyModifiers, checkNull } from '../types/modifiers.ts'
import { typeByOid, typeName, typeOid } from '../types/pg-type.ts'
import { subtypeOf } from '../types/range-type.ts'
import { BOOL, BYTEA, FLOAT8, INTERVAL, NUMERIC, type SqlType, TEXT, type TypeKind } from '../types/sql-type.ts'
import { formatText, parseText } from '../types/text.ts'
import { decodeUtf8, encodeUtf8 } from '../types/utf8.ts'
import { type Interval, normalizeInt, type RangeValue, type Value, type ValueArray } from '../types/value.ts'
import { readBits, writeBits } from './pg-bits.ts'
import { readNumeric, writeNumeric } from './pg-numeric.ts'
import { readMultirange, readRange, writeMultirange, writeRange } from './pg-range.ts'

/**
 * PostgreSQL's binary send and receive of every type. `encode` gives fresh bytes; `decode` reads exactly the bytes of
 * one value and throws 22P03 when they are none.
 */
interface BinaryCodec {
  readonly encode: (value: never, type: SqlType) => Uint8Array
  readonly decode: (bytes: Buffer, type: SqlType) => Value
}

const PG_EPOCH_MICROS = 946_684_800_000_000n

function fixed(
  size: number,
  write: (buffer: Buffer, value: number) => void,
  read: (bytes: Buffer) => number,
): BinaryCodec {
  return {
    encode: (value: number) => {
      const buffer = Buffer.alloc(size)
      write(buffer, value)
      return buffer
    },
    decode: (bytes) => {
      expectSize(bytes, size)
      return read(bytes)
    },
  }
}

const text: BinaryCodec = {
  encode: (value: string) => encodeUtf8(value),
  decode: (bytes) => {
    const value = decodeUtf8(bytes, 0, bytes.length)
    if (value.includes('\0')) throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8": 0x00')
    return value
  },
}

/** Types of text whose input must be checked. */
const checkedText: BinaryCodec = {
  encode: text.encode,
  decode: (bytes, type) => parseText(text.decode(bytes, type) as string, type),
}

/** Text behind the number of its version. */
const versioned = (name: string): BinaryCodec => ({
  encode: (value: string) => {
    const bytes = encodeUtf8(value)
    const out = new Uint8Array(bytes.length + 1)
    out[0] = 1
    out.set(bytes, 1)
    return out
  },
  decode: (bytes, type) => {
    if (bytes[0] !== 1) throw new SqlError('22P03', `unsupported ${name} version number ${bytes[0] ?? 0}`)
    return checkedText.decode(bytes.subarray(1), type)
  },
})

const timestamp: BinaryCodec = {
  encode: (value: number | bigint) => {
    const buffer = Buffer.alloc(8)
    const infinite = value === Infinity || value === -Infinity
    buffer.writeBigInt64BE(infinite ? toI64(value) : BigInt(value) - PG_EPOCH_MICROS)
    return buffer
  },
  decode: (bytes) => {
    expectSize(bytes, 8)
    const bits = bytes.readBigInt64BE()
    if (bits === I64_INFINITY) return Infinity
    if (bits === I64_MINUS_INFINITY) return -Infinity
    const micros = bits + PG_EPOCH_MICROS
    if (micros >= I64_INFINITY) throw new SqlError('22008', 'timestamp out of range')
    return normalizeInt(micros)
  },
}

const oid = fixed(
  4,
  (buffer, value) => buffer.writeUInt32BE(value),
  (bytes) => bytes.readUInt32BE(),
)

const bits: BinaryCodec = { encode: writeBits, decode: readBits }

const CODECS = {
  bool: {
    encode: (value: boolean) => Uint8Array.of(value ? 1 : 0),
    decode: (bytes) => {
      expectSize(bytes, 1)
      return bytes[0] !== 0
    },
  },
  int2: fixed(
    2,
    (buffer, value) => buffer.writeInt16BE(value),
    (bytes) => bytes.readInt16BE(),
  ),
  int4: fixed(
    4,
    (buffer, value) => buffer.writeInt32BE(value),
    (bytes) => bytes.readInt32BE(),
  ),
  int8: {
    encode: (value: number | bigint) => {
      const buffer = Buffer.alloc(8)
      buffer.writeBigInt64BE(BigInt(value))
      return buffer
    },
    decode: (bytes) => {
      expectSize(bytes, 8)
      return normalizeInt(bytes.readBigInt64BE())
    },
  },
  oid,
  float4: fixed(
    4,
    (buffer, value) => buffer.writeFloatBE(value),
    (bytes) => bytes.readFloatBE(),
  ),
  float8: fixed(
    8,
    (buffer, value) => buffer.writeDoubleBE(value),
    (bytes) => bytes.readDoubleBE(),
  ),
  numeric: { encode: writeNumeric, decode: (bytes) => readNumeric(bytes) },
  text,
  varchar: text,
  bpchar: text,
  name: text,
  char: text,
  bytea: { encode: (value: Uint8Array) => value.slice(), decode: (bytes) => Uint8Array.from(bytes) },
  date: fixed(
    4,
    (buffer, value) =>
      buffer.writeInt32BE(value === Infinity ? 0x7fffffff : value === -Infinity ? -0x80000000 : value - PG_EPOCH_DAYS),
    (bytes) => {
      const days = bytes.readInt32BE()
      return days === 0x7fffffff ? Infinity : days === -0x80000000 ? -Infinity : days + PG_EPOCH_DAYS
    },
  ),
  time: fixed(
    8,
    (buffer, value) => buffer.writeBigInt64BE(BigInt(value)),
    (bytes) => {
      const micros = Number(bytes.readBigInt64BE())
      if (micros < 0 || micros > 86_400_000_000) throw new SqlError('22008', 'time out of range')
      return micros
    },
  ),
  timestamp,
  timestamptz: timestamp,
  interval: {
    encode: (value: Interval) => {
      const buffer = Buffer.alloc(16)
      buffer.writeBigInt64BE(BigInt(value.micros))
      buffer.writeInt32BE(value.days, 8)
      buffer.writeInt32BE(value.months, 12)
      return buffer
    },
    decode: (bytes) => {
      expectSize(bytes, 16)
      return { months: bytes.readInt32BE(12), days: bytes.readInt32BE(8), micros: Number(bytes.readBigInt64BE()) }
    },
  },
  uuid: {
    encode: (value: string) => Buffer.from(value.replaceAll('-', ''), 'hex'),
    decode: (bytes, type) => {
      expectSize(bytes, 16)
      return parseText(bytes.toString('hex'), type)
    },
  },
  bit: bits,
  varbit: bits,
  json: checkedText,
  jsonb: versioned('jsonb'),
  jsonpath: versioned('jsonpath'),
  // Names stand for themselves: we keep no oid beside them.
  regclass: text,
  regtype: text,
  regproc: text,
  regnamespace: text,
  array: {
    encode: (value: Value, type) => encodeArray(value, type.element ?? TEXT),
    decode: (bytes, type) => decodeArray(bytes, type.element),
  },
  range: {
    encode: (value: RangeValue, type) => writeRange(value, (end) => encodeBinary(end, subtypeOf(type))),
    decode: (bytes, type) => readRange(bytes, subtypeOf(type), (end) => decodeBinary(end, subtypeOf(type))),
  },
  multirange: {
    encode: (value: readonly RangeValue[], type) => writeMultirange(value, (end) => encodeBinary(end, subtypeOf(type))),
    decode: (bytes, type) => readMultirange(bytes, subtypeOf(type), (end) => decodeBinary(end, subtypeOf(type))),
  },
  record: {
    encode: (value: ValueArray, type) => encodeRecord(value, type.fields),
    decode: (bytes, type) => decodeRecord(bytes, type.fields),
  },
  enum: {
    encode: (value: number, type) => encodeUtf8(formatText(value, type)),
    decode: (bytes, type) => parseText(text.decode(bytes, type) as string, type),
  },
  unknown: text,
  void: { encode: () => new Uint8Array(0), decode: () => '' },
} satisfies Record<TypeKind, BinaryCodec>

const TABLE: Readonly<Record<TypeKind, BinaryCodec>> = CODECS

export function encodeBinary(value: Value, type: SqlType): Uint8Array {
  return TABLE[type.kind].encode(value as never, type)
}

export function decodeBinary(bytes: Uint8Array, type: SqlType): Value {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return applyModifiers(TABLE[type.kind].decode(buffer, type), type, false)
}

function expectSize(bytes: Uint8Array, size: number): void {
  if (bytes.length < size) throw new SqlError('08P01', 'insufficient data left in message')
  if (bytes.length > size) throw new SqlError('22P03', 'incorrect binary data format')
}

function encodeArray(array: Value, element: SqlType): Uint8Array {
  const { dims, lower } = shapeOf(array)
  const items = itemsOf(array)
  const head = Buffer.alloc(12 + 8 * dims.length)
  head.writeInt32BE(dims.length, 0)
  head.writeInt32BE(items.includes(null) ? 1 : 0, 4)
  head.writeUInt32BE(typeOid(element), 8)
  dims.forEach((length, d) => {
    head.writeInt32BE(length, 12 + 8 * d)
    head.writeInt32BE(lower[d], 16 + 8 * d)
  })
  return Buffer.concat([head, ...items.map((item) => sized(item, element))])
}

function sized(item: Value | null, type: SqlType): Uint8Array {
  const body = item === null ? new Uint8Array(0) : encodeBinary(item, type)
  const out = Buffer.alloc(4 + body.length)
  out.writeInt32BE(item === null ? -1 : body.length)
  out.set(body, 4)
  return out
}

function decodeArray(bytes: Buffer, declared: SqlType | undefined): Value {
  if (bytes.length < 12) throw tooShort()
  const dimensions = bytes.readInt32BE(0)
  if (dimensions < 0) throw new SqlError('22P03', `invalid number of dimensions: ${dimensions}`)
  if (dimensions > DIMENSIONS_MAX) throw tooManyDimensions(dimensions)
  const flags = bytes.readInt32BE(4)
  if (flags !== 0 && flags !== 1) throw new SqlError('22P03', 'invalid array flags')
  const element = declared ?? typeByOid(bytes.readUInt32BE(8))
  if (element === undefined || bytes.readUInt32BE(8) !== typeOid(element)) {
    throw new SqlError('42804', 'wrong element type')
  }
  let at = 12 + 8 * dimensions
  if (bytes.length < at) throw tooShort()
  const dims = Array.from({ length: dimensions }, (_, d) => bytes.readInt32BE(12 + 8 * d))
  const lower = dims.map((_, d) => bytes.readInt32BE(16 + 8 * d))
  const length = itemCount({ dims, lower })
  const items: (Value | null)[] = []
  for (let i = 0; i < length; i++) {
    if (at + 4 > bytes.length) throw tooShort()
    const size = bytes.readInt32BE(at)
    at += 4
    if (at + size > bytes.length) throw tooShort()
    items.push(size < 0 ? null : decodeBinary(bytes.subarray(at, at + size), element))
    if (size > 0) at += size
  }
  if (at !== bytes.length) throw new SqlError('22P03', 'incorrect binary data format')
  return shapedArray(items, { dims, lower })
}

const tooShort = (): SqlError => new SqlError('08P01', 'insufficient data left in message')

function encodeRecord(items: ValueArray, known: SqlType['fields']): Uint8Array {
  const head = Buffer.alloc(4)
  head.writeInt32BE(items.length)
  const fields = items.flatMap((item, i) => {
    const type = known?.[i].type ?? looseType(item)
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32BE(typeOid(type))
    return [prefix, sized(item, type)]
  })
  return Buffer.concat([head, ...fields])
}

function decodeRecord(bytes: Buffer, fields: SqlType['fields']): ValueArray {
  if (fields === undefined) throw new SqlError('0A000', 'input of anonymous composite types is not implemented')
  if (bytes.length < 4) throw new SqlError('08P01', 'insufficient data left in message')
  const count = bytes.readInt32BE(0)
  if (count !== fields.length)
    throw new SqlError('42804', `wrong number of columns: ${count}, expected ${fields.length}`)
  let at = 4
  const items = fields.map(({ type }, i) => {
    if (at + 8 > bytes.length) throw new SqlError('08P01', 'insufficient data left in message')
    const [oid, size] = [bytes.readUInt32BE(at), bytes.readInt32BE(at + 4)]
    const wanted = typeOid(type)
    if (oid !== wanted)
      throw new SqlError(
        '42804',
        `binary data has type ${oid} (${typeNameOf(oid)}) instead of expected ${wanted} (${typeName(type)}) in record column ${i + 1}`,
      )
    at += 8
    if (size < 0) return checkNull(type)
    if (at + size > bytes.length) throw new SqlError('08P01', 'insufficient data left in message')
    at += size
    return decodeBinary(bytes.subarray(at - size, at), type)
  })
  if (at !== bytes.length) throw new SqlError('22P03', 'improper binary format in record')
  return items
}

const typeNameOf = (oid: number): string => {
  const type = typeByOid(oid)
  return type === undefined ? '???' : typeName(type)
}

/** Fields of anonymous records are known by their shape only. */
function looseType(item: Value | null): SqlType {
  if (typeof item === 'boolean') return BOOL
  if (typeof item === 'number') return FLOAT8
  if (typeof item === 'bigint') return { kind: 'int8' }
  if (item instanceof Uint8Array) return BYTEA
  if (isNumeric(item)) return NUMERIC
  if (isInterval(item)) return INTERVAL
  return TEXT
}
