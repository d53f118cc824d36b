import { SqlError } from '../../base/sql-error.ts'
import { jsonParts, parseJson } from '../../types/json-parse.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { formatJsonb, jsonbKey, normalizeJson, quoteJson } from '../../types/jsonb.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { reading } from '../../types/text/string.ts'
import type { Datum, ValueArray } from '../../types/value.ts'
import { def, defEnv } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { arrayText, jsonText, keyText, toJsonNode } from '../json/write.ts'

/** What json_agg, json_object_agg and their kin make of the values that array_agg collects. */

/** A member of an object to be, as the array `[key, value]`: what array_agg collects. */
function member([key, value]: readonly Datum[], env: EvalEnv, types: readonly SqlType[]): string {
  if (key === null) throw new SqlError('22023', 'field name must not be null')
  return `[${quoteJson(keyText(key, types[0], env))}, ${jsonText(value, types[1], env)}]`
}

type Member = readonly [key: string, text: string]

function members(items: ValueArray): readonly Member[] {
  return items.map((item) => {
    const parts = jsonParts(item as string, false)
    const [key, value] = parts.kind === 'array' ? parts.items : []
    return [parseJson(key) as string, value]
  })
}

/** PostgreSQL names the key in json only. */
function unique(found: readonly Member[], named: boolean): readonly Member[] {
  const known = new Set<string>()
  for (const [key] of found) {
    if (known.has(key)) {
      throw new SqlError('22030', `duplicate JSON object key value${named ? `: ${quoteJson(key)}` : ''}`)
    }
    known.add(key)
  }
  return found
}

const textOf = (found: readonly Member[]): string =>
  `{ ${found.map(([key, text]) => `${quoteJson(key)} : ${text}`).join(', ')} }`

const binaryOf = (found: readonly Member[]): string =>
  formatJsonb(normalizeJson(new JsonObject(found.map(([key, text]) => [key, reading(() => parseJson(text))]))))

const nodes = (items: ValueArray, type: SqlType, env: EvalEnv): JsonNode[] =>
  items.map((item) => toJsonNode(item, type.element ?? { kind: 'text' }, env))

const fallible = { fallible: true }

export const jsonCollectedFunctions: readonly ScalarFunction[] = [
  def('jsonb_key(jsonb) jsonb', jsonbKey, {
    example: [`jsonb_key('[1.50, 2.0]')`, '[1.5, 2]'],
  }),
  defEnv('json_agg_member(any,any) json', member, {
    strict: false,
    fallible: true,
    volatility: 'stable',
    example: ["json_agg_member(true, 'x'::text)", '["true", "x"]'],
  }),
  defEnv('json_agg_final(anyarray) json', ([a], env, types) => arrayText(a as ValueArray, types[0], env, ', '), {
    volatility: 'stable',
    example: ['json_agg_final(array[1,null])', '[1, null]'],
  }),
  // Items that are arrays or records stand on lines of their own.
  def('json_agg_lines_final(json[]) json', (a: ValueArray) => `[${a.map((item) => item ?? 'null').join(', \n ')}]`, {
    example: ["json_agg_lines_final(array['[1]'::json])", '[[1]]'],
  }),
  defEnv(
    'jsonb_agg_final(anyarray) jsonb',
    ([a], env, types) => formatJsonb(normalizeJson(nodes(a as ValueArray, types[0], env))),
    { volatility: 'stable', fallible: true, example: ['jsonb_agg_final(array[1,null])', '[1, null]'] },
  ),
  def('json_object_agg_final(json[]) json', (a: ValueArray) => textOf(members(a)), {
    ...fallible,
    example: [`json_object_agg_final(array['["a", 1]'::json])`, '{ "a" : 1 }'],
  }),
  def('json_object_agg_unique_final(json[]) json', (a: ValueArray) => textOf(unique(members(a), true)), {
    ...fallible,
    example: [`json_object_agg_unique_final(array['["a", 1]'::json])`, '{ "a" : 1 }'],
  }),
  def('jsonb_object_agg_unique_final(json[]) jsonb', (a: ValueArray) => binaryOf(unique(members(a), false)), {
    ...fallible,
    example: [`jsonb_object_agg_unique_final(array['["a", 1]'::json])`, '{"a": 1}'],
  }),
  def('jsonb_object_agg_final(json[]) jsonb', (a: ValueArray) => binaryOf(members(a)), {
    ...fallible,
    example: [`jsonb_object_agg_final(array['["a", 1]'::json])`, '{"a": 1}'],
  }),
]
