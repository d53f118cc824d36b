import { assert } from '../base/assert.ts'
import { isShapedArray, itemsOf } from '../types/array-value.ts'
import { isInterval, isNumeric } from '../types/datum.ts'
import { typeByName } from '../types/pg-type.ts'
import { arrayOf, type SqlType } from '../types/sql-type.ts'
import type { TextOptions } from '../types/text.ts'
import type { Datum, Value } from '../types/value.ts'
import type { ArgType, EvalEnv, ScalarFunction } from './function.ts'
import { PG_PROC_OIDS } from './pg-proc-oids.ts'

/** How the rows of the function table are written: a signature in text, and what differs from the usual. */
export interface Options {
  readonly op?: string
  readonly volatility?: ScalarFunction['volatility']
  /** False for functions that see NULL arguments. */
  readonly strict?: boolean
  readonly fallible?: boolean
  readonly variadic?: boolean
  /** Sees arrays with their shapes; all other functions are given their elements, row by row. */
  readonly shapes?: true
  readonly returns?: ScalarFunction['returns']
  readonly inline?: ScalarFunction['inline']
  /** SQL and its result as text. */
  readonly example?: readonly [sql: string, result: string | null]
}

/** `def('int4pl(int4,int4) int4', eval, options)`: the id is the signature up to the closing parenthesis. */
export function def(signature: string, evaluate: (...args: never[]) => Datum, options: Options = {}): ScalarFunction {
  const spread = evaluate as (...args: readonly Datum[]) => Datum
  return defEnv(signature, (args) => spread(...args), options)
}

/** The same for functions that read their environment. */
export function defEnv(
  signature: string,
  evaluate: (args: readonly Datum[], env: EvalEnv, argTypes: readonly SqlType[]) => Datum,
  options: Options = {},
): ScalarFunction {
  const { id, name, args, returns } = parseSignature(signature)
  const whole = options.shapes === true || !args.some(isArrayType)
  return {
    id,
    name,
    ...(options.op === undefined ? {} : { operator: options.op }),
    args,
    ...(options.variadic === true ? { variadic: true } : {}),
    returns: options.returns ?? returns,
    oid: PG_PROC_OIDS[id] ?? 0,
    volatility: options.volatility ?? 'immutable',
    strict: options.strict ?? true,
    fallible: options.fallible ?? false,
    eval: whole
      ? (values, env, argTypes) => evaluate(values, env, argTypes ?? values.map(shapeOf))
      : (values, env, argTypes) => evaluate(withoutShapes(values), env, argTypes ?? values.map(shapeOf)),
    ...(options.inline === undefined ? {} : { inline: options.inline }),
    ...(options.example === undefined ? {} : { example: { sql: options.example[0], result: options.example[1] } }),
  }
}

const isArrayType = (arg: ArgType): boolean =>
  isPoly(arg) ? arg.poly === 'anyarray' || arg.poly === 'anycompatiblearray' : arg.kind === 'array'

/** Arrays of several dimensions as the list of their elements. */
export function withoutShapes(values: readonly Datum[]): readonly Datum[] {
  return values.some(isShapedArray) ? values.map((v) => (isShapedArray(v) ? v.items : v)) : values
}

export interface Signature {
  readonly id: string
  readonly name: string
  readonly args: readonly ArgType[]
  readonly returns: ArgType
}

export function parseSignature(signature: string): Signature {
  const match = /^(([\w?]+)\(([^)]*)\)) (\S.*)$/.exec(signature)
  assert(match !== null, `a signature reads name(args) returns: ${signature}`)
  const args = match[3] === '' ? [] : match[3].split(',').map(argType)
  return { id: match[1], name: match[2], args, returns: argType(match[4]) }
}

function argType(name: string): ArgType {
  switch (name) {
    case 'any':
    case 'anyelement':
    case 'anynonarray':
    case 'anyenum':
    case 'anyarray':
    case 'anyrange':
    case 'anymultirange':
    case 'anycompatible':
    case 'anycompatiblearray':
      return { poly: name }
    default: {
      const type = typeByName(name)
      assert(type !== undefined, `a signature names a known type: ${name}`)
      return type
    }
  }
}

export function isPoly(arg: ArgType): arg is Exclude<ArgType, SqlType> {
  return 'poly' in arg
}

/** The session's options for text input and output. */
export function textOptions(env: EvalEnv): TextOptions {
  const { timeZone, floatDigits } = env
  return env.maintained ? { timeZone, floatDigits } : { timeZone, nowMicros: env.nowMicros, floatDigits }
}

/** Result type of functions over arrays whose element type is that of argument `i`. */
export const elementOf = (i: number) => (args: readonly SqlType[]) => args[i].element ?? args[i]

/** The type that a value's shape suggests. */
function shapeOf(value: Datum): SqlType {
  if (typeof value === 'boolean') return { kind: 'bool' }
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int8' : 'float8' }
  if (typeof value === 'bigint') return { kind: 'int8' }
  if (value instanceof Uint8Array) return { kind: 'bytea' }
  if (isNumeric(value)) return { kind: 'numeric' }
  if (isInterval(value)) return { kind: 'interval' }
  if (Array.isArray(value) || isShapedArray(value))
    return arrayOf(shapeOf(itemsOf(value as Value).find((item) => item !== null) ?? ''))
  return { kind: 'text' }
}
