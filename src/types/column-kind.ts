import type { ColumnKind } from './column.ts'
import type { SqlType, TypeKind } from './sql-type.ts'

/**
 * Which column kind holds a type. `wide` types start as f64 and become i64 in the batches in which a value leaves ±2^53.
 */
const KINDS = {
  bool: 'f64',
  int2: 'f64',
  int4: 'f64',
  int8: 'wide',
  float4: 'f64',
  float8: 'f64',
  numeric: 'num',
  text: 'str',
  varchar: 'str',
  bpchar: 'str',
  name: 'str',
  char: 'str',
  bytea: 'any',
  date: 'f64',
  time: 'f64',
  timestamp: 'wide',
  timestamptz: 'wide',
  interval: 'any',
  uuid: 'str',
  bit: 'str',
  varbit: 'str',
  json: 'str',
  jsonb: 'str',
  jsonpath: 'str',
  oid: 'f64',
  regclass: 'str',
  regtype: 'str',
  regproc: 'str',
  regnamespace: 'str',
  array: 'any',
  range: 'any',
  multirange: 'any',
  record: 'any',
  enum: 'f64',
  unknown: 'str',
  void: 'str',
} as const satisfies Record<TypeKind, ColumnKind | 'wide'>

/** The usual column kind of a type (i64 for the wide types only when a batch needs it). */
export function columnKindOf(type: SqlType): ColumnKind {
  const kind = KINDS[type.kind]
  return kind === 'wide' ? 'f64' : kind
}

/** True for int8, timestamp, timestamptz: their columns may be i64. */
export function isWide(type: SqlType): boolean {
  return KINDS[type.kind] === 'wide'
}

/** In i64 columns of timestamps these two stand for ±infinity, as on PostgreSQL's wire. */
export const I64_INFINITY = 9223372036854775807n
export const I64_MINUS_INFINITY = -9223372036854775808n

/** A wide value as 64 bits. */
export function toI64(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value
  if (value === Infinity) return I64_INFINITY
  if (value === -Infinity) return I64_MINUS_INFINITY
  return BigInt(value)
}
