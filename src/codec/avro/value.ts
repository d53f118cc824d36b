import { formatJson, type JsonNode } from '../../types/json-tree.ts'
import { formatJsonb, normalizeJson } from '../../types/jsonb.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { AvroCursor } from './cursor.ts'
import { encodeDefault } from './default.ts'
import { AvroMismatch, kindName, readerBranch, unionReader } from './match.ts'
import { nodeReader } from './node.ts'
import type { ReadDatum } from './scalar.ts'
import { scalarPair, unreadable } from './scalar-pair.ts'
import type { AvroField, AvroType } from './schema.ts'
import { isNested } from './sql-type.ts'

/**
 * Reads a writer's value as one of a SQL type. With the reader's schema, `type` is what `sqlTypeOf` says of it, and Avro's
 * resolution decides; without one (null), the type was declared by the user.
 */
export function datumReader(writer: AvroType, reader: AvroType | null, type: SqlType): ReadDatum {
  if (type.kind === 'jsonb' || type.kind === 'json') {
    if (reader === null || isNested(reader)) return jsonReader(nodeReader(writer, reader ?? writer), type)
  }
  if (writer.kind === 'union') {
    return unionReader(writer.branches, (branch) => datumReader(branch, reader, type))
  }
  if (reader?.kind === 'union') {
    const at = readerBranch(writer, reader.branches)
    if (at < 0) throw new AvroMismatch('', `${kindName(writer)} is none of the types of the reader's union`)
    return datumReader(writer, reader.branches[at], type)
  }
  if (writer.kind === 'array' || reader?.kind === 'array') return ofArray(writer, reader, type)
  if (reader === null && isNested(writer) && (type.kind === 'text' || type.kind === 'varchar')) {
    return jsonReader(nodeReader(writer, writer), { kind: 'json' })
  }
  return scalarPair(writer, reader, type)
}

function jsonReader(read: (cursor: AvroCursor) => JsonNode, type: SqlType): ReadDatum {
  return (cursor) => {
    const node = read(cursor)
    if (node === null) return null
    return type.kind === 'json' ? formatJson(node) : formatJsonb(normalizeJson(node))
  }
}

function ofArray(writer: AvroType, reader: AvroType | null, type: SqlType): ReadDatum {
  const { element } = type
  if (writer.kind === 'null') return scalarPair(writer, reader, type)
  if (writer.kind !== 'array' || (reader !== null && reader.kind !== 'array') || element === undefined) {
    throw unreadable(writer, reader, type)
  }
  const read = datumReader(writer.items, reader === null ? null : reader.items, element)
  return (cursor) => {
    const items: Datum[] = []
    cursor.items(() => items.push(read(cursor)))
    return items
  }
}

/** What a column gets whose field the writer's schema lacks. */
export function defaultDatum(field: AvroField, type: SqlType): Datum {
  if (field.default === undefined) {
    throw new AvroMismatch(field.name, "the writer's schema lacks it, and it has no default")
  }
  const bytes = encodeDefault(field.type, field.default)
  const cursor = new AvroCursor()
  cursor.begin(bytes, 0, bytes.length)
  return datumReader(field.type, field.type, type)(cursor)
}
