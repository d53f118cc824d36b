import type { SqlType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'

/**
 * Scalar expressions of logical and physical plans: plain serialisable data, fully typed, all coercions explicit.
 * `column` refers to a column of the operator's input (for joins: left columns, then right columns).
 * `position` is the 0-based offset in the statement's text (-1: made by the planner); row errors report it.
 */
export type Scalar =
  | { readonly kind: 'column'; readonly index: number; readonly type: SqlType }
  | { readonly kind: 'const'; readonly value: Datum; readonly type: SqlType }
  /** Value of a parameter, bound before the plan is rendered. */
  | { readonly kind: 'param'; readonly index: number; readonly type: SqlType }
  /** `fn`: id of a ScalarFunction (functions/lookup.ts). */
  | {
      readonly kind: 'call'
      readonly fn: string
      readonly args: readonly Scalar[]
      readonly type: SqlType
      readonly position: number
    }
  /** Conversion by PostgreSQL's cast table, `type` carries the modifiers. */
  | {
      readonly kind: 'cast'
      readonly arg: Scalar
      readonly explicit: boolean
      readonly type: SqlType
      readonly position: number
    }
  | { readonly kind: 'and' | 'or'; readonly args: readonly Scalar[]; readonly type: SqlType }
  | { readonly kind: 'not'; readonly arg: Scalar; readonly type: SqlType }
  | { readonly kind: 'isNull'; readonly arg: Scalar; readonly negated: boolean; readonly type: SqlType }
  /** IS [NOT] DISTINCT FROM; both sides have one type. */
  | {
      readonly kind: 'distinctFrom'
      readonly left: Scalar
      readonly right: Scalar
      readonly negated: boolean
      readonly type: SqlType
    }
  /** IS [NOT] TRUE / FALSE / UNKNOWN is lowered to case and isNull. Arms are tried in order, lazily. */
  | {
      readonly kind: 'case'
      readonly arms: readonly { readonly when: Scalar; readonly then: Scalar }[]
      readonly otherwise: Scalar
      readonly type: SqlType
    }
  /** `sole`: where the first is NULL the others are NULL too, or raise an error. */
  | { readonly kind: 'coalesce'; readonly args: readonly Scalar[]; readonly type: SqlType; readonly sole?: true }
  /** `needle = ANY/ALL (array)` with a comparison function. */
  | {
      readonly kind: 'anyAll'
      readonly all: boolean
      readonly fn: string
      readonly left: Scalar
      readonly array: Scalar
      readonly type: SqlType
      readonly position: number
    }
  /** x IN (constants): `values` has one type, with x; NULL semantics of IN. */
  | { readonly kind: 'inList'; readonly arg: Scalar; readonly values: readonly Datum[]; readonly type: SqlType }
  | { readonly kind: 'array'; readonly items: readonly Scalar[]; readonly type: SqlType }
  | { readonly kind: 'row'; readonly items: readonly Scalar[]; readonly type: SqlType }
  /** Raises an error for the row that evaluates it: `error('21000', …)` under a case. */
  | {
      readonly kind: 'error'
      readonly sqlstate: string
      readonly message: string
      readonly type: SqlType
      readonly position: number
    }
