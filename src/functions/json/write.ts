import { SqlError } from '../../base/sql-error.ts'
import { nested } from '../../types/array-value.ts'
import { isInterval, isNumeric } from '../../types/datum.ts'
import { parseJson } from '../../types/json-parse.ts'
import { formatJson, type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import { quoteJson } from '../../types/jsonb.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { reading } from '../../types/text/string.ts'
import { formatText } from '../../types/text.ts'
import type { Datum, Value, ValueArray } from '../../types/value.ts'
import { textOptions } from '../define.ts'
import type { EvalEnv } from '../function.ts'

/** SQL values as JSON: a tree for jsonb, a text for json, which keeps what json and jsonb look like inside it. */
const itemType = (type: SqlType): SqlType => type.element ?? { kind: 'text' }

export function toJsonNode(value: Datum, type: SqlType, env: EvalEnv): JsonNode {
  if (value === null) return null
  switch (type.kind) {
    case 'bool':
      return value as boolean
    case 'int2':
    case 'int4':
    case 'int8':
    case 'float4':
    case 'float8':
    case 'numeric':
      return numberNode(formatText(value as Value, type, textOptions(env)))
    case 'json':
    case 'jsonb':
      return reading(() => parseJson(value as string))
    case 'array':
      return nested(value, (item) => toJsonNode(item, itemType(type), env)) as readonly JsonNode[]
    case 'record':
      return new JsonObject(
        (value as ValueArray).map((item, i) => {
          const field = type.fields?.[i]
          return field === undefined ? [`f${i + 1}`, looseNode(item)] : [field.name, toJsonNode(item, field.type, env)]
        }),
      )
    default:
      return scalarText(value, type, env)
  }
}

/** NaN and the infinities are no JSON numbers. */
const numberNode = (text: string): JsonNode => (/[0-9]$/.test(text) ? new JsonNumber(text) : text)

/** Values that are strings in JSON; times as ISO 8601 writes them. */
function scalarText(value: Value, type: SqlType, env: EvalEnv): string {
  const text = formatText(value, type, textOptions(env))
  if (type.kind !== 'timestamp' && type.kind !== 'timestamptz') return text
  return text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')
}

/** The text of a value of json: `[1,null]`, no blanks but those that the value itself has. */
export function jsonText(value: Datum, type: SqlType, env: EvalEnv): string {
  if (value === null) return 'null'
  switch (type.kind) {
    case 'json':
    case 'jsonb':
      return value as string
    case 'array':
      return arrayText(value, type, env, ',')
    case 'record':
      return recordText(value as ValueArray, type, env, ',')
    default:
      return formatJson(toJsonNode(value, type, env))
  }
}

/** `separator`: between the members. */
export function recordText(record: ValueArray, type: SqlType, env: EvalEnv, separator: string): string {
  const members = record.map((item, i) => {
    const field = type.fields?.[i]
    const text = field === undefined ? formatJson(looseNode(item)) : jsonText(item, field.type, env)
    return `${quoteJson(field?.name ?? `f${i + 1}`)}:${text}`
  })
  return `{${members.join(separator)}}`
}

/** `separator`: between what the outermost brackets hold. */
export function arrayText(array: Value, type: SqlType, env: EvalEnv, separator: string): string {
  const listed = (part: unknown, between: string): string =>
    Array.isArray(part) ? `[${part.map((each) => listed(each, ',')).join(between)}]` : (part as string)
  return listed(
    nested(array, (item) => jsonText(item, itemType(type), env)),
    separator,
  )
}

/** A value as the name of a member. */
export function keyText(value: Value, type: SqlType, env: EvalEnv): string {
  if (type.kind === 'array' || type.kind === 'record' || type.kind === 'json' || type.kind === 'jsonb') {
    throw new SqlError('22023', 'key value must be scalar, not array, composite, or json')
  }
  return type.kind === 'bool' ? String(value) : scalarText(value, type, env)
}

/** `{"a" : 1, "b" : 2}`, as the functions that build an object of json write it. */
export const objectText = (members: readonly (readonly [key: string, text: string])[]): string =>
  `{${members.map(([key, text]) => `${quoteJson(key)} : ${text}`).join(', ')}}`

/** Fields of anonymous records: by their shape. */
function looseNode(value: Datum): JsonNode {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return new JsonNumber(String(value))
  if (isNumeric(value)) return new JsonNumber(formatText(value, { kind: 'numeric' }))
  if (isInterval(value)) return formatText(value, { kind: 'interval' })
  if (value instanceof Uint8Array) return formatText(value, { kind: 'bytea' })
  return nested(value, looseNode) as readonly JsonNode[]
}
