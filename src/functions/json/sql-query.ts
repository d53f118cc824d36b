import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { formatJsonb } from '../../types/jsonb.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { formatText, parseText } from '../../types/text.ts'
import type { Datum, Value } from '../../types/value.ts'
import { textOptions } from '../define.ts'
import type { EvalEnv } from '../function.ts'
import { compilePath } from '../jsonpath/compile.ts'
import { asNode, type Item, isContainer } from '../jsonpath/items.ts'
import { Moment } from '../jsonpath/moment.ts'
import { runPath } from '../jsonpath/run.ts'
import { isArray } from './steps.ts'
import { toJsonNode } from './write.ts'

/** JSON_VALUE, JSON_QUERY and JSON_EXISTS: what a path finds in a value, as a value of a type. */
export type Behavior = 'error' | 'null' | 'true' | 'false' | 'unknown' | 'array' | 'object' | 'default'

export interface QuerySpec {
  readonly op: 'VALUE' | 'QUERY' | 'EXISTS'
  readonly returns: SqlType
  readonly wrapper: 'NONE' | 'CONDITIONAL' | 'UNCONDITIONAL'
  readonly omitQuotes: boolean
  readonly onEmpty: Behavior
  readonly onError: Behavior
  /** Of a column of JSON_TABLE, which messages name. */
  readonly column?: string
}

/** The values of DEFAULT, as values of the type. */
export interface Defaults {
  readonly onEmpty: Datum
  readonly onError: Datum
}

export function queryJson(
  spec: QuerySpec,
  root: JsonNode,
  path: string,
  variables: JsonObject,
  defaults: Defaults,
  env: EvalEnv,
): Datum {
  const throwing = spec.onError === 'error'
  try {
    const found: Item[] | null = spec.op === 'EXISTS' ? null : []
    const outcome = runPath(compilePath(path), { root, variables, silent: !throwing, zoned: true, env }, found)
    if (outcome === 'error') return behaved(spec.onError, spec, defaults.onError, env)
    if (found === null) return asTruth(outcome === 'ok', spec.returns, env)
    return answer(spec, found, defaults, env)
  } catch (error) {
    if (throwing || !(error instanceof Soft)) throw error instanceof Soft ? error.cause : error
    return behaved(spec.onError, spec, defaults.onError, env)
  }
}

/** An error that ON ERROR has a say in. */
class Soft extends Error {
  override readonly cause: SqlError
  constructor(cause: SqlError) {
    super(cause.message)
    this.cause = cause
  }
}

const WRAP = 'Use the WITH WRAPPER clause to wrap SQL/JSON items into an array.'

function answer(spec: QuerySpec, found: readonly Item[], defaults: Defaults, env: EvalEnv): Datum {
  const [first] = found
  const subject = spec.column === undefined ? `in JSON_${spec.op}` : `for column "${spec.column}"`
  if (spec.op === 'VALUE') {
    if (found.length === 0) return empty(spec, defaults, env)
    const needs = `JSON path expression ${subject} must return single scalar item`
    if (found.length > 1) throw new Soft(new SqlError('22034', needs))
    if (isContainer(first)) throw new Soft(new SqlError('2203F', needs))
    return first === null ? null : scalar(first, spec.returns, env)
  }
  const wrap = spec.wrapper === 'UNCONDITIONAL' ? found.length > 0 : spec.wrapper === 'CONDITIONAL' && found.length > 1
  if (wrap) return document(found.map(asNode), spec, env)
  if (found.length === 0) return empty(spec, defaults, env)
  if (found.length > 1) {
    const message = `JSON path expression ${subject} must return single item when no wrapper is requested`
    throw new Soft(new SqlError('22034', message, { hint: WRAP }))
  }
  return document(asNode(first), spec, env)
}

function empty(spec: QuerySpec, defaults: Defaults, env: EvalEnv): Datum {
  if (spec.onEmpty !== 'error') return behaved(spec.onEmpty, spec, defaults.onEmpty, env)
  const of = spec.column === undefined ? '' : ` of column "${spec.column}"`
  // ON ERROR has no say in this one.
  throw new SqlError('22035', `no SQL/JSON item found for specified path${of}`)
}

function behaved(behavior: Behavior, { returns }: QuerySpec, value: Datum, env: EvalEnv): Datum {
  switch (behavior) {
    case 'default':
      return value
    case 'true':
    case 'false':
      return asTruth(behavior === 'true', returns, env)
    case 'array':
    case 'object':
      return input(behavior === 'array' ? '[]' : '{}', returns, env)
    default:
      return null
  }
}

function asTruth(value: boolean, type: SqlType, env: EvalEnv): Datum {
  if (type.kind === 'bool') return value
  return type.kind === 'int4' ? Number(value) : input(String(value), type, env)
}

/** A scalar as text, read as the type. */
function scalar(item: Exclude<Item, null>, type: SqlType, env: EvalEnv): Datum {
  if (typeof item === 'string') return input(item, type, env)
  return input(item instanceof Moment ? momentText(item, env) : formatJsonb(asNode(item)), type, env)
}

/** As casts print it, not as JSON does. */
function momentText(item: Moment, env: EvalEnv): string {
  const { kind } = item
  if (kind === 'timetz') return (asNode(item) as string).replace(/([+-]\d\d):00$/, '$1')
  return formatText(item.value, { kind }, textOptions(env))
}

const isText = (type: SqlType): boolean => type.kind === 'text' || type.kind === 'varchar' || type.kind === 'bpchar'

function document(node: JsonNode, { returns, omitQuotes }: QuerySpec, env: EvalEnv): Datum {
  if (omitQuotes && typeof node === 'string') return input(node, returns, env)
  if (returns.kind === 'jsonb' || returns.kind === 'json') return formatJsonb(node)
  if (returns.kind === 'array') return arrayOf(node, returns, env)
  if (node === null && !isText(returns)) return null
  return input(formatJsonb(node), returns, env)
}

/** Arrays of JSON as arrays of SQL, their scalars read as elements. */
function arrayOf(node: JsonNode, type: SqlType, env: EvalEnv): Datum {
  if (node === null) return null
  if (!isArray(node)) throw new Soft(new SqlError('22P02', 'expected JSON array'))
  const element = type.element as SqlType
  const text = (item: JsonNode): string => {
    if (isArray(item)) return `{${item.map(text).join(',')}}`
    if (item === null) return 'NULL'
    const plain = typeof item === 'string' ? item : formatJsonb(item)
    return `"${plain.replace(/["\\]/g, '\\$&')}"`
  }
  return input(text(node), { kind: 'array', element }, env)
}

function input(text: string, type: SqlType, env: EvalEnv): Datum {
  try {
    return parseText(text, type, textOptions(env))
  } catch (error) {
    throw error instanceof SqlError ? new Soft(error) : error
  }
}

/** What PASSING hands over, as items of the path. */
export function variablesOf(
  names: readonly string[],
  values: readonly Datum[],
  types: readonly SqlType[],
  env: EvalEnv,
): JsonObject {
  return new JsonObject(names.map((name, i) => [name, variable(values[i], types[i], env) as JsonNode]))
}

function variable(value: Datum, type: SqlType, env: EvalEnv): Item {
  if (value === null || type.kind === 'json' || type.kind === 'jsonb') return toJsonNode(value, type, env)
  switch (type.kind) {
    case 'bool':
    case 'int2':
    case 'int4':
    case 'int8':
    case 'float4':
    case 'float8':
    case 'numeric':
      return toJsonNode(value, type, env)
    case 'date':
    case 'time':
    case 'timestamp':
      return new Moment(type.kind, value as number | bigint)
    case 'timestamptz':
      return new Moment('timestamptz', value as number | bigint, 0)
    default:
      return formatText(value as Value, type, textOptions(env))
  }
}

/** Types that JSON_QUERY gives, whatever is asked. */
export const isDocument = (type: SqlType): boolean =>
  type.kind === 'json' || type.kind === 'jsonb' || type.kind === 'array' || type.kind === 'record'
