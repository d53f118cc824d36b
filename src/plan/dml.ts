import type { RowType, SqlType } from '../types/sql-type.ts'
import type { SortKey } from './logical.ts'
import type { PhysicalPlan } from './physical.ts'
import type { Scalar } from './scalar.ts'

/**
 * Bound DML: what the engine evaluates at the commit tick. All coercions (assignment casts) and defaults are inside the
 * plans; the engine checks NOT NULL and PRIMARY KEY. Parameters are still `param` scalars; their values come beside.
 */
export type DmlPlan = InsertPlan | UpdatePlan | DeletePlan | MergePlan | TruncatePlan

export interface InsertPlan {
  readonly kind: 'insert'
  readonly table: number
  /** Full rows of the table, columns in table order, in statement order where that is visible. */
  readonly source: DmlRows
  readonly onConflict: OnConflict | null
  readonly returning: Returning | null
  /** Objects that `source` reads. */
  readonly reads: readonly number[]
}

/** Rows of an INSERT: expressions without input (VALUES, the usual case), or a query. */
export type DmlRows =
  | { readonly kind: 'values'; readonly rows: readonly (readonly Scalar[])[] }
  | {
      readonly kind: 'query'
      readonly plan: PhysicalPlan
      /**
       * Columns whose value is another for each row, equal ones too (sequences, random()): NULL in the plan, made of these
       * expressions without input once the rows are there, in their order.
       */
      readonly fill?: readonly { readonly column: number; readonly expr: Scalar }[]
      /** Order in which rows are filled, over the plan's columns; those behind the table's are there for it alone. */
      readonly order?: readonly SortKey[]
    }

export type OnConflict =
  /** target null: any constraint. */
  | { readonly kind: 'nothing'; readonly target: readonly number[] | null }
  | {
      readonly kind: 'update'
      readonly target: readonly number[]
      /** The whole new row; input columns: the existing row, then the row proposed (`excluded`). */
      readonly set: readonly Scalar[]
      readonly where: Scalar | null
    }

/** Input columns: the row after INSERT and UPDATE, the row before DELETE; behind it those of FROM or USING. */
export interface Returning {
  /** Types of the columns of FROM or USING, which then end each row of the statement's plan. */
  readonly beside?: readonly SqlType[]
  readonly exprs: readonly Scalar[]
  readonly fields: RowType
}

/** Rows found by full primary key (`keys` in key order, without input), or by a query. */
export interface KeyLookup {
  readonly keys: readonly Scalar[]
  /** Rest of the WHERE clause, over the table's columns. */
  readonly residual: Scalar | null
}

export interface UpdatePlan {
  readonly kind: 'update'
  readonly table: number
  readonly lookup: KeyLookup | null
  /** The whole new row, over the table's columns: used with `lookup`. */
  readonly set: readonly Scalar[]
  /** Old row then new row, one line per updated row: used without `lookup`. */
  readonly plan: PhysicalPlan
  readonly returning: Returning | null
  readonly reads: readonly number[]
}

export interface DeletePlan {
  readonly kind: 'delete'
  readonly table: number
  readonly lookup: KeyLookup | null
  /** The rows to delete (table columns); each counted once however often it matched. */
  readonly plan: PhysicalPlan
  readonly returning: Returning | null
  readonly reads: readonly number[]
}

export interface MergePlan {
  readonly kind: 'merge'
  readonly table: number
  /** Target row (NULLs where none matched), the row as the action has it, the number of the action. */
  readonly plan: PhysicalPlan
  readonly actions: readonly {
    readonly kind: 'insert' | 'update' | 'delete' | 'nothing'
    /** As `fill` of DmlRows. */
    readonly fill: readonly { readonly column: number; readonly expr: Scalar }[]
  }[]
  readonly returning: null
  readonly reads: readonly number[]
}

export interface TruncatePlan {
  readonly kind: 'truncate'
  readonly tables: readonly number[]
  /** RESTART IDENTITY. */
  readonly restart?: true
}
