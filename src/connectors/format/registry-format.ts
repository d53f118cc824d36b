import type { Column } from '../../types/column.ts'
import { type ColumnBuilder, columnBuilder } from '../../types/column-build.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { RegisteredSchema, SchemaKind, SchemaRegistry } from '../schema-registry/registry.ts'
import type { PayloadDecoder, Refusal } from './format.ts'
import { HEADER_BYTES, WriterSchemas } from './written.ts'

/** Reads what stands behind the header: appends one row and returns undefined, or appends nothing and returns the reason. */
export type BodyDecoder = (
  bytes: Uint8Array,
  start: number,
  end: number,
  builders: readonly ColumnBuilder[],
) => string | undefined

/** A format whose payloads name the schema that they were written with: Avro, Protobuf and JSON Schema differ in `make` alone. */
export class RegistryDecoder implements PayloadDecoder {
  readonly fields: RowType
  private readonly builders: readonly ColumnBuilder[]
  private readonly schemas: WriterSchemas<BodyDecoder>

  constructor(
    fields: RowType,
    registry: SchemaRegistry,
    kind: SchemaKind,
    make: (schema: RegisteredSchema) => BodyDecoder,
  ) {
    this.fields = fields
    this.builders = fields.map((field) => columnBuilder(field.type, 64))
    this.schemas = new WriterSchemas(registry, kind, make)
  }

  decode(bytes: Uint8Array, start: number, length: number): Refusal | null {
    const found = this.schemas.of(bytes, start, length)
    if ('reason' in found) return found.reason
    if ('ready' in found) return found
    return found.of(bytes, start + HEADER_BYTES, start + length, this.builders) ?? null
  }
  decodeNull(): string | null {
    return 'the record has no value'
  }
  skip(): void {
    for (const builder of this.builders) builder.appendNull()
  }
  truncate(n: number): void {
    for (const builder of this.builders) builder.truncate(n)
  }
  finish(): Column[] {
    return this.builders.map((builder) => builder.finish())
  }
}
