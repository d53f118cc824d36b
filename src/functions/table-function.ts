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
  /**
   * How many rows a call gives, where that is known before it gives any; null: not known. For non-null arguments. A call
   * whose number is known does not fail once it has begun to give rows.
   */
  size?(args: readonly Datum[]): number | null
  eval(args: readonly Datum[], env: EvalEnv, argTypes: readonly SqlType[]): Generator<Row, void, void>
}
