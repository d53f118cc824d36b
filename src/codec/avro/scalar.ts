import { SqlError } from '../../base/sql-error.ts'
import { checkedDate, joinMicros } from '../../types/calendar.ts'
import { MICROS_PER_DAY } from '../../types/interval.ts'
import { makeNumeric } from '../../types/numeric.ts'
import { applyPrecision } from '../../types/numeric-arith.ts'
import { INTERVAL, JSONB, TIMESTAMPTZ, UUID } from '../../types/sql-type.ts'
import { parseText } from '../../types/text.ts'
import type { Datum, Numeric } from '../../types/value.ts'
import { type AvroCursor, AvroDataError } from './cursor.ts'
import type { AvroFixed, AvroPrimitive, AvroRecord, AvroType, Logical } from './schema.ts'

/** Reads one value; a null of a union is null. */
export type ReadDatum = (cursor: AvroCursor) => Datum

/** Types whose values are one SQL value each, of the type that `sqlTypeOf` says. */
export type AvroScalar = AvroPrimitive | AvroFixed | Extract<AvroType, { kind: 'enum' }> | AvroRecord

/** The reader of a scalar's values as its own SQL type. */
export function scalarReader(type: AvroScalar): ReadDatum {
  switch (type.kind) {
    case 'null':
      return () => null
    case 'boolean':
      return (cursor) => cursor.boolean() === 1
    case 'int':
    case 'long':
      return type.logical === null ? INTEGERS[type.kind] : numberReader(type.logical, INTEGERS[type.kind])
    case 'float':
      return (cursor) => cursor.float()
    case 'double':
      return (cursor) => cursor.double()
    case 'string':
      return type.logical === null ? (cursor) => cursor.text() : textReader(type.logical)
    case 'bytes':
      return bytesReader(type.logical, (cursor) => cursor.copy(cursor.length()))
    case 'fixed': {
      const { size } = type
      return bytesReader(type.logical, (cursor) => cursor.copy(size))
    }
    case 'enum': {
      const { symbols } = type
      return (cursor) => {
        const index = cursor.int()
        if (index < 0 || index >= symbols.length) throw new AvroDataError(`an enum has no symbol ${index}`)
        return symbols[index]
      }
    }
    case 'record':
      return variableDecimal(type)
  }
}

const INTEGERS = {
  int: (cursor: AvroCursor): number => cursor.int(),
  long: (cursor: AvroCursor): number | bigint => cursor.long(),
} as const

function numberReader(logical: Logical, read: (cursor: AvroCursor) => number | bigint): ReadDatum {
  switch (logical.kind) {
    case 'date':
      return (cursor) => checkedDate(Number(read(cursor)))
    case 'time-millis':
      return (cursor) => timeOf(Number(read(cursor)) * 1000)
    case 'time-micros':
      return (cursor) => timeOf(Number(read(cursor)))
    case 'time-nanos':
      return (cursor) => timeOf(Math.floor(Number(read(cursor)) / 1000))
    case 'timestamp-millis':
    case 'local-timestamp-millis':
      return (cursor) => instant(read(cursor), 1000, 1)
    case 'timestamp-micros':
    case 'local-timestamp-micros':
      return (cursor) => instant(read(cursor), 1, 1)
    case 'timestamp-nanos':
    case 'local-timestamp-nanos':
      return (cursor) => instant(read(cursor), 1, 1000)
    default:
      return read
  }
}

function timeOf(micros: number): number {
  if (micros < 0 || micros > MICROS_PER_DAY) throw new AvroDataError('a time of day is out of range')
  return micros
}

/** A number of some unit since 1970 as microseconds, floored. */
function instant(value: number | bigint, times: number, by: number): number | bigint {
  if (typeof value === 'number') {
    const micros = by === 1 ? value * times : Math.floor(value / by)
    // Up to the year 2243 no calendar is needed.
    if (micros < 2 ** 53 && micros > -(2 ** 53)) return micros
  }
  const exact = BigInt(value) * BigInt(times)
  const divisor = BigInt(by)
  const micros = exact / divisor - (exact % divisor < 0n ? 1n : 0n)
  const days = micros / 86_400_000_000n
  return joinMicros(Number(days), Number(micros - days * 86_400_000_000n))
}

function textReader(logical: Logical): ReadDatum {
  const type = logical.kind === 'uuid' ? UUID : logical.kind === 'json' ? JSONB : TIMESTAMPTZ
  return (cursor) => parsed(cursor.text(), type)
}

/** Text input of a type; what it refuses is a fault of the record. */
export function parsed(text: string, type: Parameters<typeof parseText>[1]): Datum {
  try {
    return parseText(text, type)
  } catch (error) {
    if (error instanceof SqlError) throw new AvroDataError(error.message)
    throw error
  }
}

function bytesReader(logical: Logical | null, read: (cursor: AvroCursor) => Uint8Array): ReadDatum {
  switch (logical?.kind) {
    case 'decimal': {
      const { precision, scale } = logical
      return (cursor) => fitted(decimalOf(read(cursor), scale), precision, scale)
    }
    case 'uuid':
      return (cursor) => parsed(Buffer.from(read(cursor)).toString('hex'), UUID)
    case 'duration':
      return (cursor) => {
        const parts = new DataView(read(cursor).buffer)
        const [months, days, millis] = [0, 4, 8].map((at) => parts.getUint32(at, true))
        return parsed(`${months} months ${days} days ${millis / 1000} seconds`, INTERVAL)
      }
    default:
      return read
  }
}

function fitted(value: Numeric, precision: number, scale: number): Numeric {
  try {
    return applyPrecision(value, precision, scale)
  } catch (error) {
    if (error instanceof SqlError) throw new AvroDataError(`a decimal has more than ${precision} digits`)
    throw error
  }
}

/** Two's complement, big end first. */
export function decimalOf(bytes: Uint8Array, scale: number): Numeric {
  const { length } = bytes
  if (length <= 6) {
    let mantissa = length > 0 && bytes[0] >= 128 ? -1 : 0
    for (let i = 0; i < length; i++) mantissa = mantissa * 256 + bytes[i]
    return makeNumeric(mantissa, scale)
  }
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('hex')
  return makeNumeric(BigInt.asIntN(length * 8, BigInt(`0x${hex}`)), scale)
}

const SCALE_MAX = 1000

/** Debezium's record {scale int, value bytes}. */
function variableDecimal(type: AvroRecord): ReadDatum {
  const names = type.fields.map((field) => field.name).join(',')
  if (names !== 'scale,value') throw new SqlError('22023', `record "${type.name}" is no decimal of variable scale`)
  return (cursor) => {
    const scale = cursor.int()
    const value = cursor.copy(cursor.length())
    if (Math.abs(scale) > SCALE_MAX) throw new AvroDataError(`a decimal has the scale ${scale}`)
    const { mantissa } = decimalOf(value, 0)
    return scale >= 0 ? makeNumeric(mantissa, scale) : makeNumeric(BigInt(mantissa) * 10n ** BigInt(-scale), 0)
  }
}
