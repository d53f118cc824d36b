import type { WindowFrame, WindowFunction } from '../../dataflow/window/spec.ts'
import type { AggregateCall, Logical } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { visitScalar } from '../../plan/scalar-walk.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Place } from './bind-error.ts'
import type { Scope } from './scope.ts'

/**
 * A slot stands in an expression for a value that its relation does not have yet: an aggregate, a subquery, a column
 * of an outer query. In the expression it is a `call` of the function `@<number>` whose arguments are what it needs
 * of the row around it; lowering replaces it by a column. No slot survives binding.
 */
export type Slot =
  /** A column (any expression, for USING) of an enclosing query: over the columns of that scope's FROM clause. */
  | {
      readonly kind: 'outer'
      readonly scope: Scope
      readonly expr: Scalar
      readonly nullable: boolean
      readonly name: string
      /** Where it stands first. */
      readonly at: Place
    }
  | { readonly kind: 'aggregate'; readonly call: AggregateCall; readonly name: string }
  /** GROUPING: the slot's arguments are its own; where they stand, for its error. */
  | { readonly kind: 'grouping'; readonly places: readonly number[] }
  | WindowSlot
  /** A set-returning function in the select list. */
  | { readonly kind: 'rows'; readonly fn: string; readonly name: string }
  | SubquerySlot

/**
 * A window function. Arguments of the slot: `partition` partition keys, the order keys, `args` arguments, the filter,
 * then the columns that the frame counts.
 */
export interface WindowSlot {
  readonly kind: 'window'
  readonly name: string
  readonly fn: WindowFunction | 'aggregate'
  readonly aggregate: string | null
  readonly partition: number
  readonly order: readonly { readonly desc: boolean; readonly nullsFirst: boolean }[]
  readonly args: number
  readonly filter: boolean
  readonly ignoreNulls: boolean
  readonly frame: WindowFrame
}

export interface SlotOrder {
  readonly expr: Scalar
  readonly desc: boolean
  readonly nullsFirst: boolean
}

/**
 * `mode` scalar: the value of its only row. row: `compare` of its only row, NULL without one. exists: whether it has rows. any: whether `compare` holds for some row,
 * with SQL's NULL semantics; `all` is any of the negated comparison, negated. `compare` is over the operands (columns
 * 0 … n-1: the slot's arguments), then the plan's columns. `equal`: the pairs behind an IN, when it is one.
 */
export interface SubquerySlot {
  readonly kind: 'subquery'
  readonly mode: 'scalar' | 'row' | 'exists' | 'any'
  readonly plan: Logical
  readonly compare: Scalar | null
  /** IN over one column: the operand and the column may be NULL. */
  readonly inColumn: boolean
  /** The subquery yields exactly one row whatever its input. */
  readonly oneRow: boolean
}

export const slotCall = (n: number, args: readonly Scalar[], type: SqlType, position: number): Scalar => ({
  kind: 'call',
  fn: `@${n}`,
  args,
  type,
  position,
})

/** Number of the slot that the scalar is, -1 when it is none. */
export const slotOf = (s: Scalar): number => (s.kind === 'call' && s.fn.startsWith('@') ? Number(s.fn.slice(1)) : -1)

export function slotsIn(s: Scalar, into: Set<number> = new Set()): Set<number> {
  visitScalar(s, (x) => {
    const n = slotOf(x)
    if (n >= 0) into.add(n)
  })
  return into
}
