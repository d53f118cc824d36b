import type { UserType } from './user-type.ts'

/**
 * The types of SQL values. A type is plain data (serialisable, compared by structure with `sameType`).
 *
 * | kind | JS value (see value.ts) | column (see column.ts) |
 * |---|---|---|
 * | bool | boolean | f64 (0/1) |
 * | int2 int4 oid float4 float8 | number | f64 |
 * | int8 | number, bigint beyond 2^53 | f64, i64 when a value leaves 2^53 |
 * | numeric | Numeric | num |
 * | date | number: days since 1970-01-01, ±Infinity | f64 |
 * | time | number: µs since midnight | f64 |
 * | timestamp timestamptz | number: µs since 1970-01-01 UTC (bigint beyond 2^53), ±Infinity | f64, i64 |
 * | text varchar bpchar name char json jsonb jsonpath uuid regclass… | string | str |
 * | bit varbit | string of 0 and 1 | str |
 * | bytea | Uint8Array | any |
 * | interval | Interval | any |
 * | array | (Value \| null)[], ShapedArray | any |
 * | range | RangeValue | any |
 * | multirange | RangeValue[] | any |
 * | record | (Value \| null)[] | any |
 * | enum | number: the place of the label in the order of its type | f64 |
 *
 * A domain is its base type with `domain`.
 */
export type TypeKind =
  | 'bool'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'float4'
  | 'float8'
  | 'numeric'
  | 'text'
  | 'varchar'
  | 'bpchar'
  | 'name'
  | 'char'
  | 'bytea'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'uuid'
  | 'bit'
  | 'varbit'
  | 'json'
  | 'jsonb'
  | 'jsonpath'
  | 'oid'
  | 'regclass'
  | 'regtype'
  | 'regproc'
  | 'regnamespace'
  | 'array'
  | 'range'
  | 'multirange'
  | 'record'
  | 'enum'
  | 'unknown'
  | 'void'

export interface SqlType {
  readonly kind: TypeKind
  /** numeric(precision, scale); timestamp(precision), timestamptz(precision), time(precision). */
  readonly precision?: number
  readonly scale?: number
  /** varchar(n), char(n), bit(n), bit varying(n). */
  readonly length?: number
  /** Element type of an array; what a range or multirange is of. */
  readonly element?: SqlType
  /** Of a record, where they are known: composite types, the rows of relations, ROW(…). */
  readonly fields?: readonly Field[]
  /** The enum, or the composite type that a record is of. */
  readonly user?: UserType
  /** The domain over this type. */
  readonly domain?: UserType
}

export interface Field {
  readonly name: string
  readonly type: SqlType
  readonly nullable: boolean
}

/** The columns of a relation, in order. */
export type RowType = readonly Field[]

const plain = <K extends TypeKind>(kind: K): SqlType => ({ kind })
export const BOOL = plain('bool')
export const INT2 = plain('int2')
export const INT4 = plain('int4')
export const INT8 = plain('int8')
export const FLOAT4 = plain('float4')
export const FLOAT8 = plain('float8')
export const NUMERIC = plain('numeric')
export const TEXT = plain('text')
export const NAME = plain('name')
export const BYTEA = plain('bytea')
export const DATE = plain('date')
export const TIME = plain('time')
export const TIMESTAMP = plain('timestamp')
export const TIMESTAMPTZ = plain('timestamptz')
export const INTERVAL = plain('interval')
export const UUID = plain('uuid')
export const BIT = plain('bit')
export const VARBIT = plain('varbit')
export const JSONT = plain('json')
export const JSONB = plain('jsonb')
export const JSONPATH = plain('jsonpath')
export const OID = plain('oid')
export const UNKNOWN = plain('unknown')
/** The type that a domain is over. */
export function withoutDomain(type: SqlType): SqlType {
  if (type.domain === undefined) return type
  const { domain: _, ...base } = type
  return base
}
export const arrayOf = (element: SqlType): SqlType => ({ kind: 'array', element })

/** Same type, modifiers (precision, scale, length) included. */
export function sameType(a: SqlType, b: SqlType): boolean {
  return (
    a.kind === b.kind &&
    a.precision === b.precision &&
    a.scale === b.scale &&
    a.length === b.length &&
    a.user?.oid === b.user?.oid &&
    a.domain?.oid === b.domain?.oid &&
    (a.element === b.element || (!!a.element && !!b.element && sameType(a.element, b.element))) &&
    sameFields(a.fields, b.fields, sameType)
  )
}

function sameFields(a: SqlType['fields'], b: SqlType['fields'], same: typeof sameType): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined || a.length !== b.length) return false
  return a.every((field, i) => same(field.type, b[i].type))
}

/** Same type, modifiers and domains apart: what overload resolution compares. */
export function sameBaseType(a: SqlType, b: SqlType): boolean {
  if (a.kind !== b.kind || a.user?.oid !== b.user?.oid) return false
  if (a.kind === 'record') return sameFields(a.fields, b.fields, sameBaseType)
  if (a.kind !== 'array' && a.kind !== 'range' && a.kind !== 'multirange') return true
  return !!a.element && !!b.element && sameBaseType(a.element, b.element)
}
