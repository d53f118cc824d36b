import { unreachable } from '../../base/assert.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { scalarNode } from '../sql-json.ts'
import { AvroCursor } from './cursor.ts'
import { encodeDefault } from './default.ts'
import { AvroMismatch, kindName, readerBranch, unionReader, writerField } from './match.ts'
import { scalarPair } from './scalar-pair.ts'
import { type AvroField, type AvroRecord, type AvroType, shortName } from './schema.ts'
import { skip } from './skip.ts'
import { isNested, sqlTypeOf, valuesOf } from './sql-type.ts'

/** Reads one value as JSON: what has no SQL type of its own becomes jsonb. */
export type ReadNode = (cursor: AvroCursor) => JsonNode

/**
 * Values as to_jsonb has those of their SQL types. A union of several types shows which one it is, as Avro's own JSON does:
 * `{"string": "a"}`; beside null, one type stands for itself. Records may hold themselves: a reader that is being made is
 * found in `made`.
 */
export function nodeReader(writer: AvroType, reader: AvroType, made: Made = new Map()): ReadNode {
  if (writer.kind === 'union') return unionReader(writer.branches, (branch) => nodeReader(branch, reader, made))
  if (reader.kind === 'union') {
    const at = readerBranch(writer, reader.branches)
    if (at < 0) throw new AvroMismatch('', `${kindName(writer)} is none of the types of the reader's union`)
    const branch = reader.branches[at]
    const read = nodeReader(writer, branch, made)
    if (branch.kind === 'null' || valuesOf(reader).length === 1) return read
    const tag = 'name' in branch ? shortName(branch.name) : branch.kind
    return (cursor) => new JsonObject([[tag, read(cursor)]])
  }
  if (!isNested(reader) && reader.kind !== 'array') {
    const type = sqlTypeOf(reader)
    const read = scalarPair(writer, reader, type)
    return (cursor) => scalarNode(read(cursor), type)
  }
  switch (reader.kind) {
    case 'record':
      if (writer.kind !== 'record') break
      return ofRecord(writer, reader, made)
    case 'map': {
      if (writer.kind !== 'map') break
      const read = nodeReader(writer.values, reader.values, made)
      return (cursor) => {
        const entries: [string, JsonNode][] = []
        cursor.items(() => entries.push([cursor.text(), read(cursor)]))
        return new JsonObject(entries)
      }
    }
    case 'array': {
      if (writer.kind !== 'array') break
      const read = nodeReader(writer.items, reader.items, made)
      return (cursor) => {
        const items: JsonNode[] = []
        cursor.items(() => items.push(read(cursor)))
        return items
      }
    }
    case 'null':
    case 'boolean':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'bytes':
    case 'string':
    case 'fixed':
    case 'enum':
      break
    default:
      return unreachable(reader)
  }
  throw new AvroMismatch('', `${kindName(writer)} cannot be read as ${kindName(reader)}`)
}

/** Readers of pairs of records, so that one within itself ends. */
export type Made = Map<AvroRecord, Map<AvroRecord, ReadNode>>

function ofRecord(writer: AvroRecord, reader: AvroRecord, made: Made): ReadNode {
  const known = made.get(writer)?.get(reader)
  if (known !== undefined) return known
  const filled: (readonly [string, JsonNode])[] = []
  const steps: ((cursor: AvroCursor, entries: (readonly [string, JsonNode])[]) => void)[] = []
  const read: ReadNode = (cursor) => {
    cursor.enter()
    const entries = filled.slice()
    for (const step of steps) step(cursor, entries)
    cursor.depth--
    return new JsonObject(entries)
  }
  const ofWriter = made.get(writer) ?? new Map<AvroRecord, ReadNode>()
  made.set(writer, ofWriter.set(reader, read))
  try {
    for (const field of reader.fields) {
      filled.push([field.name, writerField(writer.fields, field) < 0 ? missingNode(field) : null])
    }
    for (const [i, field] of writer.fields.entries()) {
      const at = reader.fields.findIndex((each) => writerField(writer.fields, each) === i)
      if (at < 0) {
        steps.push((cursor) => skip(cursor, field.type))
        continue
      }
      const { name, type } = reader.fields[at]
      const readField = inField(name, () => nodeReader(field.type, type, made))
      steps.push((cursor, entries) => {
        entries[at] = [name, readField(cursor)]
      })
    }
  } catch (error) {
    // Half made: nobody may find it.
    ofWriter.delete(reader)
    throw error
  }
  return read
}

function inField<T>(name: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw error instanceof AvroMismatch ? error.inside(name) : error
  }
}

function missingNode(field: AvroField): JsonNode {
  if (field.default === undefined) {
    throw new AvroMismatch(field.name, "the writer's schema lacks it, and it has no default")
  }
  const bytes = encodeDefault(field.type, field.default)
  const cursor = new AvroCursor()
  cursor.begin(bytes, 0, bytes.length)
  return nodeReader(field.type, field.type)(cursor)
}
