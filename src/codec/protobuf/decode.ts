import { SqlError } from '../../base/sql-error.ts'
import type { ColumnBuilder } from '../../types/column-build.ts'
import { formatJson } from '../../types/json-tree.ts'
import { formatJsonb, normalizeJson } from '../../types/jsonb.ts'
import { type Field, type RowType, sameType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { decodeJsonValue } from '../json.ts'
import { ProtoCursor, ProtoDataError } from './cursor.ts'
import { PROTO_VALUES } from './scalar.ts'
import type { ProtoField, ProtoMessage, ProtoType } from './schema.ts'
import { columnType, elementOf, type FieldReader, fieldReader, tagged } from './value.ts'

/** A writer's schema that the reader's cannot read, in words that name the field. */
export class ProtoMismatch extends Error {}

export type ProtoDecoder = (
  bytes: Uint8Array,
  start: number,
  end: number,
  builders: readonly ColumnBuilder[],
) => string | undefined

/**
 * The decoder of one message into columns of the names of its fields: appends one row and returns undefined, or appends
 * nothing and returns the reason. Fields are known by their numbers, so that a message of another version of the schema is
 * read by this one: what is unknown is passed over, what is missing is zero or NULL.
 */
export function protoDecoder(message: ProtoMessage, fields: RowType): ProtoDecoder {
  const found = fields.map((field) => message.fields.find((each) => each.name === field.name))
  for (const [c, field] of fields.entries()) {
    if (found[c] === undefined && !field.nullable) {
      throw new ProtoMismatch(`field "${field.name}": message "${message.name}" lacks it, and the column is NOT NULL`)
    }
  }
  const readers = found.map((field) => (field === undefined ? null : fieldReader(field)))
  const values = fields.map((field, c) => columnValue(field, found[c], readers[c]))
  const byNumber = new Map(found.flatMap((field, c) => (field === undefined ? [] : [[field.number, c] as const])))
  const row: Datum[] = fields.map(() => null)
  return (bytes, start, end, builders) => {
    const cursor = new ProtoCursor(bytes, start, end)
    let at = -1
    try {
      for (const reader of readers) reader?.begin()
      while (cursor.at < end) {
        tagged(cursor, (number, wire) => {
          const c = byNumber.get(number)
          at = c ?? -1
          if (c === undefined) cursor.skip(wire)
          else readers[c]!.take(cursor, wire)
        })
      }
      for (at = 0; at < fields.length; at++) row[at] = values[at]()
    } catch (error) {
      if (!(error instanceof ProtoDataError) && !(error instanceof SqlError)) throw error
      return at < 0 ? error.message : `field "${fields[at].name}": ${error.message}`
    }
    for (let c = 0; c < builders.length; c++) builders[c].append(row[c])
    return undefined
  }
}

/** The value of a column once the message is read. */
function columnValue(column: Field, field: ProtoField | undefined, reader: FieldReader | null): () => Datum {
  if (field === undefined || reader === null) return () => null
  const natural = columnType(field)
  const direct = natural.kind !== 'jsonb' && sameType(natural, column.type)
  const required = (value: Datum | undefined): Datum => {
    if (value === undefined) throw new ProtoDataError('it is required, but missing')
    if (value === null && !column.nullable) throw new ProtoDataError('it is null, but the column is NOT NULL')
    return value
  }
  if (direct) return () => required(reader.datum())
  return () => {
    const node = reader.node()
    if (node === undefined || node === null) return required(node)
    if (column.type.kind === 'jsonb') return formatJsonb(normalizeJson(node))
    if (column.type.kind === 'json') return formatJson(node)
    return required(decodeJsonValue(column.type, node))
  }
}

/** A message as one value: its JSON. */
export function wholeProtoDecoder(message: ProtoMessage): ProtoDecoder {
  const { node } = elementOf({ kind: 'message', message })
  return (bytes, start, end, builders) => {
    // As a nested message stands: its length before it.
    const framed = withLength(bytes.subarray(start, end))
    try {
      const tree = node(new ProtoCursor(framed, 0, framed.length))
      builders[0].append(formatJsonb(normalizeJson(tree)))
      return undefined
    } catch (error) {
      if (error instanceof ProtoDataError) return error.message
      throw error
    }
  }
}

function withLength(bytes: Uint8Array): Uint8Array {
  const head: number[] = []
  let left = bytes.length
  for (; left > 127; left = Math.floor(left / 128)) head.push((left % 128) | 128)
  return Buffer.concat([Uint8Array.from([...head, left]), bytes])
}

/** Checks that what one version of a message writes another can read: fields of one number are of types that agree. */
export function checkReadable(writer: ProtoMessage, reader: ProtoMessage, path = '', seen = new Set<string>()): void {
  const pair = `${writer.name} ${reader.name}`
  if (seen.has(pair)) return
  seen.add(pair)
  for (const field of reader.fields) {
    const other = writer.fields.find((each) => each.number === field.number)
    if (other === undefined) continue
    const name = path === '' ? field.name : `${path}.${field.name}`
    const fits =
      (field.shape === 'map') === (other.shape === 'map') && agree(other.type, field.type) && field.key === other.key
    if (!fits) throw new ProtoMismatch(`field "${name}": ${shown(other)} cannot be read as ${shown(field)}`)
    if (field.type.kind === 'message' && other.type.kind === 'message') {
      checkReadable(other.type.message, field.type.message, name, seen)
    }
  }
}

/** Types that Protobuf lets one change into the other. */
const GROUPS: readonly (readonly ProtoType['kind'][])[] = [
  ['int32', 'int64', 'uint32', 'uint64', 'bool', 'enum'],
  ['sint32', 'sint64'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
  ['string', 'bytes'],
]

function agree(a: ProtoType, b: ProtoType): boolean {
  return a.kind === b.kind || GROUPS.some((group) => group.includes(a.kind) && group.includes(b.kind))
}

function shown(field: ProtoField): string {
  const { type, shape, key } = field
  const name = type.kind === 'message' ? type.message.name : type.kind
  if (shape === 'map') return `map<${key}, ${name}>`
  return shape === 'repeated' ? `repeated ${name}` : name
}

/** Where a payload's message begins and which it is: indexes into the file, zigzag; nothing is the first. */
export function messagePath(bytes: Uint8Array, start: number, end: number): { path: number[]; at: number } {
  const cursor = new ProtoCursor(bytes, start, end)
  const next = (): number => PROTO_VALUES.sint32.read(cursor) as number
  const count = next()
  if (count < 0 || count > 100) throw new ProtoDataError('the path of the message is no path')
  const path = count === 0 ? [0] : Array.from({ length: count }, next)
  return { path, at: cursor.at }
}
