import { createRequire } from 'node:module'
import type protobufjs from 'protobufjs'
import { SqlError } from '../../base/sql-error.ts'
import {
  PROTO_SCALARS,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type ProtoScalar,
  type ProtoType,
} from './schema.ts'

type Library = typeof protobufjs
let library: Library | null = null
/** Loaded when a schema is first read: few servers need it. It parses texts; payloads are decoded here. */
function parser(): Library {
  library ??= createRequire(import.meta.url)('protobufjs') as Library
  return library
}

/** Text of a .proto file → its messages. `references`: files that it imports, by the names of the imports. */
export function parseProto(
  text: string,
  references: readonly { readonly name: string; readonly text: string }[] = [],
): ProtoFile {
  const { Root, common, parse } = parser()
  const root = new Root()
  const known = new Map(references.map((each) => [each.name, each.text]))
  const seen = new Set<string>()
  const load = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    const given = known.get(name)
    if (given !== undefined) {
      const { imports = [] } = guarded(() => parse(given, root, { keepCase: true }))
      for (const each of imports) load(each)
      return
    }
    const builtIn = common.get(name)
    if (builtIn === null) throw invalid(`it imports "${name}", which is not among its references`)
    root.addJSON((builtIn as { nested: object }).nested as never)
  }
  const { imports = [], package: space } = guarded(() => parse(text, root, { keepCase: true }))
  for (const each of imports) load(each)
  guarded(() => root.resolveAll())
  // The file alone says which messages are its own, and in what order.
  const own = new Root()
  guarded(() => parse(text, own, { keepCase: true }))
  const paths = messagePaths(space ? (own.lookup(space) as protobufjs.NamespaceBase) : own)
  const made = new Map<string, ProtoMessage>()
  const messageOf = (name: string): ProtoMessage | undefined => {
    const type = root.lookup(name)
    return type instanceof parser().Type ? convert(type, made) : undefined
  }
  return {
    at: (path) => {
      const name = paths.get(path.join('.'))
      return name === undefined ? undefined : messageOf(name)
    },
    named: (name) => {
      for (const full of paths.values()) {
        if (full === name || full.endsWith(`.${name}`)) return messageOf(full)
      }
      return undefined
    },
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof SqlError) throw error
    throw invalid((error as Error).message)
  }
}

function invalid(reason: string): SqlError {
  return new SqlError('22023', `invalid Protobuf schema: ${reason}`)
}

/** `0`, `1.0` … → full names of the messages of a file. */
function messagePaths(
  space: protobufjs.NamespaceBase,
  prefix = '',
  into = new Map<string, string>(),
): Map<string, string> {
  const { Type } = parser()
  const messages = space.nestedArray.filter((each): each is protobufjs.Type => each instanceof Type)
  for (const [i, message] of messages.entries()) {
    const path = prefix === '' ? String(i) : `${prefix}.${i}`
    into.set(path, message.fullName.replace(/^\./, ''))
    messagePaths(message, path, into)
  }
  return into
}

function convert(type: protobufjs.Type, made: Map<string, ProtoMessage>): ProtoMessage {
  const name = type.fullName.replace(/^\./, '')
  const known = made.get(name)
  if (known !== undefined) return known
  const fields: ProtoField[] = []
  const message: ProtoMessage = { name, fields }
  made.set(name, message)
  const { MapField, Type } = parser()
  for (const field of [...type.fieldsArray].sort((a, b) => a.id - b.id)) {
    const isMap = field instanceof MapField
    fields.push({
      name: field.name,
      number: field.id,
      type: typeOf(field, made),
      shape: isMap ? 'map' : field.repeated ? 'repeated' : 'single',
      key: isMap ? (field.keyType as ProtoScalar) : null,
      presence: !isMap && !field.repeated && (field.hasPresence || field.resolvedType instanceof Type),
      required: field.required,
    })
  }
  return message
}

function typeOf(field: protobufjs.Field, made: Map<string, ProtoMessage>): ProtoType {
  const { Enum, Type } = parser()
  const resolved = field.resolvedType
  if (resolved instanceof Enum) {
    return { kind: 'enum', names: new Map(Object.entries(resolved.values).map(([name, number]) => [number, name])) }
  }
  if (resolved instanceof Type) {
    if ((resolved as { group?: boolean }).group === true) throw invalid(`field "${field.name}" is a group`)
    return { kind: 'message', message: convert(resolved, made) }
  }
  if ((PROTO_SCALARS as readonly string[]).includes(field.type)) return { kind: field.type as ProtoScalar }
  throw invalid(`field "${field.name}" is of type "${field.type}", which is not defined`)
}
