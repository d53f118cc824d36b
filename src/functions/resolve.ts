import { notSupported, SqlError } from '../base/sql-error.ts'
import { withoutModifiers } from '../types/modifiers.ts'
import { typeByName, typeName } from '../types/pg-type.ts'
import { FLOAT4, FLOAT8, type SqlType, sameBaseType } from '../types/sql-type.ts'
import { isAbsentFunction, isAbsentOperator } from './absent-names.ts'
import { findCast } from './cast.ts'
import { bindPoly, type Candidate } from './coerce.ts'
import { isPoly } from './define.ts'
import type { AggregateFunction, ArgType, Cast, ScalarFunction } from './function.ts'
import { aggregatesByName, operatorsByName, scalarsByName, tableFunctionsByName } from './lookup.ts'
import { type Choice, chooseOverload } from './overload.ts'
import type { TableFunction } from './table-function.ts'

export { findCast } from './cast.ts'
export { commonType } from './common-type.ts'

/** A function found for actual argument types: what each argument must become, and the type of the result. */
export interface Resolved<F> {
  readonly fn: F
  /** One per actual argument (variadic ones too). */
  readonly argTypes: readonly SqlType[]
  /** How each actual argument gets there; null where it is already of that type. */
  readonly casts: readonly (Cast | null)[]
  readonly returns: SqlType
}

/** `shown`: the name as messages have it. */
export function resolveFunction(name: string, args: readonly SqlType[], shown = name): Resolved<ScalarFunction> {
  return resolve('function', shown, args, scalarsByName(name))
}

export const noPolymorphicType = (): SqlError =>
  new SqlError('42804', 'could not determine polymorphic type because input has type unknown')

/** One operand (prefix) or two. */
export function resolveOperator(op: string, args: readonly SqlType[]): Resolved<ScalarFunction> {
  const own = operatorsByName(op)
  if (!MIXED.has(op)) return resolve('operator', op, args, own)
  const mixed: readonly ScalarFunction[] = own.filter(isFloat8).flatMap((fn) => [
    { ...fn, args: [FLOAT4, FLOAT8] },
    { ...fn, args: [FLOAT8, FLOAT4] },
  ])
  const found = resolve('operator', op, args, [...own, ...mixed])
  return mixed.includes(found.fn) ? throughFloat8(found, args, own) : found
}

/**
 * PostgreSQL has these operators between float4 and float8 too, which is why a float4 beside a numeric or an integer is
 * taken for a float8. Here they take part in the choice; what runs is float8's own operator, every operand cast to it.
 */
const MIXED: ReadonlySet<string> = new Set(['+', '-', '*', '/', '=', '<>', '!=', '<', '<=', '>', '>='])

const isFloat8 = (fn: ScalarFunction): boolean =>
  fn.args.length === 2 && fn.args.every((arg) => !isPoly(arg) && arg.kind === 'float8')

function throughFloat8(
  found: Resolved<ScalarFunction>,
  args: readonly SqlType[],
  own: readonly ScalarFunction[],
): Resolved<ScalarFunction> {
  const fn = own.find(isFloat8) as ScalarFunction
  return { ...found, fn, argTypes: [FLOAT8, FLOAT8], casts: args.map((from) => castFor(from, FLOAT8)) }
}

export function resolveAggregate(name: string, args: readonly SqlType[]): Resolved<AggregateFunction> {
  // PostgreSQL has it of arrays and of all else, and cannot tell which a literal is.
  if (name === 'array_agg' && args.length === 1 && args[0].kind === 'unknown') throw ambiguous('function', name, args)
  return resolve('function', name, args, aggregatesByName(name))
}

/** Table functions have columns instead of one result type: see `fn.columns`. */
export function resolveTableFunction(name: string, args: readonly SqlType[]): Omit<Resolved<TableFunction>, 'returns'> {
  return resolve('function', name, args, tableFunctionsByName(name))
}

type AnyFunction = Candidate & { readonly returns?: ArgType | ((args: readonly SqlType[]) => SqlType) }

function resolve<F extends AnyFunction>(
  what: 'function' | 'operator',
  name: string,
  args: readonly SqlType[],
  candidates: readonly F[],
): Resolved<F> {
  const found = chooseOverload(candidates, args, what === 'operator')
  const choice = what === 'function' && args.length === 1 ? asCast(found, name, args[0], candidates) : found
  const absent = what === 'function' ? isAbsentFunction(name) : isAbsentOperator(name)
  if ('failure' in choice && candidates.length === 0 && absent) throw notSupported(`${what} ${name}`)
  if ('failure' in choice)
    throw choice.failure === 'none' ? unknownFunction(what, name, args) : ambiguous(what, name, args)
  const { candidate: fn, declared } = choice.match
  if (isUndetermined(declared, args)) throw noPolymorphicType()
  const argTypes = bindPoly(declared, args) ?? args
  // What a function makes has no modifiers, not even where it hands on what it was given.
  const returns = withoutModifiers(resultType(fn, declared, argTypes))
  const nested = [returns, ...argTypes].find((type) => type.element?.kind === 'array')
  if (nested !== undefined)
    throw new SqlError('42704', `could not find array type for data type ${typeName(nested.element as SqlType)}`)
  return { fn, argTypes, casts: args.map((from, i) => castFor(from, argTypes[i])), returns }
}

/** `text('x')`: a call with the name of a type is a cast of a literal, or of what is of that type already. */
function asCast<F extends AnyFunction>(
  choice: Choice<F>,
  name: string,
  arg: SqlType,
  candidates: readonly F[],
): Choice<F> {
  const type = 'failure' in choice && choice.failure === 'ambiguous' ? typeByName(name) : undefined
  if (type === undefined || (arg.kind !== 'unknown' && !sameBaseType(arg, type))) return choice
  const candidate = candidates.find(({ args }) => args.length === 1)
  return candidate === undefined ? choice : { match: { candidate, declared: [type] } }
}

/** What must be of one type is given by literals alone, which have none. */
function isUndetermined(declared: readonly ArgType[], args: readonly SqlType[]): boolean {
  const open = args.filter((_, i) => isOfOneType(declared[i]))
  return open.length > 0 && open.every(({ kind }) => kind === 'unknown')
}

const isOfOneType = (arg: ArgType): boolean =>
  isPoly(arg) && /^any(element|array|nonarray|range|multirange)$/.test(arg.poly)

function castFor(from: SqlType, to: SqlType): Cast | null {
  return sameBaseType(from, to) ? null : (findCast(from, to, 'implicit') ?? null)
}

function resultType(fn: AnyFunction, declared: readonly ArgType[], argTypes: readonly SqlType[]): SqlType {
  const { returns } = fn
  if (returns === undefined) return { kind: 'record' }
  if (typeof returns === 'function') return returns(argTypes)
  if (!isPoly(returns)) return returns
  // A polymorphic result is what the arguments made of its type.
  const wanted = returns.poly
  const direct = declared.findIndex((arg) => isPoly(arg) && arg.poly === wanted)
  if (direct >= 0) return argTypes[direct]
  const element = wanted.endsWith('array') ? wanted.replace('array', wanted === 'anyarray' ? 'element' : '') : wanted
  const other = declared.findIndex(
    (arg) => isPoly(arg) && (arg.poly === element || arg.poly === `${wanted}array` || arg.poly === 'anyarray'),
  )
  const type = argTypes[other]
  return wanted.endsWith('array') ? { kind: 'array', element: type } : (type.element ?? type)
}

function signatureText(what: 'function' | 'operator', name: string, args: readonly SqlType[]): string {
  const names = args.map(typeName)
  if (what === 'function') return `${name}(${names.join(', ')})`
  return names.length === 1 ? `${name} ${names[0]}` : `${names[0]} ${name} ${names[1]}`
}

function unknownFunction(what: 'function' | 'operator', name: string, args: readonly SqlType[]): SqlError {
  const hint =
    what === 'operator' && args.length === 1
      ? 'No operator matches the given name and argument type. You might need to add an explicit type cast.'
      : `No ${what} matches the given name and argument types. You might need to add explicit type casts.`
  const text = signatureText(what, name, args)
  const message = what === 'function' ? `function ${text} does not exist` : `operator does not exist: ${text}`
  return new SqlError('42883', message, { hint })
}

function ambiguous(what: 'function' | 'operator', name: string, args: readonly SqlType[]): SqlError {
  const text = signatureText(what, name, args)
  const message = what === 'function' ? `function ${text} is not unique` : `operator is not unique: ${text}`
  const hint = `Could not choose a best candidate ${what}. You might need to add explicit type casts.`
  return new SqlError('42725', message, { hint })
}
