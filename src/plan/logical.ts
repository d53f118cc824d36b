import type { RowType, SqlType } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import type { Scalar } from './scalar.ts'
import type { WindowCall } from './window.ts'

/**
 * The logical algebra over Z-sets: decorrelated, typed, plain data. Every node knows its output row type.
 * Names in row types are for people; operators address columns by index.
 */
export type Logical =
  /** A relation of the catalog: table, source, view, materialized view. */
  | { readonly kind: 'get'; readonly object: number; readonly name: string; readonly rowType: RowType }
  /** Constant rows (VALUES, SELECT without FROM); each with count 1. */
  | { readonly kind: 'constant'; readonly rows: readonly Row[]; readonly rowType: RowType }
  /** A binding of an enclosing `let` or `letRec`. */
  | { readonly kind: 'ref'; readonly binding: number; readonly rowType: RowType }
  /** A sub-plan used more than once. */
  | {
      readonly kind: 'let'
      readonly binding: number
      readonly value: Logical
      readonly body: Logical
      readonly rowType: RowType
    }
  /** WITH MUTUALLY RECURSIVE: bindings grow from empty to their fixpoint. */
  | {
      readonly kind: 'letRec'
      readonly bindings: readonly { readonly binding: number; readonly value: Logical }[]
      readonly body: Logical
      /** Rounds; what to do at the limit. null: the server's bound, an error beyond it. */
      readonly limit: { readonly rounds: number; readonly onLimit: 'return' | 'error' } | null
      /** WITH RECURSIVE: no round takes rows away, and each adds some until one adds none. */
      readonly grows?: true
      readonly rowType: RowType
    }
  | { readonly kind: 'project'; readonly input: Logical; readonly exprs: readonly Scalar[]; readonly rowType: RowType }
  | {
      readonly kind: 'filter'
      readonly input: Logical
      readonly predicate: Scalar
      readonly rowType: RowType
      readonly position: number
    }
  /** Rows with the time at which each of them came, a timestamptz, as last column. Only over rows that stay. */
  | { readonly kind: 'arrival'; readonly input: Logical; readonly rowType: RowType; readonly position: number }
  /** Rows leave a time after they last came, where the result is kept up to date. Columns: input. */
  | {
      readonly kind: 'expire'
      readonly input: Logical
      readonly ttlMicros: number
      readonly rowType: RowType
      readonly position: number
    }
  /** Columns: left then right. left/right/full: columns of the other side are NULL for rows without a match. */
  | {
      readonly kind: 'join'
      readonly type: 'inner' | 'left' | 'right' | 'full'
      readonly left: Logical
      readonly right: Logical
      readonly on: Scalar
      /** With the inner joins that it reads: a view keeps no results of two and two (physical deltaJoin). */
      readonly delta?: true
      readonly rowType: RowType
      readonly position: number
    }
  /**
   * Each left row with the right row of its key that is nearest in time (`nearest`), or with those that are there when
   * the left row comes (`nearest` null): such rows stay as they are. Columns: left then right.
   */
  | {
      readonly kind: 'asofJoin'
      readonly outer: boolean
      readonly left: Logical
      readonly right: Logical
      readonly leftKeys: readonly number[]
      readonly rightKeys: readonly number[]
      readonly nearest: Nearest | null
      readonly rowType: RowType
      readonly position: number
    }
  /** Left rows with (semi) or without (anti) a right row satisfying `on`; counts of left kept. Columns: left. */
  | {
      readonly kind: 'semiJoin'
      readonly anti: boolean
      readonly left: Logical
      readonly right: Logical
      readonly on: Scalar
      readonly rowType: RowType
      readonly position: number
    }
  /** One row a group: keys, then aggregates. Without keys: exactly one row, also over no input. */
  | {
      readonly kind: 'aggregate'
      readonly input: Logical
      readonly keys: readonly Scalar[]
      readonly aggregates: readonly AggregateCall[]
      readonly rowType: RowType
      readonly position: number
    }
  | { readonly kind: 'distinct'; readonly input: Logical; readonly rowType: RowType }
  /** Counts add up; columns have equal types. */
  | { readonly kind: 'unionAll'; readonly inputs: readonly Logical[]; readonly rowType: RowType }
  /** Counts: intersect all min(l, r), except all max(l - r, 0); the forms without ALL over distinct inputs. */
  | {
      readonly kind: 'setOp'
      readonly op: 'intersect' | 'except'
      readonly all: boolean
      readonly left: Logical
      readonly right: Logical
      readonly rowType: RowType
    }
  /** Per partition the rows of rank offset .. offset+limit-1 in order (ties by encoded row). limit null: all. */
  | {
      readonly kind: 'topK'
      readonly input: Logical
      readonly partition: readonly number[]
      readonly order: readonly SortKey[]
      readonly limit: number | null
      readonly offset: number
      /** And the rows behind them that are equal to the last of them by `order`. */
      readonly ties?: true
      readonly rowType: RowType
      readonly position: number
    }
  /** row_number() over (partition order): input columns plus the int8 number as last column. */
  | {
      readonly kind: 'rowNumber'
      readonly input: Logical
      readonly partition: readonly number[]
      readonly order: readonly SortKey[]
      /** Only numbers ≤ this are ever read (pushed down from a filter); null = all. */
      readonly atMost: number | null
      readonly rowType: RowType
      readonly position: number
    }
  /** Window functions over one PARTITION BY and ORDER BY: input columns, then a column for each call. */
  | {
      readonly kind: 'window'
      readonly input: Logical
      readonly partition: readonly number[]
      readonly order: readonly SortKey[]
      readonly calls: readonly WindowCall[]
      readonly rowType: RowType
      readonly position: number
    }
  /** Each input row times the rows of a table function of it (generate_series, unnest): columns input then function's. */
  | {
      readonly kind: 'flatMap'
      readonly input: Logical
      /** Id of a TableFunction (functions/lookup.ts). */
      readonly fn: string
      readonly args: readonly Scalar[]
      readonly withOrdinality: boolean
      /** left: an input row without function rows stays, with NULLs. */
      readonly outer: boolean
      readonly rowType: RowType
      readonly position: number
    }
  /** Fails with 21000 when a key (all of `keys`) has more than one row: scalar subqueries. Columns: input. */
  | {
      readonly kind: 'atMostOne'
      readonly input: Logical
      readonly keys: readonly number[]
      readonly rowType: RowType
      readonly position: number
    }

/** Of the right rows for which `left compare right` holds the one nearest in time; ties by the row order. */
export interface Nearest {
  readonly left: number
  readonly right: number
  readonly compare: '>=' | '>' | '<=' | '<'
}

export interface AggregateCall {
  /** Id of an AggregateFunction. */
  readonly fn: string
  readonly args: readonly Scalar[]
  readonly distinct: boolean
  readonly filter: Scalar | null
  /** ORDER BY inside the call, over scalars of the input row. */
  readonly order: readonly { readonly expr: Scalar; readonly desc: boolean; readonly nullsFirst: boolean }[]
  readonly type: SqlType
  readonly position: number
}

export interface SortKey {
  readonly column: number
  readonly desc: boolean
  readonly nullsFirst: boolean
}

/** What happens after the Z-set is computed, to the rows of one pull. */
export interface Finishing {
  readonly order: readonly SortKey[]
  readonly limit: number | null
  readonly offset: number
  /** Numbers (from 0) of the parameters that LIMIT and OFFSET are, instead of the values above. */
  readonly limitParam?: number
  readonly offsetParam?: number
  /** Columns to return; the plan may carry more for sorting. */
  readonly project: readonly number[]
}
