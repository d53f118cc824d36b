import type { AggregateStrategy } from '../../functions/function.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'

export type WindowFunction =
  | 'row_number'
  | 'rank'
  | 'dense_rank'
  | 'percent_rank'
  | 'cume_dist'
  | 'ntile'
  | 'lag'
  | 'lead'
  | 'first_value'
  | 'last_value'
  | 'nth_value'
  | 'session_start'
  | 'session_end'

/** Where a frame starts or ends. `by`: rows or groups from the current one on, negative before it; 0 in range and groups
 * mode: its peers. `value`: the column that holds the value up to which rows belong to the frame. */
export type FrameBound =
  | { readonly kind: 'first' | 'last' }
  | { readonly kind: 'offset'; readonly by: number }
  | { readonly kind: 'value'; readonly column: number; readonly following: boolean }

export interface WindowFrame {
  readonly mode: 'rows' | 'range' | 'groups'
  readonly start: FrameBound
  readonly end: FrameBound
  readonly exclude: 'nothing' | 'current' | 'group' | 'ties'
  /** What `value` bounds are compared with: a column that follows the order. */
  readonly value: number | null
}

/** An argument: a column of the input, or one value for all rows. */
export type WindowArgument = { readonly column: number } | { readonly value: Datum }

/** One call over the operator's partitions and order. */
export interface WindowCall {
  /** A window function, or what an aggregate does over the frame. */
  readonly fn: WindowFunction | 'aggregate'
  readonly strategy: AggregateStrategy | null
  /** lag and lead: value, offset, default. Sessions: the time, and up to when a later row still belongs to its session. */
  readonly args: readonly WindowArgument[]
  readonly argTypes: readonly SqlType[]
  /** Boolean column, or null. */
  readonly filter: number | null
  readonly ignoreNulls: boolean
  readonly frame: WindowFrame
  readonly type: SqlType
}

const FRAMED: ReadonlySet<string> = new Set(['aggregate', 'first_value', 'last_value', 'nth_value'])

/** The frame that contains every row of the partition, for calls that look at no frame. */
export const needsFrame = (call: WindowCall): boolean => FRAMED.has(call.fn)

export const columnOf = (arg: WindowArgument): number | null => ('column' in arg ? arg.column : null)
