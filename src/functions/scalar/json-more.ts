import { SqlError } from '../../base/sql-error.ts'
import { parseJson } from '../../types/json-parse.ts'
import { formatJson, type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { formatJsonb, jsonbKey, normalizeJson } from '../../types/jsonb.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { ValueArray } from '../../types/value.ts'
import { def, defEnv } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { toJsonNode } from './json-build.ts'

/** JSON objects of arrays of text, jsonb_insert, and what json_agg and its kin make of the values that array_agg collects. */
function pairs(keys: ValueArray, values: ValueArray | null): JsonObject {
  if (values !== null && keys.length !== values.length) throw new SqlError('2202E', 'mismatched array dimensions')
  if (values === null && keys.length % 2 !== 0) throw new SqlError('2202E', 'array must have even number of elements')
  const entries: [string, JsonNode][] = []
  const count = values === null ? keys.length / 2 : keys.length
  for (let i = 0; i < count; i++) {
    const key = values === null ? keys[2 * i] : keys[i]
    const value = values === null ? keys[2 * i + 1] : values[i]
    if (key === null) throw new SqlError('22004', 'null value not allowed for object key')
    entries.push([key as string, value as string | null])
  }
  return new JsonObject(entries)
}

const spaced = (object: JsonObject): string =>
  `{${object.entries.map(([key, value]) => `${JSON.stringify(key)} : ${formatJson(value)}`).join(', ')}}`

/** Like jsonb_set, but an existing key is an error and array items move aside. */
function insert(target: string, path: ValueArray, added: string, after: boolean): string {
  const steps = path as readonly (string | null)[]
  const walk = (node: JsonNode, depth: number): JsonNode => {
    const step = steps[depth]
    if (step === null) throw new SqlError('22004', `path element at position ${depth + 1} is null`)
    const last = depth === steps.length - 1
    if (node instanceof JsonObject) {
      const found = node.entries.find(([key]) => key === step)
      if (!last) {
        if (found === undefined) return node
        return new JsonObject(node.entries.map(([k, v]) => [k, k === step ? walk(v, depth + 1) : v]))
      }
      if (found !== undefined) {
        throw new SqlError('22023', 'cannot replace existing key', {
          hint: 'Try using the function jsonb_set to replace key value.',
        })
      }
      return new JsonObject([...node.entries, [step, parseJson(added)]])
    }
    if (!Array.isArray(node)) return node
    const items = node as readonly JsonNode[]
    if (!/^[+-]?\d+$/.test(step)) {
      throw new SqlError('22P02', `path element at position ${depth + 1} is not an integer: "${step}"`)
    }
    const index = Number(step) < 0 ? items.length + Number(step) : Number(step)
    if (!last) return items.map((item, i) => (i === index ? walk(item, depth + 1) : item))
    const at = Math.min(items.length, Math.max(0, index < 0 ? 0 : index + (after ? 1 : 0)))
    return [...items.slice(0, at), parseJson(added), ...items.slice(at)]
  }
  return formatJsonb(normalizeJson(steps.length === 0 ? parseJson(target) : walk(parseJson(target), 0)))
}

/** Each item is `[key, value]`. */
function collected(items: ValueArray, unique = false): JsonObject {
  const known = new Set<string>()
  return new JsonObject(
    items.map((item) => {
      const [key, value] = parseJson(item as string) as readonly [string | null, JsonNode]
      if (key === null) throw new SqlError('22023', 'field name must not be null')
      if (unique && known.has(key))
        throw new SqlError('22030', `duplicate JSON object key value: ${JSON.stringify(key)}`)
      known.add(key)
      return [key, value]
    }),
  )
}

const objectText = (object: JsonObject): string =>
  `{ ${object.entries.map(([key, value]) => `${JSON.stringify(key)} : ${formatJson(value)}`).join(', ')} }`

const nodes = (items: ValueArray, type: SqlType, env: EvalEnv): JsonNode[] =>
  items.map((item) => toJsonNode(item, type.element ?? { kind: 'text' }, env))

const fallible = { fallible: true }

export const jsonMoreFunctions: readonly ScalarFunction[] = [
  def('json_object(text[]) json', (a: ValueArray) => spaced(pairs(a, null)), {
    ...fallible,
    example: ["json_object('{a,1,b,def}'::text[])", '{"a" : "1", "b" : "def"}'],
  }),
  def('json_object(text[],text[]) json', (k: ValueArray, v: ValueArray) => spaced(pairs(k, v)), {
    ...fallible,
    example: ["json_object('{a,b}', '{1,2}')", '{"a" : "1", "b" : "2"}'],
  }),
  def('jsonb_object(text[]) jsonb', (a: ValueArray) => formatJsonb(normalizeJson(pairs(a, null))), {
    ...fallible,
    example: ["jsonb_object('{a,1,b,def}'::text[])", '{"a": "1", "b": "def"}'],
  }),
  def('jsonb_object(text[],text[]) jsonb', (k: ValueArray, v: ValueArray) => formatJsonb(normalizeJson(pairs(k, v))), {
    ...fallible,
    example: ["jsonb_object('{a,b}', '{1,2}')", '{"a": "1", "b": "2"}'],
  }),
  def('jsonb_insert(jsonb,text[],jsonb) jsonb', (t: string, p: ValueArray, v: string) => insert(t, p, v, false), {
    ...fallible,
    example: [`jsonb_insert('{"a": [0, 1]}', '{a,1}', '9')`, '{"a": [0, 9, 1]}'],
  }),
  def('jsonb_insert(jsonb,text[],jsonb,bool) jsonb', insert, {
    ...fallible,
    example: [`jsonb_insert('{"a": [0, 1]}', '{a,1}', '9', true)`, '{"a": [0, 1, 9]}'],
  }),
  def('jsonb_key(jsonb) jsonb', jsonbKey, {
    example: [`jsonb_key('[1.50, 2.0]')`, '[1.5, 2]'],
  }),
  defEnv(
    'json_agg_final(anyarray) json',
    ([a], env, types) =>
      `[${nodes(a as ValueArray, types[0], env)
        .map(formatJson)
        .join(', ')}]`,
    { volatility: 'stable', example: ['json_agg_final(array[1,null])', '[1, null]'] },
  ),
  defEnv(
    'jsonb_agg_final(anyarray) jsonb',
    ([a], env, types) => formatJsonb(normalizeJson(nodes(a as ValueArray, types[0], env))),
    { volatility: 'stable', example: ['jsonb_agg_final(array[1,null])', '[1, null]'] },
  ),
  def('json_object_agg_final(json[]) json', (a: ValueArray) => objectText(collected(a)), {
    ...fallible,
    example: [`json_object_agg_final(array['["a", 1]'::json])`, '{ "a" : 1 }'],
  }),
  def('json_object_agg_unique_final(json[]) json', (a: ValueArray) => objectText(collected(a, true)), {
    ...fallible,
    example: [`json_object_agg_unique_final(array['["a", 1]'::json])`, '{ "a" : 1 }'],
  }),
  def(
    'jsonb_object_agg_unique_final(jsonb[]) jsonb',
    (a: ValueArray) => formatJsonb(normalizeJson(collected(a, true))),
    {
      ...fallible,
      example: [`jsonb_object_agg_unique_final(array['["a", 1]'::jsonb])`, '{"a": 1}'],
    },
  ),
  def('jsonb_object_agg_final(jsonb[]) jsonb', (a: ValueArray) => formatJsonb(normalizeJson(collected(a))), {
    ...fallible,
    example: [`jsonb_object_agg_final(array['["a", 1]'::jsonb])`, '{"a": 1}'],
  }),
]
