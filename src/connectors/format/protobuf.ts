import { SqlError } from '../../base/sql-error.ts'
import { ProtoDataError } from '../../codec/protobuf/cursor.ts'
import {
  checkReadable,
  messagePath,
  type ProtoDecoder,
  ProtoMismatch,
  protoDecoder,
  wholeProtoDecoder,
} from '../../codec/protobuf/decode.ts'
import type { ProtoFile, ProtoMessage } from '../../codec/protobuf/schema.ts'
import { parseProto } from '../../codec/protobuf/schema-parse.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { Options } from '../options.ts'
import type { RegisteredSchema } from '../schema-registry/registry.ts'
import type { BodyDecoder } from './registry-format.ts'
import type { SchemaText } from './schema-options.ts'
import { Incompatible } from './written.ts'

/** The message that a source reads: the one that is named, else the first of its file. */
export function protoMessage(schema: SchemaText, options: Options): ProtoMessage {
  const file = parseProto(schema.text, schema.references)
  const { message } = options
  const found = typeof message === 'string' ? file.named(message) : file.at([0])
  if (found !== undefined) return found
  const what = typeof message === 'string' ? `no message "${message}"` : 'no message'
  throw new SqlError('42704', `the Protobuf schema has ${what}`)
}

/**
 * A decoder for what this writer's schema describes. Fields are found by their numbers, so that payloads are read by the
 * source's own schema (`reader`; null: its columns were declared, and the writer's names count); the writer's says which
 * message each payload is, and whether its types agree.
 */
export function protobufDecoder(
  writer: RegisteredSchema,
  reader: SchemaText | null,
  options: Options,
  fields: RowType,
  whole: boolean,
): BodyDecoder {
  const file: ProtoFile = parseProto(writer.text, writer.references)
  const own = reader === null ? null : protoMessage(reader, options)
  const decoders = new Map<string, ProtoDecoder | string>()
  const decoderOf = (path: readonly number[]): ProtoDecoder | string => {
    const message = file.at(path)
    if (message === undefined) return `schema ${writer.id} has no message at ${path.join('.')}`
    const wanted = own?.name ?? options['message']
    if (typeof wanted === 'string' && message.name !== wanted && !message.name.endsWith(`.${wanted}`)) {
      return `the payload is message "${message.name}", the source reads "${wanted}"`
    }
    if (own !== null) checkReadable(message, own)
    return whole ? wholeProtoDecoder(own ?? message) : protoDecoder(own ?? message, fields)
  }
  const first = own === null ? undefined : file.named(own.name)
  // What cannot be read is known before the first payload is.
  if (first !== undefined && own !== null) mismatched(() => checkReadable(first, own))
  return (bytes, start, end, builders) => {
    try {
      const { path, at } = messagePath(bytes, start, end)
      const key = path.join('.')
      let decoder = decoders.get(key)
      if (decoder === undefined) {
        decoder = mismatched(() => decoderOf(path))
        decoders.set(key, decoder)
      }
      return typeof decoder === 'string' ? decoder : decoder(bytes, at, end, builders)
    } catch (error) {
      if (error instanceof ProtoDataError || error instanceof Incompatible) return error.message
      throw error
    }
  }
}

function mismatched<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof ProtoMismatch ? new Incompatible(error.message) : error
  }
}
