import type { SqlType } from '../types/sql-type.ts'
import type { Datum, Value } from '../types/value.ts'
import type { ObjectLookup } from './object-lookup.ts'

/**
 * Functions are table rows. One row states everything that binder, optimiser, compiler, catalog, manual and tests need.
 *
 * Laws: `eval` is pure for `immutable` functions, never mutates its arguments, and throws SqlError (with the SQLSTATE
 * that PostgreSQL uses) for row errors. With `strict` the caller answers NULL when an argument is NULL and `eval` never
 * sees one. Operators are functions too: `operator` is their spelling, `left`/`right` their operands in order.
 */
export interface ScalarFunction {
  /** Unique and stable (stored in plans): `name(argkinds)`, e.g. `int4pl(int4,int4)`. */
  readonly id: string
  readonly name: string
  /** Operator spelling (`+`, `||`, `~~`), when the row is an operator's implementation. */
  readonly operator?: string
  readonly args: readonly ArgType[]
  /** The last argument repeats (VARIADIC any or element type). */
  readonly variadic?: boolean
  readonly returns: ArgType | ((args: readonly SqlType[]) => SqlType)
  /** PostgreSQL's pg_proc oid; 0 for our own. */
  readonly oid: number
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  readonly strict: boolean
  /** True when eval can throw for some non-null arguments (overflow, division by zero, bad text …). */
  readonly fallible: boolean
  /**
   * `argTypes`: the types of the arguments after coercion. Functions over `any` (concat, to_jsonb, pg_typeof …) need
   * them: a date is a number like any other without its type. Left out, they go by the shape of the values.
   */
  readonly eval: (args: readonly Datum[], env: EvalEnv, argTypes?: readonly SqlType[]) => Datum
  /**
   * JavaScript expression for the generated loops, over f64 columns, non-null arguments given as expression texts.
   * May call helpers of the constants array only through the name `H.` (see render/). Absent: eval is called.
   */
  readonly inline?: (args: readonly string[]) => string
  /** `SELECT <example>` equals `result` as text: a test, and the manual. */
  readonly example?: { readonly sql: string; readonly result: string | null }
}

/** A concrete type, or one of PostgreSQL's pseudo-types for polymorphic functions. */
export type ArgType =
  | SqlType
  | {
      readonly poly:
        | 'any'
        | 'anyelement'
        | 'anynonarray'
        | 'anyenum'
        | 'anyarray'
        | 'anyrange'
        | 'anymultirange'
        | 'anycompatible'
        | 'anycompatiblearray'
    }

/** What stable functions may read; constant within a tick. */
export interface EvalEnv {
  /** now(): µs since 1970 UTC of the tick. */
  readonly nowMicros: number
  /** A view: texts that mean a time of their own reading ('now', 'today') are no dates, since nothing would follow them. */
  readonly maintained?: true | undefined
  readonly timeZone: string
  /** extra_float_digits, where it is 0 or below. */
  readonly floatDigits?: number | undefined
  readonly user: string
  readonly database: string
  readonly searchPath: readonly string[]
  /** current_setting(name); undefined when there is no such setting. */
  setting(name: string): string | undefined
  /** The catalog, in statements. Views have none: their results depend on their inputs alone. */
  readonly objects?: ObjectLookup
  /** volatile functions only: uniform in [0, 1). */
  random(): number
  /** volatile functions only. Views have none. */
  readonly sequences?: SequenceCalls
}

/** Sequences by oid, as the session sees them; 55000, 2200H and 22003 as PostgreSQL. */
export interface SequenceCalls {
  next(oid: number): bigint
  current(oid: number): bigint
  last(): bigint
  set(oid: number, value: bigint, called: boolean): void
  /** The value that was handed out last, to anybody; null: none. */
  position(oid: number): bigint | null
}

/** How values of one type pair convert: PostgreSQL's pg_cast. */
export interface Cast {
  readonly from: SqlType
  readonly to: SqlType
  /** implicit: anywhere; assignment: in INSERT/UPDATE; explicit: CAST and :: only. */
  readonly context: 'implicit' | 'assignment' | 'explicit'
  readonly fallible: boolean
  /** The value is unchanged: nothing to compute. */
  readonly identity?: true
  /** `target` carries the modifiers (precision, scale, length) to apply. */
  readonly eval: (value: Value, target: SqlType, env: EvalEnv) => Datum
}

/**
 * An aggregate's signature; the dataflow implements `strategy` (dataflow/aggregate/). `argTypes` after coercion.
 * `ordered`: the result depends on row order, so ties follow ORDER BY and then the encoded row.
 */
export interface AggregateFunction {
  readonly id: string
  readonly name: string
  readonly args: readonly ArgType[]
  readonly returns: ArgType | ((args: readonly SqlType[]) => SqlType)
  readonly oid: number
  readonly ordered: boolean
  /** What the result of no rows is: count gives 0, the others NULL. */
  readonly emptyResult: Datum
  readonly strategy: AggregateStrategy
  /**
   * How it is called, where that is not `name(args)`: `within`, with WITHIN GROUP: `args` are the direct ones, then
   * those of ORDER BY; `hypothetical`, the same with as many direct ones as ORDER BY has; `ordered`, with ORDER BY
   * alone: without one the name means something else.
   */
  readonly form?: 'within' | 'hypothetical' | 'ordered'
  /** The last argument repeats. */
  readonly variadic?: boolean
  /** As if DISTINCT were written. */
  readonly impliesDistinct?: boolean
}

export type Deviation = 'var_pop' | 'var_samp' | 'stddev_pop' | 'stddev_samp'
export type Regression =
  | 'corr'
  | 'covar_pop'
  | 'covar_samp'
  | 'regr_avgx'
  | 'regr_avgy'
  | 'regr_count'
  | 'regr_intercept'
  | 'regr_r2'
  | 'regr_slope'
  | 'regr_sxx'
  | 'regr_sxy'
  | 'regr_syy'
/** Where a row of the given values would stand among those that are there. */
export type Hypothetical = 'rank' | 'dense_rank' | 'percent_rank' | 'cume_dist'

export type AggregateStrategy =
  | 'count'
  | 'sum_int'
  | 'sum_bigint'
  | 'sum_numeric'
  | 'sum_float'
  | 'sum_interval'
  | 'avg_int'
  | 'avg_numeric'
  | 'avg_float'
  | 'avg_interval'
  | 'min'
  | 'max'
  | 'bool_and'
  | 'bool_or'
  | 'string_agg'
  | 'array_agg'
  | 'bit_and'
  | 'bit_or'
  | 'bit_xor'
  | `${Deviation}_float`
  | `${Deviation}_numeric`
  | Regression
  | 'any_value'
  | 'arg_min'
  | 'arg_max'
  | 'first'
  | 'last'
  | 'mode'
  | 'percentile_cont'
  | 'percentile_disc'
  | 'topk'
  | 'topkdistinct'
  | Hypothetical
