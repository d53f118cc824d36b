import { SqlError } from '../../base/sql-error.ts'
import { isInterval, isNumeric } from '../../types/datum.ts'
import { parseJson } from '../../types/json-parse.ts'
import { formatJson, type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import { formatJsonb, normalizeJson } from '../../types/jsonb.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Datum, Value, ValueArray } from '../../types/value.ts'
import { defEnv, textOptions } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'

/** Values to JSON: to_json[b], json[b]_build_object and _array, array_to_json. */
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
    case 'numeric': {
      const text = formatText(value as Value, type, textOptions(env))
      // NaN and the infinities are no JSON numbers.
      return /[0-9]$/.test(text) ? new JsonNumber(text) : text
    }
    case 'json':
    case 'jsonb':
      return parseJson(value as string)
    case 'array':
      return (value as ValueArray).map((item) => toJsonNode(item, type.element ?? { kind: 'text' }, env))
    case 'record':
      return new JsonObject((value as ValueArray).map((item, i) => [`f${i + 1}`, looseNode(item)]))
    case 'timestamp':
    case 'timestamptz':
      return formatText(value as Value, type, textOptions(env))
        .replace(' ', 'T')
        .replace(/([+-]\d\d)$/, '$1:00')
    default:
      return formatText(value as Value, type, textOptions(env))
  }
}

/** Fields of anonymous records: by their shape. */
function looseNode(value: Datum): JsonNode {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return new JsonNumber(String(value))
  if (isNumeric(value)) return new JsonNumber(formatText(value, { kind: 'numeric' }))
  if (isInterval(value)) return formatText(value, { kind: 'interval' })
  if (value instanceof Uint8Array) return formatText(value, { kind: 'bytea' })
  return (value as ValueArray).map(looseNode)
}

function buildObject(args: readonly Datum[], types: readonly SqlType[], env: EvalEnv): JsonObject {
  if (args.length % 2 !== 0) throw new SqlError('22023', 'argument list must have even number of elements')
  const entries: [string, JsonNode][] = []
  for (let i = 0; i < args.length; i += 2) {
    const key = args[i]
    if (key === null) throw new SqlError('22004', `argument ${i + 1} cannot be null`)
    entries.push([formatText(key, types[i], textOptions(env)), toJsonNode(args[i + 1], types[i + 1], env)])
  }
  return new JsonObject(entries)
}

function builders(kind: 'json' | 'jsonb'): ScalarFunction[] {
  const print = kind === 'json' ? spaced : (node: JsonNode) => formatJsonb(normalizeJson(node))
  const build = { variadic: true, strict: false, fallible: true, volatility: 'stable' } as const
  return [
    defEnv(`to_${kind}(anyelement) ${kind}`, ([v], env, types) => print(toJsonNode(v, types[0], env)), {
      volatility: 'stable',
      example: [`to_${kind}(array[1,2])`, kind === 'json' ? '[1,2]' : '[1, 2]'],
    }),
    defEnv(`${kind}_build_object() ${kind}`, () => '{}', { example: [`${kind}_build_object()`, '{}'] }),
    defEnv(`${kind}_build_object(any) ${kind}`, (args, env, types) => print(buildObject(args, types, env)), {
      ...build,
      example: [
        `${kind}_build_object('a', 1, 'b', null)`,
        kind === 'json' ? '{"a" : 1, "b" : null}' : '{"a": 1, "b": null}',
      ],
    }),
    defEnv(`${kind}_build_array() ${kind}`, () => '[]', { example: [`${kind}_build_array()`, '[]'] }),
    defEnv(
      `${kind}_build_array(any) ${kind}`,
      (args, env, types) =>
        printArray(
          kind,
          args.map((arg, i) => toJsonNode(arg, types[i], env)),
        ),
      { ...build, example: [`${kind}_build_array(1, 'a', true)`, '[1, "a", true]'] },
    ),
  ]
}

/** json_build_… put spaces where PostgreSQL does: `{"a" : 1}` and `[1, 2]`, values inside compact. */
function spaced(node: JsonNode): string {
  if (!(node instanceof JsonObject)) return formatJson(node)
  return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)} : ${formatJson(value)}`).join(', ')}}`
}

function printArray(kind: 'json' | 'jsonb', items: readonly JsonNode[]): string {
  return kind === 'jsonb' ? formatJsonb(normalizeJson(items)) : `[${items.map(formatJson).join(', ')}]`
}

export const jsonBuildFunctions: readonly ScalarFunction[] = [
  ...builders('json'),
  ...builders('jsonb'),
  defEnv('array_to_json(anyarray) json', ([a], env, types) => formatJson(toJsonNode(a, types[0], env)), {
    volatility: 'stable',
    example: ['array_to_json(array[1,2])', '[1,2]'],
  }),
  defEnv('row_to_json(record) json', ([r], env, types) => formatJson(toJsonNode(r, types[0], env)), {
    volatility: 'stable',
  }),
]
