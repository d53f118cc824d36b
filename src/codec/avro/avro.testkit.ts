import avro from 'avsc'
import { columnBuilder } from '../../types/column-build.ts'
import { datumAt } from '../../types/column-read.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { compileAvroDecoder } from './compile.ts'
import { parseAvroSchema } from './schema-parse.ts'
import { avroRowType } from './sql-type.ts'

/** 64-bit integers as bigints: avsc's own are numbers. */
const long = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer(value: bigint) {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

/** A value in Avro's binary encoding, by another implementation. Unions are written {"branch": value}. */
export function encodeAvro(schema: unknown, value: unknown): Uint8Array {
  const type = avro.Type.forSchema(plain(schema) as avro.Schema, { registry: { long }, wrapUnions: 'always' } as object)
  return type.toBuffer(value)
}

/** Without logical types: what is given is what lies beneath. avsc looks 64-bit integers up by the bare name only. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain)
  if (typeof schema !== 'object' || schema === null) return schema
  const { type } = schema as { type: unknown }
  if (['int', 'long', 'bytes', 'string'].includes(type as string) && !('name' in schema)) return type
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    ['type', 'items', 'values', 'fields'].includes(key) ? plain(value) : value,
  ])
  return Object.fromEntries(entries.filter(([key]) => key !== 'default' && key !== 'logicalType'))
}

export interface Decoded {
  readonly rows: Datum[][]
  /** By row of the input; undefined: it was decoded. */
  readonly reasons: (string | undefined)[]
}

/** Payloads of a writer read through a reader's schema (its own when left out), or into declared columns. */
export function decodeAvro(
  writer: unknown,
  payloads: readonly Uint8Array[],
  as: { readonly reader?: unknown; readonly fields?: RowType } = {},
): Decoded {
  const reader = as.fields === undefined ? parseAvroSchema(JSON.stringify(as.reader ?? writer)) : null
  const fields = as.fields ?? avroRowType(reader!, 'value')
  const decode = compileAvroDecoder(parseAvroSchema(JSON.stringify(writer)), reader, fields)
  const builders = fields.map((field) => columnBuilder(field.type, 2))
  const reasons = payloads.map((payload) => {
    // Among other bytes, as in a record batch; the batch is a Buffer.
    const bytes = Buffer.concat([Buffer.alloc(3, 0xff), payload, Buffer.alloc(3, 0xff)])
    return decode(bytes, 3, 3 + payload.length, builders)
  })
  const n = builders[0]?.length ?? 0
  const cols = builders.map((builder) => builder.finish())
  const rows = Array.from({ length: n }, (_, i) => fields.map((field, c) => datumAt(cols[c], i, field.type)))
  return { rows, reasons }
}

export const record = (...fields: readonly unknown[]) => ({ type: 'record', name: 'R', fields })
export const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more })

/** One value of a type, through a record of one field. */
export function roundTrip(type: unknown, value: unknown, reader: unknown = type): Datum | string {
  const writer = record(field('v', type))
  const payload = encodeAvro(writer, { v: value })
  const { rows, reasons } = decodeAvro(writer, [payload], { reader: record(field('v', reader)) })
  return reasons[0] ?? rows[0][0]
}
