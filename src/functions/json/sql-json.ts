import { SqlError } from '../../base/sql-error.ts'
import { parseJson } from '../../types/json-parse.ts'
import { JsonObject } from '../../types/json-tree.ts'
import { formatJsonb, normalizeJson, quoteJson } from '../../types/jsonb.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { type Defaults, type QuerySpec, queryJson, variablesOf } from './sql-query.ts'
import { jsonText, keyText, objectText, toJsonNode } from './write.ts'

/**
 * SQL/JSON's functions have clauses instead of arguments. A call is a function whose id holds what its clauses say; plans name it by
 * that id, and it is made anew from it.
 */
export type SqlJsonSpec =
  /** Arguments: value, path, variables, then the values of DEFAULT ON EMPTY and ON ERROR. */
  | { readonly call: 'query'; readonly query: QuerySpec; readonly variables: readonly string[] }
  | { readonly call: 'object'; readonly binary: boolean; readonly absent: boolean; readonly unique: boolean }
  | { readonly call: 'array'; readonly binary: boolean; readonly absent: boolean }

const PREFIX = 'sql_json('

export const sqlJsonId = (spec: SqlJsonSpec): string => `${PREFIX}${JSON.stringify(spec)})`

const made = new Map<string, ScalarFunction>()

export function sqlJsonFunction(id: string): ScalarFunction | undefined {
  if (!id.startsWith(PREFIX)) return undefined
  let fn = made.get(id)
  if (fn === undefined) {
    fn = make(id, JSON.parse(id.slice(PREFIX.length, -1)) as SqlJsonSpec)
    if (made.size >= MADE_MAX) made.clear()
    made.set(id, fn)
  }
  return fn
}

/** Calls of which the function is kept. */
const MADE_MAX = 1000

function make(id: string, spec: SqlJsonSpec): ScalarFunction {
  return {
    id,
    name: `json_${spec.call === 'query' ? spec.query.op.toLowerCase() : spec.call}`,
    args: [{ poly: 'any' }],
    variadic: true,
    returns: spec.call === 'query' ? spec.query.returns : { kind: spec.binary ? 'jsonb' : 'json' },
    oid: 0,
    volatility: 'stable',
    strict: false,
    fallible: true,
    eval: (values, env, types = []) => evaluate(spec, values, env, types),
  }
}

function evaluate(spec: SqlJsonSpec, values: readonly Datum[], env: EvalEnv, types: readonly SqlType[]): Datum {
  switch (spec.call) {
    case 'query': {
      const [value, path] = values
      if (value === null || path === null) return null
      const count = spec.variables.length
      const variables = variablesOf(spec.variables, values.slice(2), types.slice(2), env)
      const defaults: Defaults = { onEmpty: values[2 + count] ?? null, onError: values[3 + count] ?? null }
      return queryJson(spec.query, parseJson(value as string), path as string, variables, defaults, env)
    }
    case 'object':
      return object(spec, values, env, types)
    default: {
      const items = values.map((value, i) => ({ value, type: types[i] }))
      const kept = spec.absent ? items.filter(({ value }) => value !== null) : items
      if (!spec.binary) return `[${kept.map(({ value, type }) => jsonText(value, type, env)).join(', ')}]`
      return formatJsonb(normalizeJson(kept.map(({ value, type }) => toJsonNode(value, type, env))))
    }
  }
}

function object(
  spec: Extract<SqlJsonSpec, { call: 'object' }>,
  values: readonly Datum[],
  env: EvalEnv,
  types: readonly SqlType[],
): string {
  const known = new Set<string>()
  const members: { key: string; value: Datum; type: SqlType }[] = []
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i]
    if (key === null) throw new SqlError('22004', 'null value not allowed for object key')
    const name = keyText(key, types[i], env)
    if (spec.unique && known.has(name)) {
      throw new SqlError('22030', `duplicate JSON object key value${spec.binary ? '' : `: ${quoteJson(name)}`}`)
    }
    known.add(name)
    if (spec.absent && values[i + 1] === null) continue
    members.push({ key: name, value: values[i + 1], type: types[i + 1] })
  }
  if (!spec.binary) return objectText(members.map(({ key, value, type }) => [key, jsonText(value, type, env)]))
  const nodes = members.map(({ key, value, type }) => [key, toJsonNode(value, type, env)] as const)
  return formatJsonb(normalizeJson(new JsonObject(nodes)))
}
