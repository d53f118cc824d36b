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
  const name = quoteJson(keyText(key, types[0], env))
  // SQL's NULL is no value: those that leave NULLs out know it from JSON's null.
  return value === null ? `[${name}]` : `[${name}, ${jsonText(value, types[1], env)}]`
}

type Member = readonly [key: string, text: string | undefined]

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

const present = (found: readonly Member[]): readonly Member[] => found.filter(([, text]) => text !== undefined)

const textOf = (found: readonly Member[]): string =>
  `{ ${found.map(([key, text = 'null']) => `${quoteJson(key)} : ${text}`).join(', ')} }`

const binaryOf = (found: readonly Member[]): string =>
  formatJsonb(normalizeJson(new JsonObject(found.map(([key, text = 'null']) => [key, reading(() => parseJson(text))]))))

const nodes = (items: ValueArray, type: SqlType, env: EvalEnv): JsonNode[] =>
  items.map((item) => toJsonNode(item, type.element ?? { kind: 'text' }, env))

const fallible = { fallible: true }
/** The items, or those that are no NULLs. */
const kept = (items: Datum, strict: boolean): ValueArray => {
  const all = items as ValueArray
  return strict ? all.filter((item) => item !== null) : all
}

function arrayFinals(name: string, strict: boolean): ScalarFunction[] {
  const result = strict ? '[1]' : '[1, null]'
  return [
    defEnv(`json_${name}_final(anyarray) json`, ([a], env, types) => arrayText(kept(a, strict), types[0], env, ', '), {
      volatility: 'stable',
      example: [`json_${name}_final(array[1,null])`, result],
    }),
    // Items that are arrays or records stand on lines of their own.
    def(
      `json_${name}_lines_final(json[]) json`,
      (a: ValueArray) =>
        `[${kept(a, strict)
          .map((item) => item ?? 'null')
          .join(', \n ')}]`,
      { example: [`json_${name}_lines_final(array['[1]'::json])`, '[[1]]'] },
    ),
    defEnv(
      `jsonb_${name}_final(anyarray) jsonb`,
      ([a], env, types) => formatJsonb(normalizeJson(nodes(kept(a, strict), types[0], env))),
      { volatility: 'stable', fallible: true, example: [`jsonb_${name}_final(array[1,null])`, result] },
    ),
  ]
}

function objectFinals(
  name: string,
  pick: (found: readonly Member[], named: boolean) => readonly Member[],
): ScalarFunction[] {
  return [
    def(`json_${name}_final(json[]) json`, (a: ValueArray) => textOf(pick(members(a), true)), {
      ...fallible,
      example: [`json_${name}_final(array['["a", 1]'::json])`, '{ "a" : 1 }'],
    }),
    def(`jsonb_${name}_final(json[]) jsonb`, (a: ValueArray) => binaryOf(pick(members(a), false)), {
      ...fallible,
      example: [`jsonb_${name}_final(array['["a", 1]'::json])`, '{"a": 1}'],
    }),
  ]
}

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
  ...arrayFinals('agg', false),
  ...arrayFinals('agg_strict', true),
  ...objectFinals('object_agg', (found) => found),
  ...objectFinals('object_agg_strict', present),
  ...objectFinals('object_agg_unique', unique),
  ...objectFinals('object_agg_unique_strict', (found, named) => present(unique(found, named))),
]
