import { unreachable } from '../../base/assert.ts'
import {
  arrayOf,
  BOOL,
  BYTEA,
  DATE,
  FLOAT4,
  FLOAT8,
  INT4,
  INT8,
  INTERVAL,
  JSONB,
  NUMERIC,
  type RowType,
  type SqlType,
  TEXT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  UUID,
} from '../../types/sql-type.ts'
import type { AvroRecord, AvroType, Logical } from './schema.ts'

/**
 * The SQL types of Avro's: what a column has whose type is inferred. An instant (`timestamp-*`) is a timestamptz, a local
 * time a timestamp. Records, maps, unions of several types and arrays of those are jsonb; arrays of scalars are arrays.
 */
export function sqlTypeOf(type: AvroType): SqlType {
  switch (type.kind) {
    case 'null':
      return TEXT
    case 'boolean':
      return BOOL
    case 'int':
    case 'long':
    case 'bytes':
    case 'string':
    case 'fixed':
      return type.logical === null ? PLAIN[type.kind] : logicalType(type.logical)
    case 'float':
    case 'double':
      return PLAIN[type.kind]
    case 'enum':
      return TEXT
    case 'array': {
      const element = sqlTypeOf(type.items)
      return isNested(type.items) || element.kind === 'array' ? JSONB : arrayOf(element)
    }
    case 'record':
      return type.logical === null ? JSONB : logicalType(type.logical)
    case 'map':
      return JSONB
    case 'union': {
      const branches = valuesOf(type)
      return branches.length === 0 ? TEXT : branches.length === 1 ? sqlTypeOf(branches[0]) : JSONB
    }
    default:
      return unreachable(type)
  }
}

const PLAIN = {
  int: INT4,
  long: INT8,
  float: FLOAT4,
  double: FLOAT8,
  bytes: BYTEA,
  string: TEXT,
  fixed: BYTEA,
} as const

function logicalType(logical: Logical): SqlType {
  switch (logical.kind) {
    case 'decimal':
      return { kind: 'numeric', precision: logical.precision, scale: logical.scale }
    case 'date':
      return DATE
    case 'time-millis':
    case 'time-micros':
    case 'time-nanos':
      return TIME
    case 'timestamp-millis':
    case 'timestamp-micros':
    case 'timestamp-nanos':
    case 'zoned-timestamp':
      return TIMESTAMPTZ
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
    case 'local-timestamp-nanos':
      return TIMESTAMP
    case 'uuid':
      return UUID
    case 'duration':
      return INTERVAL
    case 'json':
      return JSONB
    case 'variable-decimal':
      return NUMERIC
    default:
      return unreachable(logical)
  }
}

/** The branches of a union but null. */
export function valuesOf(type: AvroType): readonly AvroType[] {
  return type.kind === 'union' ? type.branches.filter((each) => each.kind !== 'null') : [type]
}

export function isNullable(type: AvroType): boolean {
  return type.kind === 'null' || (type.kind === 'union' && type.branches.some((each) => each.kind === 'null'))
}

/** True when a value is read as JSON: it has no SQL type of its own. */
export function isNested(type: AvroType): boolean {
  const branches = valuesOf(type)
  if (branches.length > 1) return true
  const [only] = branches
  if (only === undefined) return false
  switch (only.kind) {
    case 'record':
      return only.logical === null
    case 'map':
      return true
    case 'array':
      return isNested(only.items) || valuesOf(only.items)[0]?.kind === 'array'
    default:
      return false
  }
}

/** One column a field. A schema that is no record makes one column of its own. */
export function avroRowType(type: AvroType, name: string): RowType {
  const record = recordOf(type)
  if (record === null) return [{ name, type: sqlTypeOf(type), nullable: isNullable(type) }]
  return record.fields.map((field) => ({
    name: field.name,
    type: sqlTypeOf(field.type),
    nullable: isNullable(field.type),
  }))
}

/** The record that a schema is, alone or beside null. */
export function recordOf(type: AvroType): AvroRecord | null {
  const branches = valuesOf(type)
  const [only] = branches
  return branches.length === 1 && only.kind === 'record' ? only : null
}
