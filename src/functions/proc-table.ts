import { SqlError } from '../base/sql-error.ts'
import { formatType, typeOid } from '../types/pg-type.ts'
import { arrayOf, type SqlType } from '../types/sql-type.ts'
import { defEnv, isPoly } from './define.ts'
import type { AggregateFunction, ArgType, ScalarFunction } from './function.ts'
import type { FunctionText } from './object-lookup.ts'
import { POLY_OIDS } from './poly-oids.ts'
import type { TableFunction } from './table-function.ts'

/** The function table as pg_proc and pg_operator show it. */
export interface Proc {
  readonly oid: number
  readonly name: string
  /** f function, a aggregate. */
  readonly kind: 'f' | 'a'
  readonly args: readonly ArgType[]
  readonly variadic: boolean
  /** Arguments that stand before WITHIN GROUP; the others in it. */
  readonly direct?: number
  readonly returns: ArgType
  readonly set: boolean
  readonly strict: boolean
  readonly volatility: 'i' | 's' | 'v'
  readonly operator: string | null
}

interface Tables {
  readonly scalars: readonly ScalarFunction[]
  readonly aggregates: readonly AggregateFunction[]
  readonly tables: readonly TableFunction[]
}

/** Functions that PostgreSQL does not have get oids of their own, and so do second rows of one of its functions. */
const FIRST_OWN_OID = 900_000_000

export function procTable({ scalars, aggregates, tables }: Tables): readonly Proc[] {
  const used = new Set<number>()
  let next = FIRST_OWN_OID
  const oidOf = (oid: number) => {
    const own = oid === 0 || used.has(oid) ? next++ : oid
    used.add(own)
    return own
  }
  return [
    ...scalars.map(
      (fn): Proc => ({
        ...common(fn),
        oid: oidOf(fn.oid),
        kind: 'f',
        returns: resultOf(fn.returns, fn.args),
        set: false,
        strict: fn.strict,
        volatility: letter(fn.volatility),
        operator: fn.operator ?? null,
      }),
    ),
    ...tables.map(
      (fn): Proc => ({
        ...common(fn),
        oid: oidOf(fn.oid),
        kind: 'f',
        returns: tableResult(fn),
        set: true,
        strict: fn.strict,
        volatility: letter(fn.volatility),
        operator: null,
      }),
    ),
    ...aggregates.map(
      (fn): Proc => ({
        ...common(fn),
        ...directOf(fn),
        oid: oidOf(fn.oid),
        kind: 'a',
        returns: resultOf(fn.returns, fn.args),
        set: false,
        strict: false,
        volatility: 'i',
        operator: null,
      }),
    ),
  ]
}

const common = (fn: { readonly name: string; readonly args: readonly ArgType[]; readonly variadic?: boolean }) => ({
  name: fn.name,
  args: fn.args,
  variadic: fn.variadic === true,
})

/** A hypothetical row has all of its arguments on both sides. */
const directOf = ({ form, args }: AggregateFunction): { direct?: number } =>
  form === 'within' ? { direct: args.length - 1 } : form === 'hypothetical' ? { direct: args.length } : {}

const letter = (volatility: ScalarFunction['volatility']): Proc['volatility'] =>
  volatility === 'immutable' ? 'i' : volatility === 'stable' ? 's' : 'v'

const UNKNOWN: SqlType = { kind: 'unknown' }
const placeholder = (arg: ArgType): SqlType =>
  !isPoly(arg) ? arg : arg.poly === 'anyarray' || arg.poly === 'anycompatiblearray' ? arrayOf(UNKNOWN) : UNKNOWN

/** A result type that follows the arguments' is polymorphic where they are. */
function resultOf(returns: ScalarFunction['returns'], args: readonly ArgType[]): ArgType {
  return typeof returns === 'function' ? polymorphic(returns(args.map(placeholder))) : returns
}

function tableResult(fn: TableFunction): ArgType {
  const columns = fn.columns(fn.args.map(placeholder))
  return columns.length === 1 ? polymorphic(columns[0].type) : { kind: 'record' }
}

function polymorphic(type: SqlType): ArgType {
  if (type.kind === 'unknown') return { poly: 'anyelement' }
  return type.kind === 'array' && type.element?.kind === 'unknown' ? { poly: 'anyarray' } : type
}

export const argOid = (arg: ArgType): number => (isPoly(arg) ? POLY_OIDS[arg.poly] : typeOid(arg))

const text = (arg: ArgType): string => (!isPoly(arg) ? formatType(arg) : arg.poly === 'any' ? '"any"' : arg.poly)

function argsText(proc: Proc): string {
  const last = proc.args.length - 1
  const args = proc.args.map((arg, i) => (proc.variadic && i === last ? `VARIADIC ${text(arg)}` : text(arg)))
  if (proc.direct === undefined) return args.join(', ')
  const sorted = proc.variadic ? args : args.slice(proc.direct)
  return `${args.slice(0, proc.direct).join(', ')} ORDER BY ${sorted.join(', ')}`.trimStart()
}

/** pg_get_function_*: answers by oid. `procs`: read when first asked. */
export function procFunctions(procs: () => readonly Proc[]): readonly ScalarFunction[] {
  let byOid: ReadonlyMap<number, Proc> | null = null
  const find = (oid: number): Proc | undefined => {
    byOid ??= new Map(procs().map((p) => [p.oid, p]))
    return byOid.get(oid)
  }
  const answer = (name: string, of: (proc: Proc) => string, created: (text: FunctionText) => string) =>
    defEnv(
      `${name}(oid) text`,
      ([oid], env) => {
        const proc = find(oid as number)
        if (proc !== undefined) return of(proc)
        const text = env.objects?.functionText(oid as number)
        return text === undefined ? null : created(text)
      },
      { volatility: 'stable', fallible: true },
    )
  return [
    answer('pg_get_function_arguments', argsText, (text) => text.arguments),
    answer('pg_get_function_identity_arguments', argsText, (text) => text.identity),
    answer(
      'pg_get_function_result',
      (proc) => `${proc.set ? 'SETOF ' : ''}${text(proc.returns)}`,
      (text) => text.result,
    ),
    answer(
      'pg_get_functiondef',
      ({ name }) => {
        throw new SqlError('0A000', `function "${name}" is built in and has no definition in SQL`)
      },
      (text) => text.definition,
    ),
  ]
}
