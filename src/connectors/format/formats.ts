import { SqlError } from '../../base/sql-error.ts'
import type { ConnectorSpec } from '../../catalog/entry.ts'
import type { RowType, SqlType } from '../../types/sql-type.ts'
import type { Options } from '../options.ts'
import type { OpenRegistry, RegisteredSchema, SchemaKind, SchemaRegistry } from '../schema-registry/registry.ts'
import { avroDecoder } from './avro.ts'
import { BytesDecoder } from './bytes.ts'
import type { ChangeDecoder } from './change.ts'
import { DebeziumAvro } from './debezium-avro.ts'
import { DebeziumJson } from './debezium-json.ts'
import type { PayloadDecoder } from './format.ts'
import { JsonDecoder, JsonKeyDecoder, JsonValueDecoder } from './json.ts'
import { jsonSchemaDecoder } from './json-schema.ts'
import { protobufDecoder } from './protobuf.ts'
import { type BodyDecoder, RegistryDecoder } from './registry-format.ts'
import { readerSchema, registryAddress, type SchemaText } from './schema-options.ts'
import { TextDecoder } from './text.ts'

export type FormatSpec = NonNullable<ConnectorSpec['format']>

/** The formats, as FORMAT names them, and which kind of registered schema each uses. */
const FORMATS = {
  json: null,
  text: null,
  bytes: null,
  avro: 'avro',
  protobuf: 'protobuf',
  'json-schema': 'json',
} as const satisfies Record<string, SchemaKind | null>
export type FormatKind = keyof typeof FORMATS

export function isFormat(kind: string): kind is FormatKind {
  return Object.hasOwn(FORMATS, kind)
}

/** The kind of schema that a format's payloads name; null: none. */
export function schemaKind(format: FormatSpec): SchemaKind | null {
  return FORMATS[known(format)]
}

/**
 * The decoder of a value into these fields. Option `document`: the whole payload is one value. A field that is not wanted
 * is judged, but may come as NULLs.
 */
export function valueDecoder(
  format: FormatSpec,
  fields: RowType,
  open: OpenRegistry,
  wanted?: readonly boolean[],
): PayloadDecoder {
  const kind = known(format)
  if (FORMATS[kind] !== null) return registryDecoder(format, fields, open, false)
  if (kind === 'text') return new TextDecoder(single(fields, kind, ['text', 'varchar']))
  if (kind === 'bytes') return new BytesDecoder(single(fields, kind, ['bytea']))
  if (format.options['document'] !== true) return new JsonDecoder(fields, wanted)
  return new JsonValueDecoder(single(fields, kind, ['jsonb', 'json', 'text']))
}

/** The decoder of a key. `whole`: INCLUDE KEY, which takes the key as one value. */
export function keyDecoder(format: FormatSpec, fields: RowType, open: OpenRegistry, whole: boolean): PayloadDecoder {
  if (schemaKind(format) !== null) return registryDecoder(format, fields, open, whole)
  if (known(format) !== 'json') return valueDecoder(format, fields, open)
  if (whole) return new JsonValueDecoder(fields[0])
  return fields.length === 1 ? new JsonKeyDecoder(fields[0]) : new JsonDecoder(fields)
}

/** What reads the payloads of a writer's schema, by its kind. */
type MakeBody = (
  writer: RegisteredSchema,
  reader: SchemaText | null,
  options: Options,
  fields: RowType,
  whole: boolean,
) => BodyDecoder

const BODIES = {
  avro: (writer, reader, _, fields, whole) => avroDecoder(writer, reader, fields, whole),
  protobuf: protobufDecoder,
  json: (writer, reader, _, fields, whole) => jsonSchemaDecoder(writer, reader, fields, whole),
} as const satisfies Record<SchemaKind, MakeBody>

function registryDecoder(format: FormatSpec, fields: RowType, open: OpenRegistry, whole: boolean): PayloadDecoder {
  const kind = schemaKind(format)!
  const reader = readerSchema(format.options)
  const make: MakeBody = BODIES[kind]
  return new RegistryDecoder(fields, registryOf(format, open), kind, (writer) =>
    make(writer, reader, format.options, fields, whole),
  )
}

/** What takes change events in this format apart; `keys`: numbers of the key's columns. */
export function changeDecoder(
  format: FormatSpec,
  keyFormat: FormatSpec | null,
  fields: RowType,
  keys: readonly number[],
  options: Options,
  open: OpenRegistry,
): ChangeDecoder {
  const kind = known(format)
  if (keyFormat !== null && known(keyFormat) !== kind) {
    throw new SqlError('0A000', 'ENVELOPE DEBEZIUM with a key of another format is not supported')
  }
  if (kind === 'json') return new DebeziumJson(fields, keys, options)
  if (kind !== 'avro')
    throw new SqlError('0A000', `ENVELOPE DEBEZIUM with FORMAT ${kind.toUpperCase()} is not supported`)
  const registries = { value: registryOf(format, open), key: registryOf(keyFormat ?? format, open) }
  const readers = {
    value: readerSchema(format.options),
    key: keyFormat === null ? null : readerSchema(keyFormat.options),
  }
  return new DebeziumAvro(fields, keys, registries, readers)
}

export function registryOf(format: FormatSpec, open: OpenRegistry): SchemaRegistry {
  const address = registryAddress(format.options)
  if (address !== null) return open(address)
  throw new SqlError('42601', `FORMAT ${format.kind.toUpperCase()} needs a schema registry`, {
    hint: "Add USING SCHEMA REGISTRY 'http://host:port'.",
  })
}

function known({ kind }: FormatSpec): FormatKind {
  if (isFormat(kind)) return kind
  const kinds = Object.keys(FORMATS).map((each) => each.toUpperCase())
  throw new SqlError('0A000', `FORMAT ${kind.toUpperCase()} is not supported`, {
    hint: `There are ${kinds.join(', ')}.`,
  })
}

function single(fields: RowType, format: FormatKind, kinds: readonly SqlType['kind'][]) {
  const field = fields[0]
  if (fields.length === 1 && kinds.includes(field.type.kind)) return field
  const what = `one column of type ${kinds.join(' or ')}`
  const found = fields.length === 1 ? `column "${field.name}" is ${field.type.kind}` : `${fields.length} are declared`
  throw new SqlError('42601', `FORMAT ${format.toUpperCase()} fills ${what}, but ${found}`)
}
