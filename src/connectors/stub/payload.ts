import { unreachable } from '../../base/assert.ts'
import { encodeAvroJson } from '../../codec/avro/encode-json.ts'
import { parseAvroSchema } from '../../codec/avro/schema-parse.ts'
import { encodeProtoJson } from '../../codec/protobuf/encode-json.ts'
import { parseJson } from '../../types/json-parse.ts'
import { type FormatSpec, registryOf, schemaKind } from '../format/formats.ts'
import { framed } from '../schema-registry/fake-registry.ts'
import type { OpenRegistry, RegisteredSchema } from '../schema-registry/registry.ts'

/** A line of JSON → the bytes that a producer would have sent; throws an Error that says what does not fit. */
export type Encode = (line: string) => Uint8Array | null

/** Of a format that names no schema the line goes as it stands, whatever it holds: the decoder judges it. */
export async function encoderOf(format: FormatSpec, open: OpenRegistry): Promise<Encode> {
  const kind = schemaKind(format)
  // The text "null" of FORMAT TEXT is a text.
  if (kind === null) return format.kind === 'json' ? orNull((line) => Buffer.from(line)) : (line) => Buffer.from(line)
  const subject = String(format.options['subject'])
  const schema = await registryOf(format, open).latest(subject)
  if (schema === null)
    throw new Error(`subject "${subject}" has no schema: write "schema ${subject}" and its text first`)
  const body = bodyOf(schema, format)
  return orNull((line) => framed(schema.id, body(line)))
}

const orNull =
  (encode: (line: string) => Uint8Array): Encode =>
  (line) =>
    line === 'null' ? null : encode(line)

function bodyOf(schema: RegisteredSchema, format: FormatSpec): (line: string) => Uint8Array {
  switch (schema.kind) {
    case 'avro': {
      const references = schema.references.map((each) => each.text)
      const type = parseAvroSchema(schema.text, references)
      return (line) => encodeAvroJson(type, parseJson(line))
    }
    case 'protobuf': {
      const { message } = format.options
      return (line) => encodeProtoJson(schema.text, typeof message === 'string' ? message : null, JSON.parse(line))
    }
    case 'json':
      return (line) => Buffer.from(line)
    default:
      return unreachable(schema.kind)
  }
}
