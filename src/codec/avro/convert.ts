import { SqlError } from '../../base/sql-error.ts'
import { joinMicros } from '../../types/calendar.ts'
import { applyModifiers, hasModifiers } from '../../types/modifiers.ts'
import { numericFromInt } from '../../types/numeric.ts'
import { numericFromFloat, numericToFloat } from '../../types/numeric-arith.ts'
import { formatType } from '../../types/pg-type.ts'
import { type SqlType, sameBaseType, sameType } from '../../types/sql-type.ts'
import { formatText, parseText } from '../../types/text.ts'
import { decodeUtf8, encodeUtf8 } from '../../types/utf8.ts'
import type { Numeric, Value } from '../../types/value.ts'
import { AvroDataError, checkText } from './cursor.ts'

export type Convert = (value: Value) => Value

/**
 * How a scalar of one SQL type becomes one of another; `same`: it is one already; null: not at all.
 * `promote`: what Avro's schema resolution allows between writer and reader. `declared`: for columns whose types the user
 * wrote, texts are read as the type's input and numbers as what JSON's would be, besides.
 */
export function conversion(from: SqlType, to: SqlType, rule: 'promote' | 'declared'): Convert | 'same' | null {
  if (sameType(from, to)) return 'same'
  const plain = plainConversion(from, to, rule)
  if (plain === null || !hasModifiers(to)) return plain
  const convert: Convert = plain === 'same' ? (value) => value : plain
  return guarded((value) => applyModifiers(convert(value), to, false))
}

function plainConversion(from: SqlType, to: SqlType, rule: 'promote' | 'declared'): Convert | 'same' | null {
  if (from.kind === 'numeric' && to.kind === 'numeric') return numericFits(from, to, rule) ? 'same' : null
  if (sameBaseType(from, to)) return 'same'
  const promoted = PROMOTIONS[`${from.kind} ${to.kind}`]
  if (promoted !== undefined) return promoted
  if (rule === 'promote') return null
  const known = DECLARED[`${from.kind} ${to.kind}`]
  if (known !== undefined) return known === 'same' ? 'same' : guarded(known)
  if (from.kind === 'array' || to.kind === 'array') return null
  if (isText(from)) return isText(to) ? 'same' : guarded((value) => parseText(value as string, to))
  if (isText(to)) return (value) => formatText(value, from)
  return null
}

const isText = (type: SqlType): boolean => type.kind === 'text' || type.kind === 'varchar' || type.kind === 'bpchar'

/** A reader's decimal must hold every digit behind the point that the writer's has. */
function numericFits(from: SqlType, to: SqlType, rule: 'promote' | 'declared'): boolean {
  if (to.precision === undefined || rule === 'declared') return true
  return from.precision !== undefined && (from.scale ?? 0) <= (to.scale ?? 0)
}

const asIs = 'same' as const
const round32: Convert = (value) => Math.fround(Number(value))
const toDouble: Convert = (value) => Number(value)

/** Avro's promotions, and one logical type for another over the same number. */
const PROMOTIONS: Readonly<Record<string, Convert | 'same'>> = {
  'int4 int8': asIs,
  'int4 float4': round32,
  'int4 float8': asIs,
  'int8 float4': round32,
  'int8 float8': toDouble,
  'float4 float8': asIs,
  'int4 date': asIs,
  'date int4': asIs,
  'timestamp timestamptz': asIs,
  'timestamptz timestamp': asIs,
  'text bytea': (value) => Uint8Array.from(encodeUtf8(value as string)),
  'bytea text': textOf,
  'text uuid': guarded((value) => parseText(value as string, { kind: 'uuid' })),
  'uuid text': asIs,
}

const toInteger =
  (min: bigint, max: bigint, type: SqlType): Convert =>
  (value) => {
    const whole = BigInt(value as number | bigint)
    if (whole < min || whole > max)
      throw new SqlError('22003', `value "${whole}" is out of range for type ${formatType(type)}`)
    return value
  }
const TO_INT2 = toInteger(-32768n, 32767n, { kind: 'int2' })
const TO_INT4 = toInteger(-2147483648n, 2147483647n, { kind: 'int4' })
const toNumeric: Convert = (value) => numericFromInt(value as number | bigint)
const floatNumeric = (digits: 15 | 6) => (value: Value) => numericFromFloat(value as number, digits)

const DECLARED: Readonly<Record<string, Convert | 'same'>> = {
  'int4 int2': TO_INT2,
  'int8 int2': TO_INT2,
  'int8 int4': TO_INT4,
  'int4 numeric': toNumeric,
  'int8 numeric': toNumeric,
  'float4 numeric': floatNumeric(6),
  'float8 numeric': floatNumeric(15),
  'numeric float8': (value) => numericToFloat(value as Numeric),
  'float8 float4': round32,
  'int8 timestamp': millis,
  'int8 timestamptz': millis,
  'text json': asIs,
}

/** Milliseconds since 1970, as JSON's numbers in such columns. */
function millis(value: Value): Value {
  const total = BigInt(value as number | bigint)
  const days = total / 86_400_000n
  return joinMicros(Number(days), Number(total - days * 86_400_000n) * 1000)
}

function textOf(value: Value): Value {
  const bytes = value as Uint8Array
  checkText(bytes, 0, bytes.length)
  return decodeUtf8(bytes, 0, bytes.length)
}

/** What a type refuses is a fault of the record. */
function guarded(convert: Convert): Convert {
  return (value) => {
    try {
      return convert(value)
    } catch (error) {
      if (error instanceof SqlError) throw new AvroDataError(error.message)
      throw error
    }
  }
}
