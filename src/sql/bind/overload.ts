import { aggregateById, aggregatesByName, tableFunctionsByName } from '../../functions/lookup.ts'
import { resolveAggregate, resolveFunction, resolveOperator, resolveTableFunction } from '../../functions/resolve.ts'
import type { Scalar } from '../../plan/scalar.ts'
import type { RowType, SqlType } from '../../types/sql-type.ts'
import type { Place } from './bind-error.ts'
import { coerce, located } from './coerce.ts'
import type { Statement } from './context.ts'
import { withMillisecondClock } from './millisecond-clock.ts'

/** Calls as scalars: the overload that PostgreSQL would choose, every argument converted to what it takes. */
export function callFunction(st: Statement, name: string, args: readonly Scalar[], at: Place): Scalar {
  return call(st, () => resolveFunction(name, typesOf(args)), args, at)
}

/** What SQL gives a syntax of its own (EXTRACT, SUBSTRING … FROM): messages name it with its schema, as PostgreSQL does. */
export function sqlFunction(st: Statement, name: string, args: readonly Scalar[], at: Place): Scalar {
  return call(st, () => resolveFunction(name, typesOf(args), `pg_catalog.${name}`), args, at)
}

/** A prefix operator has one operand, an infix one two. */
export function callOperator(st: Statement, op: string, args: readonly Scalar[], at: Place): Scalar {
  const given = withMillisecondClock(op, args)
  return call(st, () => resolveOperator(op, typesOf(given)), given, at)
}

interface Chosen {
  readonly fn: { readonly id: string }
  readonly argTypes: readonly SqlType[]
  readonly returns: SqlType
}

function call(st: Statement, resolve: () => Chosen, args: readonly Scalar[], at: Place): Scalar {
  const { fn, argTypes, returns } = choose(st, resolve, at)
  return { kind: 'call', fn: fn.id, args: convert(st, args, argTypes, at), type: returns, position: st.position(at) }
}

export function aggregateCall(
  st: Statement,
  name: string,
  args: readonly Scalar[],
  at: Place,
): { fn: string; args: readonly Scalar[]; type: SqlType; position: number } {
  const { fn, argTypes, returns } = choose(st, () => resolveAggregate(name, typesOf(args)), at)
  return { fn: fn.id, args: convert(st, args, argTypes, at), type: returns, position: st.position(at) }
}

export function tableCall(
  st: Statement,
  name: string,
  args: readonly Scalar[],
  at: Place,
): { fn: string; args: readonly Scalar[]; columns: RowType } {
  const { fn, argTypes } = choose(st, () => resolveTableFunction(name, typesOf(args)), at)
  return { fn: fn.id, args: convert(st, args, argTypes, at), columns: fn.columns(argTypes) }
}

function choose<T>(st: Statement, resolve: () => T, at: Place): T {
  try {
    return resolve()
  } catch (e) {
    throw located(st, e, at)
  }
}

/** Arguments keep their modifiers: a function of text takes a varchar(3) as it is. */
function convert(st: Statement, args: readonly Scalar[], types: readonly SqlType[], at: Place): Scalar[] {
  return args.map((a, i) => (sameKind(a.type, types[i]) ? a : coerce(st, a, types[i], 'implicit', at)))
}

const sameKind = (a: SqlType, b: SqlType): boolean =>
  a.kind === b.kind && (a.element === b.element || (!!a.element && !!b.element && sameKind(a.element, b.element)))

const typesOf = (args: readonly Scalar[]): SqlType[] => args.map((a) => a.type)

/** However it is called. */
export const isAggregate = (name: string): boolean => aggregatesByName(name).some(({ form }) => form === undefined)
/** With WITHIN GROUP. */
export const isOrderedSet = (name: string): boolean =>
  aggregatesByName(name).some(({ form }) => form === 'within' || form === 'hypothetical')
/** With an ORDER BY of its own. */
export const isByOrder = (name: string): boolean => aggregatesByName(name).some(({ form }) => form === 'ordered')
export const isTableFunction = (name: string): boolean => tableFunctionsByName(name).length > 0
export const emptyResult = (fn: string) => aggregateById(fn)?.emptyResult ?? null
