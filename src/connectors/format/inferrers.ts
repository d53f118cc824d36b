import { SqlError } from '../../base/sql-error.ts'
import type { ConnectorSpec } from '../../catalog/entry.ts'
import { avroRowType, isNested, recordOf, sqlTypeOf } from '../../codec/avro/sql-type.ts'
import { jsonSchemaRowType } from '../../codec/json-schema.ts'
import { protoRowType } from '../../codec/protobuf/value.ts'
import { JSONB, type RowType, type SqlType } from '../../types/sql-type.ts'
import type { Options } from '../options.ts'
import type { RegisteredSchema, SchemaKind } from '../schema-registry/registry.ts'
import { avroType, writerText } from './avro.ts'
import { protoMessage } from './protobuf.ts'

/** What the columns of a source are, by the schema of a subject. */
interface Inferrer {
  value(schema: RegisteredSchema, envelope: ConnectorSpec['envelope']['kind'], options: Options): RowType
  /** The key's columns. */
  key(schema: RegisteredSchema, options: Options): RowType
  /** The key as one value. */
  keyType(schema: RegisteredSchema, options: Options): SqlType
}

const avro: Inferrer = {
  value(schema, envelope) {
    const type = avroType(writerText(schema))
    if (envelope !== 'debezium') return avroRowType(type, 'value')
    const after = recordOf(type)?.fields.find((field) => field.name === 'after')
    const row = after === undefined ? null : recordOf(after.type)
    if (row === null) throw noChange(schema.id)
    return avroRowType(row, 'value')
  },
  key: (schema) => avroRowType(avroType(writerText(schema)), 'key'),
  keyType(schema) {
    const type = avroType(writerText(schema))
    return isNested(type) ? JSONB : sqlTypeOf(type)
  },
}

export function noChange(id: number): SqlError {
  return new SqlError('22023', `schema ${id} is none of Debezium's: it has no record "after"`)
}

const protobuf: Inferrer = {
  value: (schema, _, options) => protoRowType(protoMessage(schema, options)),
  key: (schema, options) => protoRowType(protoMessage(schema, options)),
  keyType: () => JSONB,
}

const json: Inferrer = {
  value: (schema) => jsonSchemaRowType(schema, 'value'),
  key: (schema) => jsonSchemaRowType(schema, 'key'),
  keyType: () => JSONB,
}

export const inferrers: Readonly<Record<SchemaKind, Inferrer>> = { avro, protobuf, json }
