import { SqlError } from '../../base/sql-error.ts'
import { joinMicros } from '../../types/calendar.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { arrayOf, INTERVAL, JSONB, type RowType, type SqlType, TEXT, TIMESTAMPTZ } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { scalarNode } from '../sql-json.ts'
import { type ProtoCursor, ProtoDataError } from './cursor.ts'
import { PROTO_VALUES } from './scalar.ts'
import type { ProtoField, ProtoMessage, ProtoScalar, ProtoType } from './schema.ts'

/** One value of a type: how it stands in the wire format, what it is in SQL. */
interface Element {
  readonly type: SqlType
  readonly wire: 0 | 1 | 2 | 5
  /** What a value that is not there is; undefined: nothing. */
  readonly zero: Datum | undefined
  /** Known as a SQL value; else only as JSON. */
  readonly read: ((cursor: ProtoCursor) => Datum) | null
  readonly node: (cursor: ProtoCursor) => JsonNode
}

export function elementOf(type: ProtoType): Element {
  if (type.kind === 'enum') {
    const { names } = type
    const read = (cursor: ProtoCursor): Datum => {
      const number = PROTO_VALUES.int32.read(cursor) as number
      // A name that came later is known by its number only.
      return names.get(number) ?? String(number)
    }
    return { type: TEXT, wire: 0, zero: names.get(0) ?? '0', read, node: (cursor) => read(cursor) as string }
  }
  if (type.kind === 'message') return ofMessage(type.message)
  const { type: sql, wire, zero, read } = PROTO_VALUES[type.kind]
  return { type: sql, wire, zero, read, node: (cursor) => scalarNode(read(cursor), sql) }
}

/** Messages that stand for one value. */
const WRAPPED: Readonly<Record<string, ProtoScalar>> = {
  'google.protobuf.DoubleValue': 'double',
  'google.protobuf.FloatValue': 'float',
  'google.protobuf.Int64Value': 'int64',
  'google.protobuf.UInt64Value': 'uint64',
  'google.protobuf.Int32Value': 'int32',
  'google.protobuf.UInt32Value': 'uint32',
  'google.protobuf.BoolValue': 'bool',
  'google.protobuf.StringValue': 'string',
  'google.protobuf.BytesValue': 'bytes',
}

function ofMessage(message: ProtoMessage): Element {
  const wrapped = WRAPPED[message.name]
  if (wrapped !== undefined) {
    const { type, zero, read } = PROTO_VALUES[wrapped]
    return known(type, (cursor) => {
      let value = zero
      fieldsOf(cursor, (number, wire) => {
        if (number === 1 && wire === PROTO_VALUES[wrapped].wire) value = read(cursor)
        else cursor.skip(wire)
      })
      return value
    })
  }
  if (message.name === 'google.protobuf.Timestamp') return known(TIMESTAMPTZ, (cursor) => timestampOf(cursor))
  if (message.name === 'google.protobuf.Duration') return known(INTERVAL, (cursor) => durationOf(cursor))
  return { type: JSONB, wire: 2, zero: undefined, read: null, node: (cursor) => messageNode(cursor, message) }
}

function known(type: SqlType, read: (cursor: ProtoCursor) => Datum): Element {
  return { type, wire: 2, zero: undefined, read, node: (cursor) => scalarNode(read(cursor), type) }
}

/** Calls for each field of the message whose length comes next. */
function fieldsOf(cursor: ProtoCursor, each: (number: number, wire: number) => void): void {
  cursor.within(cursor.length(), () => tagged(cursor, each))
}

/** One field: its number and wire type, then its value. */
export function tagged(cursor: ProtoCursor, each: (number: number, wire: number) => void): void {
  const tag = cursor.varint()
  if (typeof tag === 'bigint' || tag > 0xffffffff || tag < 8) throw new ProtoDataError('a field without a number')
  each(Math.floor(tag / 8), tag % 8)
}

/** google.protobuf.Timestamp and Duration: seconds, nanoseconds. */
function secondsOf(cursor: ProtoCursor): { seconds: bigint; nanos: number } {
  let seconds = 0n
  let nanos = 0
  fieldsOf(cursor, (number, wire) => {
    if (number === 1 && wire === 0) seconds = BigInt(PROTO_VALUES.int64.read(cursor) as number | bigint)
    else if (number === 2 && wire === 0) nanos = PROTO_VALUES.int32.read(cursor) as number
    else cursor.skip(wire)
  })
  return { seconds, nanos }
}

function timestampOf(cursor: ProtoCursor): Datum {
  const { seconds, nanos } = secondsOf(cursor)
  const days = seconds / 86_400n
  const rest = Number(seconds - days * 86_400n)
  try {
    return joinMicros(Number(days), rest * 1_000_000 + Math.floor(nanos / 1000))
  } catch (error) {
    if (error instanceof SqlError) throw new ProtoDataError(error.message)
    throw error
  }
}

function durationOf(cursor: ProtoCursor): Datum {
  const { seconds, nanos } = secondsOf(cursor)
  const micros = seconds * 1_000_000n + BigInt(Math.trunc(nanos / 1000))
  if (micros > 9_007_199_254_740_991n || micros < -9_007_199_254_740_991n) {
    throw new ProtoDataError('a duration is out of range')
  }
  return { months: 0, days: 0, micros: Number(micros) }
}

// ---------------------------------------------------------------- fields

/** What a field is in SQL. */
export function columnType(field: ProtoField): SqlType {
  const element = elementOf(field.type)
  if (field.shape === 'map') return JSONB
  if (field.shape === 'single') return element.type
  return element.read === null ? JSONB : arrayOf(element.type)
}

export function protoRowType(message: ProtoMessage): RowType {
  return message.fields.map((field) => ({
    name: field.name,
    type: columnType(field),
    nullable: field.presence && !field.required,
  }))
}

/** Takes the values of one field as they come, in any order, and says what they amount to. */
export interface FieldReader {
  begin(): void
  /** A value of this wire type is next. */
  take(cursor: ProtoCursor, wire: number): void
  /** undefined: a required field that did not come. */
  datum(): Datum | undefined
  node(): JsonNode | undefined
}

export function fieldReader(field: ProtoField): FieldReader {
  const element = elementOf(field.type)
  if (field.shape === 'map') return mapReader(field, element)
  if (field.shape === 'repeated') return listReader(element)
  return singleReader(field, element)
}

function mismatch(wire: number): ProtoDataError {
  return new ProtoDataError(`wire type ${wire} is not that of its type`)
}

function singleReader(field: ProtoField, element: Element): FieldReader {
  const absent = field.required ? undefined : field.presence ? null : element.zero
  let value: Datum | undefined
  let tree: JsonNode | undefined
  return {
    begin() {
      value = absent
      tree = undefined
    },
    take(cursor, wire) {
      if (wire !== element.wire) throw mismatch(wire)
      if (element.read !== null) value = element.read(cursor)
      else tree = element.node(cursor)
    },
    datum: () => value,
    node() {
      if (element.read === null) return tree ?? (absent === undefined ? undefined : null)
      return value === undefined ? undefined : scalarNode(value, element.type)
    },
  }
}

function listReader(element: Element): FieldReader {
  let values: Datum[] = []
  let trees: JsonNode[] = []
  const one = (cursor: ProtoCursor): void => {
    if (element.read !== null) values.push(element.read(cursor))
    else trees.push(element.node(cursor))
  }
  return {
    begin() {
      values = []
      trees = []
    },
    take(cursor, wire) {
      if (wire === element.wire) one(cursor)
      // Numbers may be packed, whatever the schema says.
      else if (wire === 2) cursor.within(cursor.length(), () => one(cursor))
      else throw mismatch(wire)
    },
    datum: () => values,
    node: () => (element.read === null ? trees : values.map((value) => scalarNode(value, element.type))),
  }
}

function mapReader(field: ProtoField, element: Element): FieldReader {
  const key = PROTO_VALUES[field.key ?? 'string']
  let entries = new Map<string, JsonNode>()
  return {
    begin() {
      entries = new Map()
    },
    take(cursor, wire) {
      if (wire !== 2) throw mismatch(wire)
      let name: Datum = key.zero
      let value: JsonNode = element.zero === undefined ? null : scalarNode(element.zero, element.type)
      fieldsOf(cursor, (number, of) => {
        if (number === 1 && of === key.wire) name = key.read(cursor)
        else if (number === 2 && of === element.wire) value = element.node(cursor)
        else cursor.skip(of)
      })
      const node = scalarNode(name, key.type)
      entries.set(
        typeof node === 'string'
          ? node
          : typeof node === 'boolean'
            ? String(node)
            : String((node as { text: string }).text),
        value,
      )
    },
    datum: () => null,
    node: () => new JsonObject([...entries]),
  }
}

/** A message as JSON: every field, NULL where it has presence and did not come. */
function messageNode(cursor: ProtoCursor, message: ProtoMessage): JsonNode {
  const readers = message.fields.map(fieldReader)
  for (const reader of readers) reader.begin()
  fieldsOf(cursor, (number, wire) => {
    const at = message.fields.findIndex((field) => field.number === number)
    if (at < 0) cursor.skip(wire)
    else readers[at].take(cursor, wire)
  })
  return new JsonObject(
    message.fields.map((field, i) => {
      const node = readers[i].node()
      if (node === undefined) throw new ProtoDataError(`required field "${field.name}" is missing`)
      return [field.name, node]
    }),
  )
}
