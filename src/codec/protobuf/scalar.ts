import { numericFromInt } from '../../types/numeric.ts'
import { BOOL, BYTEA, FLOAT4, FLOAT8, INT4, INT8, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { normalizeInt } from '../../types/value.ts'
import type { ProtoCursor } from './cursor.ts'
import type { ProtoScalar } from './schema.ts'

/** 64 bits without a sign do not fit a bigint of SQL. */
const UINT64: SqlType = { kind: 'numeric', precision: 20, scale: 0 }

interface Scalar {
  readonly type: SqlType
  /** 0 varint, 1 eight bytes, 2 length, 5 four bytes. */
  readonly wire: 0 | 1 | 2 | 5
  readonly zero: Datum
  readonly read: (cursor: ProtoCursor) => Datum
}

const signed32 = (value: number | bigint): number => Number(BigInt.asIntN(32, BigInt(value)))
const zigzag = (value: number | bigint): number | bigint => {
  const wide = BigInt(value)
  return normalizeInt((wide >> 1n) ^ -(wide & 1n))
}

export const PROTO_VALUES = {
  double: { type: FLOAT8, wire: 1, zero: 0, read: (cursor) => cursor.double() },
  float: { type: FLOAT4, wire: 5, zero: 0, read: (cursor) => cursor.float() },
  int32: {
    type: INT4,
    wire: 0,
    zero: 0,
    read(cursor) {
      const value = cursor.varint()
      return typeof value === 'number' && value < 0x80000000 ? value : signed32(value)
    },
  },
  int64: {
    type: INT8,
    wire: 0,
    zero: 0,
    read(cursor) {
      const value = cursor.varint()
      return typeof value === 'number' ? value : normalizeInt(BigInt.asIntN(64, value))
    },
  },
  uint32: { type: INT8, wire: 0, zero: 0, read: (cursor) => Number(BigInt.asUintN(32, BigInt(cursor.varint()))) },
  uint64: { type: UINT64, wire: 0, zero: numericFromInt(0), read: (cursor) => numericFromInt(cursor.varint()) },
  sint32: { type: INT4, wire: 0, zero: 0, read: (cursor) => signed32(zigzag(cursor.varint())) },
  sint64: { type: INT8, wire: 0, zero: 0, read: (cursor) => zigzag(cursor.varint()) },
  fixed32: { type: INT8, wire: 5, zero: 0, read: (cursor) => cursor.fixed32() },
  fixed64: { type: UINT64, wire: 1, zero: numericFromInt(0), read: (cursor) => numericFromInt(cursor.fixed64()) },
  sfixed32: { type: INT4, wire: 5, zero: 0, read: (cursor) => cursor.fixed32() | 0 },
  sfixed64: {
    type: INT8,
    wire: 1,
    zero: 0,
    read: (cursor) => normalizeInt(BigInt.asIntN(64, cursor.fixed64())),
  },
  bool: { type: BOOL, wire: 0, zero: false, read: (cursor) => BigInt(cursor.varint()) !== 0n },
  string: { type: TEXT, wire: 2, zero: '', read: (cursor) => cursor.text() },
  bytes: { type: BYTEA, wire: 2, zero: new Uint8Array(0), read: (cursor) => cursor.copy() },
} as const satisfies Record<ProtoScalar, Scalar> as Record<ProtoScalar, Scalar>
