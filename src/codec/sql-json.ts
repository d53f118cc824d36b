import { nested } from '../types/array-value.ts'
import { parseJson } from '../types/json-parse.ts'
import { type JsonNode, JsonNumber } from '../types/json-tree.ts'
import type { SqlType } from '../types/sql-type.ts'
import { formatText } from '../types/text.ts'
import type { Datum, Value } from '../types/value.ts'

/** A value of a SQL type as to_jsonb gives it, in UTC. */
export function scalarNode(value: Datum, type: SqlType): JsonNode {
  if (value === null) return null
  switch (type.kind) {
    case 'bool':
      return value as boolean
    case 'int2':
    case 'int4':
    case 'int8':
    case 'float4':
    case 'float8':
    case 'numeric': {
      const text = formatText(value as Value, type)
      // NaN and the infinities are no JSON numbers.
      return /\d$/.test(text) ? new JsonNumber(text) : text
    }
    case 'jsonb':
    case 'json':
      return parseJson(value as string)
    case 'array':
      return nested(value, (item) => scalarNode(item, type.element ?? { kind: 'text' })) as readonly JsonNode[]
    case 'timestamp':
    case 'timestamptz':
      return formatText(value as Value, type)
        .replace(' ', 'T')
        .replace(/([+-]\d\d)$/, '$1:00')
    default:
      return formatText(value as Value, type)
  }
}
