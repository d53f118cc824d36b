import { createRequire } from 'node:module'
import type protobufjs from 'protobufjs'

/**
 * JSON → a Protobuf payload as producers with a schema registry send it: the place of the message in its file, then the
 * message. `message`: by full or unqualified name; null: the first of the file. Times, durations and wrapped values of
 * google.protobuf stand as Protobuf's JSON has them. Throws an Error that says what does not fit.
 */
export function encodeProtoJson(text: string, message: string | null, value: unknown): Uint8Array {
  const { common, parse } = createRequire(import.meta.url)('protobufjs') as typeof protobufjs
  const { root, package: space, imports = [] } = parse(text, { keepCase: true })
  const scope = (space ? root.lookup(space) : root) as protobufjs.NamespaceBase
  const messages = scope.nestedArray.filter((each) => 'fieldsArray' in each)
  for (const name of imports) {
    const builtIn = common.get(name)
    if (builtIn !== null) root.addJSON((builtIn as { nested: object }).nested as never)
  }
  const index =
    message === null ? 0 : messages.findIndex((each) => [each.name, each.fullName.slice(1)].includes(message))
  const type = messages[index] as protobufjs.Type | undefined
  if (type === undefined) throw new Error(message === null ? 'the schema has no message' : `no message "${message}"`)
  const unknown = Object.keys(value as object).find((name) => type.fields[name] === undefined)
  if (unknown !== undefined) throw new Error(`message "${type.name}" has no field "${unknown}"`)
  const body = type.encode(type.fromObject(ofMessage(type, value) as object)).finish()
  // A list of one index; the first message is so frequent that it is a single 0.
  return Buffer.concat([Uint8Array.from(index === 0 ? [0] : [2, 2 * index]), body])
}

/** The value with its messages of google.protobuf as objects of their fields. */
function ofMessage(type: protobufjs.Type, value: unknown): unknown {
  const name = type.fullName.slice(1)
  if (name === 'google.protobuf.Timestamp' && typeof value === 'string') return instantOf(value)
  if (name === 'google.protobuf.Duration' && typeof value === 'string') return durationOf(value)
  const isObject = typeof value === 'object' && value !== null
  if (/^google\.protobuf\.\w+Value$/.test(name) && type.fields['value'] && !isObject) return { value }
  if (!isObject) return value
  return Object.fromEntries(
    Object.entries(value).map(([field, each]) => [
      field,
      type.fields[field] ? ofField(type.fields[field], each) : each,
    ]),
  )
}

function ofField(field: protobufjs.Field, value: unknown): unknown {
  const type = field.resolve().resolvedType
  if (value === null || type === null || !('fieldsArray' in type)) return value
  if (field.repeated && Array.isArray(value)) return value.map((each) => ofMessage(type, each))
  if (!field.map) return ofMessage(type, value)
  return Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, ofMessage(type, each)]))
}

/** `2024-03-01T10:00:00.5Z` */
function instantOf(text: string): object {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  const millis = found === null ? Number.NaN : Date.parse(found[1] + found[3])
  if (found === null || Number.isNaN(millis)) throw new Error(`"${text}" is no time as in 2024-03-01T10:00:00Z`)
  return { seconds: millis / 1000, nanos: Number((found[2] ?? '').padEnd(9, '0')) }
}

/** `-1.5s` */
function durationOf(text: string): object {
  const found = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text)
  if (found === null) throw new Error(`"${text}" is no duration as in 1.5s`)
  const sign = found[1] === '-' ? -1 : 1
  return { seconds: sign * Number(found[2]), nanos: sign * Number((found[3] ?? '').padEnd(9, '0')) }
}
