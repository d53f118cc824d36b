import type { RowType, SqlType } from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'
import type { ArgType, EvalEnv } from './function.ts'

/**
 * A function that gives rows. Laws as for scalars; a strict one gives no rows when an argument is NULL. `eval` is a
 * generator: callers stop it when they need no more.
 */
export interface TableFunction {
  readonly id: string
  readonly name: string
  readonly args: readonly ArgType[]
  readonly variadic?: boolean
  readonly columns: (argTypes: readonly SqlType[]) => RowType
  readonly oid: number
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  readonly strict: boolean
  readonly fallible: boolean
  eval(args: readonly Datum[], env: EvalEnv, argTypes: readonly SqlType[]): Generator<Row, void, void>
}
