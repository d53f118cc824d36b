import { createRequire } from 'node:module'
import type protobufjs from 'protobufjs'

/**
 * JSON → a Protobuf payload as producers with a schema registry send it: the place of the message in its file, then the
 * message. `message`: by full or unqualified name; null: the first of the file. Throws an Error that says what does not fit.
 */
export function encodeProtoJson(text: string, message: string | null, value: unknown): Uint8Array {
  const { parse } = createRequire(import.meta.url)('protobufjs') as typeof protobufjs
  const { root, package: space } = parse(text, { keepCase: true })
  const scope = (space ? root.lookup(space) : root) as protobufjs.NamespaceBase
  const messages = scope.nestedArray.filter((each) => 'fieldsArray' in each)
  const index =
    message === null ? 0 : messages.findIndex((each) => [each.name, each.fullName.slice(1)].includes(message))
  const type = messages[index] as protobufjs.Type | undefined
  if (type === undefined) throw new Error(message === null ? 'the schema has no message' : `no message "${message}"`)
  const unknown = Object.keys(value as object).find((name) => type.fields[name] === undefined)
  if (unknown !== undefined) throw new Error(`message "${type.name}" has no field "${unknown}"`)
  const body = type.encode(type.fromObject(value as object)).finish()
  // A list of one index; the first message is so frequent that it is a single 0.
  return Buffer.concat([Uint8Array.from(index === 0 ? [0] : [2, 2 * index]), body])
}
