import { AGGREGATES } from '../../../src/functions/aggregates.ts'
import { CAST_ROWS } from '../../../src/functions/cast-table.ts'
import type { AggregateFunction, ArgType, ScalarFunction } from '../../../src/functions/function.ts'
import { procs } from '../../../src/functions/lookup.ts'
import { argOid, type Proc } from '../../../src/functions/proc-table.ts'
import { typeOid } from '../../../src/types/pg-type.ts'
import type { SqlType, TypeKind } from '../../../src/types/sql-type.ts'
import { FUZZED_KINDS, isFuzzed } from './arguments.ts'
import { leftOut } from './exceptions.ts'

/** What can be called: rows of our tables that PostgreSQL has with the same arguments. */
export type Callable =
  | {
      readonly form: 'function' | 'set'
      readonly id: string
      readonly name: string
      readonly args: readonly ArgType[]
      readonly variadic: boolean
    }
  | {
      readonly form: 'operator'
      readonly id: string
      readonly name: string
      readonly symbol: string
      readonly args: readonly ArgType[]
    }
  | {
      readonly form: 'cast'
      readonly id: string
      readonly name: string
      readonly args: readonly ArgType[]
      readonly to: SqlType
    }
  | {
      readonly form: 'aggregate'
      readonly id: string
      readonly name: string
      readonly args: readonly ArgType[]
      readonly row: AggregateFunction
    }

/** A function of PostgreSQL's catalog, an operator or a cast, as texts that ours are looked for among. */
export const CATALOG_QUERY = `
  SELECT 'f ' || proname || '(' || replace(proargtypes::text, ' ', ',') || ')' FROM pg_proc WHERE pronamespace = 11
  UNION ALL SELECT 'o ' || oprname || '(' || CASE WHEN oprleft = 0 THEN '' ELSE oprleft::oid || ',' END || oprright::oid || ')' FROM pg_operator WHERE oprnamespace = 11
  UNION ALL SELECT 'c ' || castsource::oid || '>' || casttarget::oid FROM pg_cast`

const shown = (args: readonly ArgType[]): string =>
  args.map((arg) => ('poly' in arg ? arg.poly : arg.kind === 'array' ? `${arg.element?.kind}[]` : arg.kind)).join()
const signature = (name: string, args: readonly ArgType[]): string => `${name}(${args.map(argOid).join()})`
const known = (arg: ArgType): boolean =>
  'poly' in arg ||
  isFuzzed(arg.kind) ||
  arg.kind === 'range' ||
  arg.kind === 'multirange' ||
  (arg.kind === 'array' && arg.element !== undefined && isFuzzed(arg.element.kind))

/** `theirs`: the texts of CATALOG_QUERY. */
export function callables(theirs: ReadonlySet<string>): readonly Callable[] {
  const found: Callable[] = []
  for (const proc of procs()) if (proc.kind === 'f' && proc.args.every(known)) found.push(...ofProc(proc, theirs))
  for (const row of AGGREGATES) {
    const { name, args } = row
    if (args.every(known) && theirs.has(`f ${signature(name, args)}`))
      found.push({ form: 'aggregate', id: `${name}(${shown(args)})`, name, args, row })
  }
  found.push(...casts(theirs))
  return found.filter(({ id, name }) => leftOut(id, name) === undefined)
}

function ofProc({ name, args, variadic, operator, set }: Proc, theirs: ReadonlySet<string>): Callable[] {
  const found: Callable[] = []
  if (operator !== null && theirs.has(`o ${signature(operator, args)}`))
    found.push({ form: 'operator', id: `${name}(${shown(args)})`, name, symbol: operator, args })
  else if (theirs.has(`f ${signature(name, args)}`))
    found.push({ form: set ? 'set' : 'function', id: `${name}(${shown(args)})`, name, args, variadic })
  return found
}

/** pg_cast's, and those through text that every type has. */
function casts(theirs: ReadonlySet<string>): Callable[] {
  const cast = (from: TypeKind, to: TypeKind): Callable => ({
    form: 'cast',
    id: `${from}::${to}`,
    name: `cast`,
    args: [{ kind: from }],
    to: { kind: to },
  })
  const pairs = CAST_ROWS.filter(
    ({ from, to }) =>
      isFuzzed(from) && isFuzzed(to) && theirs.has(`c ${typeOid({ kind: from })}>${typeOid({ kind: to })}`),
  ).map(({ from, to }) => cast(from, to))
  return [...pairs, ...FUZZED_KINDS.flatMap((kind) => [cast(kind, 'text'), cast('text', kind)])]
}

/** Whether PostgreSQL has the row, as a function or as an operator of these arguments. */
export const isTheirs = ({ name, operator, args }: ScalarFunction, theirs: ReadonlySet<string>): boolean =>
  theirs.has(`f ${signature(name, args)}`) || (operator !== undefined && theirs.has(`o ${signature(operator, args)}`))
