import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { formatJsonb, normalizeJson } from '../../types/jsonb.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Value } from '../../types/value.ts'
import { defEnv } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { arrayText, jsonText, keyText, objectText, toJsonNode } from '../json/write.ts'

/** Values to JSON: to_json[b], json[b]_build_object and _array, array_to_json. */
type Member<T> = readonly [key: string, value: T]

function members<T>(
  kind: 'json' | 'jsonb',
  args: readonly Datum[],
  types: readonly SqlType[],
  env: EvalEnv,
  convert: (value: Datum, type: SqlType, env: EvalEnv) => T,
): Member<T>[] {
  if (args.length % 2 !== 0) {
    throw new SqlError('22023', 'argument list must have even number of elements', {
      hint: `The arguments of ${kind}_build_object() must consist of alternating keys and values.`,
    })
  }
  const found: Member<T>[] = []
  for (let i = 0; i < args.length; i += 2) {
    const key = args[i]
    if (key === null) throw nullKey(kind, i + 1)
    found.push([keyText(key, types[i], env), convert(args[i + 1], types[i + 1], env)])
  }
  return found
}

const nullKey = (kind: 'json' | 'jsonb', at: number): SqlError =>
  kind === 'jsonb'
    ? new SqlError('22023', `argument ${at}: key must not be null`)
    : new SqlError('22023', `argument ${at} cannot be null`, { hint: 'Object keys should be text.' })

const binary = (node: JsonNode): string => formatJsonb(normalizeJson(node))

function builders(kind: 'json' | 'jsonb'): ScalarFunction[] {
  const build = { variadic: true, strict: false, fallible: true, volatility: 'stable' } as const
  const text = kind === 'json'
  return [
    defEnv(
      `to_${kind}(anyelement) ${kind}`,
      ([v], env, types) => (text ? jsonText(v, types[0], env) : binary(toJsonNode(v, types[0], env))),
      { volatility: 'stable', example: [`to_${kind}(array[1,2])`, text ? '[1,2]' : '[1, 2]'] },
    ),
    defEnv(`${kind}_build_object() ${kind}`, () => '{}', { example: [`${kind}_build_object()`, '{}'] }),
    defEnv(
      `${kind}_build_object(any) ${kind}`,
      (args, env, types) =>
        text
          ? objectText(members(kind, args, types, env, jsonText))
          : binary(new JsonObject(members(kind, args, types, env, toJsonNode))),
      {
        ...build,
        example: [`${kind}_build_object('a', 1, 'b', null)`, text ? '{"a" : 1, "b" : null}' : '{"a": 1, "b": null}'],
      },
    ),
    defEnv(`${kind}_build_array() ${kind}`, () => '[]', { example: [`${kind}_build_array()`, '[]'] }),
    defEnv(
      `${kind}_build_array(any) ${kind}`,
      (args, env, types) =>
        text
          ? `[${args.map((arg, i) => jsonText(arg, types[i], env)).join(', ')}]`
          : binary(args.map((arg, i) => toJsonNode(arg, types[i], env))),
      { ...build, example: [`${kind}_build_array(1, 'a', true)`, '[1, "a", true]'] },
    ),
  ]
}

export const jsonBuildFunctions: readonly ScalarFunction[] = [
  ...builders('json'),
  ...builders('jsonb'),
  defEnv('array_to_json(anyarray) json', ([a], env, types) => jsonText(a, types[0], env), {
    shapes: true,
    volatility: 'stable',
    example: ['array_to_json(array[[1],[2]])', '[[1],[2]]'],
  }),
  defEnv(
    'array_to_json(anyarray,bool) json',
    ([a, lines], env, types) => arrayText(a as Value, types[0], env, lines ? ',\n ' : ','),
    { shapes: true, volatility: 'stable', example: ['array_to_json(array[1,2], false)', '[1,2]'] },
  ),
  defEnv('row_to_json(record) json', ([r], env, types) => jsonText(r, types[0], env), {
    volatility: 'stable',
  }),
]
