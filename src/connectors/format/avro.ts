import { type AvroDecoder, compileAvroDecoder } from '../../codec/avro/compile.ts'
import { AvroMismatch } from '../../codec/avro/match.ts'
import type { AvroType } from '../../codec/avro/schema.ts'
import { parseAvroSchema } from '../../codec/avro/schema-parse.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { RegisteredSchema } from '../schema-registry/registry.ts'
import type { SchemaText } from './schema-options.ts'
import { Incompatible } from './written.ts'

/** A decoder for what this writer's schema describes; `reader`: the source's own, null when its columns were declared. */
export function avroDecoder(
  writer: RegisteredSchema,
  reader: SchemaText | null,
  fields: RowType,
  whole: boolean,
): AvroDecoder {
  const own = reader === null ? null : avroType(reader)
  return incompatible(() => compileAvroDecoder(avroType(writerText(writer)), own, fields, whole))
}

export const writerText = (schema: RegisteredSchema): SchemaText => ({
  text: schema.text,
  references: schema.references.map((each) => ({ name: each.name, text: each.text })),
})

export function avroType(schema: SchemaText): AvroType {
  return parseAvroSchema(
    schema.text,
    schema.references.map((each) => each.text),
  )
}

export function incompatible<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw error instanceof AvroMismatch ? new Incompatible(error.message) : error
  }
}
