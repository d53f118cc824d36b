import { SqlError } from '../../base/sql-error.ts'
import { compileRecord, type RecordReader } from '../../codec/avro/compile.ts'
import { AvroCursor, AvroDataError } from '../../codec/avro/cursor.ts'
import { nodeReader, type ReadNode } from '../../codec/avro/node.ts'
import type { ReadDatum } from '../../codec/avro/scalar.ts'
import type { AvroField, AvroRecord, AvroType } from '../../codec/avro/schema.ts'
import { skip } from '../../codec/avro/skip.ts'
import { isNested, recordOf } from '../../codec/avro/sql-type.ts'
import { datumReader } from '../../codec/avro/value.ts'
import { decodeJsonValue } from '../../codec/json.ts'
import type { Column } from '../../types/column.ts'
import { type ColumnBuilder, columnBuilder } from '../../types/column-build.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { type RowType, TEXT } from '../../types/sql-type.ts'
import { parseText } from '../../types/text.ts'
import type { RegisteredSchema, SchemaRegistry } from '../schema-registry/registry.ts'
import { avroDecoder, avroType, incompatible, writerText } from './avro.ts'
import {
  beginsAnew,
  type ChangeDecoder,
  type Opened,
  SOURCE_PARTS,
  type SourceParts,
  sourcePosition,
  UNAVAILABLE,
  UNAVAILABLE_BYTES,
} from './change.ts'
import type { Refusal } from './format.ts'
import { noChange } from './inferrers.ts'
import type { SchemaText } from './schema-options.ts'
import { HEADER_BYTES, Incompatible, WriterSchemas } from './written.ts'

/** What reads the change events of one writer's schema. */
interface ChangeReader {
  readonly record: AvroRecord
  /** A union with null around the whole. */
  readonly union: readonly AvroType[] | null
  readonly after: RecordReader
  readonly before: RecordReader | null
  /** The row after the change as JSON, logical types of texts apart. */
  readonly asNode: ReadNode
  readonly op: ReadDatum | null
  /** The fields of `source`; those that are not read have no reader. */
  readonly source: readonly { readonly part: string; readonly type: AvroType; readonly read: ReadDatum | null }[]
}

/** Change events in Avro. The row is decoded where it stands, into its columns. */
export class DebeziumAvro implements ChangeDecoder {
  readonly fields: RowType
  kept: readonly number[] = []
  private readonly builders: readonly ColumnBuilder[]
  private readonly keys: readonly number[]
  private readonly keyFields: RowType
  private readonly keyBuilders: readonly ColumnBuilder[]
  private readonly values: WriterSchemas<ChangeReader>
  private readonly keyPayloads: WriterSchemas<ReturnType<typeof avroDecoder>>
  private readonly cursor = new AvroCursor()
  private bytes: Uint8Array = new Uint8Array(0)
  private end = 0
  private reader: ChangeReader | null = null
  private beforeAt = -1
  private afterAt = -1
  private afterEnd = -1

  /** `reader`, `keyReader`: schemas that the columns were inferred from; null: declared. */
  constructor(
    fields: RowType,
    keys: readonly number[],
    registries: { readonly value: SchemaRegistry; readonly key: SchemaRegistry },
    readers: { readonly value: SchemaText | null; readonly key: SchemaText | null },
  ) {
    this.fields = fields
    this.keys = keys
    this.keyFields = keys.map((c) => fields[c])
    this.builders = fields.map((field) => columnBuilder(field.type, 64))
    this.keyBuilders = keys.map((c) => this.builders[c])
    const own = readers.value === null ? null : rowOf(avroType(readers.value))
    this.values = new WriterSchemas(registries.value, 'avro', (schema) => this.make(schema, own))
    this.keyPayloads = new WriterSchemas(registries.key, 'avro', (schema) =>
      avroDecoder(schema, readers.key, this.keyFields, false),
    )
  }

  private make(schema: RegisteredSchema, own: AvroType | null): ChangeReader {
    const type = avroType(writerText(schema))
    const record = recordOf(type)
    const after = record?.fields.find((field) => field.name === 'after')
    if (record === null || after === undefined || recordOf(after.type) === null) {
      throw new Incompatible(noChange(schema.id).message)
    }
    const before = record.fields.find((field) => field.name === 'before')
    const source = record.fields.find((field) => field.name === 'source')
    const op = record.fields.find((field) => field.name === 'op')
    return incompatible(() => ({
      record,
      union: type.kind === 'union' ? type.branches : null,
      after: compileRecord(recordOf(after.type)!, own, this.fields),
      before:
        before === undefined || recordOf(before.type) === null
          ? null
          : compileRecord(recordOf(before.type)!, own, this.keyFields),
      asNode: nodeReader(plainTexts(recordOf(after.type)!), plainTexts(recordOf(after.type)!)),
      op: op === undefined ? null : datumReader(op.type, null, TEXT),
      source: source === undefined ? [] : sourceFields(source),
    }))
  }

  open(bytes: Uint8Array, start: number, length: number): Opened {
    const found = this.values.of(bytes, start, length)
    if ('reason' in found) return { refusal: found.reason }
    if ('ready' in found) return { refusal: found }
    this.reader = found.of
    this.bytes = bytes
    this.end = start + length
    try {
      return this.parts(start + HEADER_BYTES)
    } catch (error) {
      if (error instanceof AvroDataError) return { refusal: error.message }
      throw error
    }
  }

  private parts(start: number): Opened {
    const { record, union, source } = this.reader!
    const { cursor } = this
    cursor.begin(this.bytes, start, this.end)
    if (union !== null && union[cursor.branch(union.length)].kind === 'null') return 'tombstone'
    this.beforeAt = -1
    this.afterAt = -1
    let op = ''
    let parts: SourceParts | null = null
    for (const field of record.fields) {
      if (field.name === 'op') op = String(this.reader!.op!(cursor))
      else if (field.name === 'source') parts = this.sourceParts(field, source)
      else if (field.name === 'before' || field.name === 'after') {
        const at = this.rowAt(field)
        if (field.name === 'before') this.beforeAt = at
        else {
          this.afterAt = at
          this.afterEnd = cursor.at
        }
      } else skip(cursor, field.type)
    }
    if (cursor.at < this.end) throw new AvroDataError(`${this.end - cursor.at} bytes are left over`)
    return {
      op,
      hasBefore: this.beforeAt >= 0,
      hasAfter: this.afterAt >= 0,
      position: parts === null ? null : sourcePosition(parts),
      snapshot: beginsAnew(op, parts?.snapshot ?? null),
    }
  }

  /** Where the record within a field begins, -1 for null; passes over it. */
  private rowAt({ type }: AvroField): number {
    const { cursor } = this
    let inner = type
    if (type.kind === 'union') inner = type.branches[cursor.branch(type.branches.length)]
    if (inner.kind === 'null') return -1
    const at = cursor.at
    skip(cursor, inner)
    return at
  }

  private sourceParts(field: AvroField, source: ChangeReader['source']): SourceParts {
    const { cursor } = this
    const parts: Record<string, string | null> = Object.fromEntries(SOURCE_PARTS.map((part) => [part, null]))
    const { type } = field
    if (type.kind === 'union' && type.branches[cursor.branch(type.branches.length)].kind === 'null') {
      return parts as SourceParts
    }
    for (const { part, type: of, read } of source) {
      if (read === null) skip(cursor, of)
      else parts[part] = read(cursor) as string | null
    }
    return parts as SourceParts
  }

  after(): string | null {
    this.kept = []
    const { buffer, byteOffset } = this.bytes
    const row = Buffer.from(buffer as ArrayBuffer, byteOffset + this.afterAt, this.afterEnd - this.afterAt)
    if (row.includes(UNAVAILABLE_BYTES)) return this.slowly()
    return this.decode(this.reader!.after, this.afterAt, this.builders)
  }

  before(): string | null {
    const { before } = this.reader!
    if (before === null) return 'the row before it has no schema'
    return this.keyed(this.decode(before, this.beforeAt, this.keyBuilders))
  }

  key(bytes: Uint8Array, start: number, length: number): Refusal | null {
    const found = this.keyPayloads.of(bytes, start, length)
    if ('reason' in found) return found.reason
    if ('ready' in found) return found
    return this.keyed(found.of(bytes, start + HEADER_BYTES, start + length, this.keyBuilders) ?? null)
  }

  private keyed(reason: string | null): string | null {
    if (reason !== null) return reason
    for (const [c, builder] of this.builders.entries()) if (!this.keys.includes(c)) builder.appendNull()
    return null
  }

  private decode(reader: RecordReader, at: number, builders: readonly ColumnBuilder[]): string | null {
    const rows = builders[0]?.length ?? 0
    this.cursor.begin(this.bytes, at, this.end)
    try {
      reader.decode(this.cursor, builders)
      return null
    } catch (error) {
      for (const builder of builders) builder.truncate(rows)
      if (!(error instanceof AvroDataError)) throw error
      const name = reader.names[this.cursor.field]
      return name === undefined ? error.message : `field "${name}": ${error.message}`
    }
  }

  /** A row that was not sent whole: as a tree, whose texts are the types' input. */
  private slowly(): string | null {
    this.cursor.begin(this.bytes, this.afterAt, this.end)
    let node: JsonNode
    try {
      node = this.reader!.asNode(this.cursor)
    } catch (error) {
      if (error instanceof AvroDataError) return error.message
      throw error
    }
    const rows = this.builders[0].length
    const kept: number[] = []
    for (const [c, field] of this.fields.entries()) {
      const member = node instanceof JsonObject ? (node.get(field.name) ?? null) : null
      try {
        const missing = !this.keys.includes(c) && isMissing(member)
        if (missing) kept.push(c)
        const value =
          missing || member === null
            ? null
            : field.type.kind === 'jsonb' && typeof member === 'string'
              ? parseText(member, field.type)
              : decodeJsonValue(field.type, member)
        if (value === null && !missing && !field.nullable)
          throw new SqlError('23502', 'it is null, but the column is NOT NULL')
        this.builders[c].append(value)
      } catch (error) {
        if (!(error instanceof SqlError)) throw error
        for (const builder of this.builders) builder.truncate(rows)
        return `field "${field.name}": ${error.message}`
      }
    }
    this.kept = kept
    return null
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

/** The row of a change event's schema. */
function rowOf(type: AvroType): AvroType {
  const after = recordOf(type)?.fields.find((field) => field.name === 'after')
  const row = after === undefined ? null : recordOf(after.type)
  if (row === null) throw noChange(0)
  return row
}

function sourceFields(source: AvroField): ChangeReader['source'] {
  const record = recordOf(source.type)
  const known: readonly string[] = SOURCE_PARTS
  return (record?.fields ?? []).map(({ name, type }) => ({
    part: name,
    type,
    read: known.includes(name) && !isNested(type) ? datumReader(type, null, TEXT) : null,
  }))
}

const UNAVAILABLE_HEX = `\\x${UNAVAILABLE_BYTES.toString('hex')}`

function isMissing(node: JsonNode): boolean {
  if (Array.isArray(node)) return node.length === 1 && isMissing((node as readonly JsonNode[])[0])
  if (node instanceof JsonObject) return node.entries.length === 1 && node.get(UNAVAILABLE) !== undefined
  return node === UNAVAILABLE || node === UNAVAILABLE_HEX
}

/** A row's schema without the meanings of its texts: what stands for a missing value has none. */
function plainTexts(record: AvroRecord): AvroRecord {
  const plain = (type: AvroType): AvroType => {
    if (type.kind === 'string') return { kind: 'string', logical: null }
    if (type.kind === 'union') return { kind: 'union', branches: type.branches.map(plain) }
    if (type.kind === 'array') return { kind: 'array', items: plain(type.items) }
    return type
  }
  return { ...record, fields: record.fields.map((field) => ({ ...field, type: plain(field.type) })) }
}
