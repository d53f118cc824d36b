import { SqlError } from '../../base/sql-error.ts'
import { parseJson } from '../../types/json-parse.ts'
import { formatJsonb } from '../../types/jsonb.ts'
import type { Datum } from '../../types/value.ts'
import { defEnv, type Options } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { compilePath } from '../jsonpath/compile.ts'
import type { Outcome, Sink } from '../jsonpath/contract.ts'
import { type Item, nodesOf } from '../jsonpath/items.ts'
import { runPath } from '../jsonpath/run.ts'

/** jsonb_path_exists, _match, _query_array and _query_first, @? and @@; with `_tz` moments compare by the session's zone. */
export interface PathCall {
  readonly outcome: Outcome
  readonly found: readonly Item[]
  readonly silent: boolean
}

/** `(value, path[, vars[, silent]])`. Without `vars` variables are null in operators, and none in functions. */
export function callPath(
  [value, path, vars, silent]: readonly Datum[],
  env: EvalEnv,
  options: { readonly zoned: boolean; readonly operator?: boolean; readonly exists?: boolean },
): PathCall {
  const quiet = options.operator === true || silent === true
  const variables = vars === undefined ? (options.operator ? null : parseJson('{}')) : parseJson(vars as string)
  const found: Sink = options.exists ? null : []
  const outcome = runPath(
    compilePath(path as string),
    { root: parseJson(value as string), variables, silent: quiet, zoned: options.zoned, env },
    found,
  )
  return { outcome, found: found ?? [], silent: quiet }
}

type Kind = 'exists' | 'match' | 'query_array' | 'query_first'

function answer(kind: Kind, args: readonly Datum[], env: EvalEnv, zoned: boolean, operator: boolean): Datum {
  const { outcome, found, silent } = callPath(args, env, { zoned, operator, exists: kind === 'exists' })
  if (kind === 'exists') return outcome === 'error' ? null : outcome === 'ok'
  if (kind === 'query_array') return formatJsonb(nodesOf(found))
  const [only] = nodesOf(found.slice(0, 1))
  if (kind === 'query_first') return only === undefined ? null : formatJsonb(only)
  if (found.length === 1 && (typeof only === 'boolean' || only === null)) return only
  if (silent) return null
  throw new SqlError('22038', 'single boolean result is expected')
}

const RETURNS: Readonly<Record<Kind, string>> = {
  exists: 'bool',
  match: 'bool',
  query_array: 'jsonb',
  query_first: 'jsonb',
}

const EXAMPLES: Readonly<Record<Kind, readonly [path: string, result: string]>> = {
  exists: ['$.a[*] ? (@ > 1)', 't'],
  match: ['exists($.a[*] ? (@ > 5))', 'f'],
  query_array: ['$.a[*] ? (@ > 1)', '[2, 3]'],
  query_first: ['$.a[*] ? (@ > 1)', '2'],
}

function rows(kind: Kind, zoned: boolean): ScalarFunction[] {
  const name = `jsonb_path_${kind}${zoned ? '_tz' : ''}`
  const [path, result] = EXAMPLES[kind]
  const options: Options = { fallible: true, volatility: zoned ? 'stable' : 'immutable' }
  return ['jsonb,jsonpath', 'jsonb,jsonpath,jsonb', 'jsonb,jsonpath,jsonb,bool'].map((args, i) =>
    defEnv(`${name}(${args}) ${RETURNS[kind]}`, (values, env) => answer(kind, values, env, zoned, false), {
      ...options,
      ...(i === 0 ? { example: [`${name}('{"a": [1, 2, 3]}'::jsonb, '${path}'::jsonpath)`, result] as const } : {}),
    }),
  )
}

const KINDS = Object.keys(RETURNS) as Kind[]

export const jsonPathFunctions: readonly ScalarFunction[] = [
  ...KINDS.flatMap((kind) => [...rows(kind, false), ...rows(kind, true)]),
  defEnv('jsonb_path_exists_opr(jsonb,jsonpath) bool', (values, env) => answer('exists', values, env, false, true), {
    op: '@?',
    fallible: true,
    example: [`'{"a": [1, 2]}'::jsonb @? '$.a[*] ? (@ > 1)'::jsonpath`, 't'],
  }),
  defEnv('jsonb_path_match_opr(jsonb,jsonpath) bool', (values, env) => answer('match', values, env, false, true), {
    op: '@@',
    fallible: true,
    example: [`'{"a": [1, 2]}'::jsonb @@ '$.a[0] == 1'::jsonpath`, 't'],
  }),
]
