import type { Column } from '../../types/column.ts'
import { datumAt, isNullAt } from '../../types/column-read.ts'
import type { Datum } from '../../types/value.ts'
import type { RowErrors } from '../contract.ts'
import type { WindowArgument, WindowCall } from './spec.ts'

/**
 * An aggregate as a monoid over the places of a partition in order: what one row gives (null: nothing), and what two
 * neighbouring runs of rows give together. Partials are never changed once made. `result` of null: over no rows.
 */
export interface Fold<P = unknown> {
  own(cols: readonly Column[], row: number): P | null
  merge(a: P, b: P): P
  result(partial: P | null, row: number, errors: RowErrors): Datum
}

export function mergeNullable<P>(fold: Fold<P>, a: P | null, b: P | null): P | null {
  if (a === null) return b
  return b === null ? a : fold.merge(a, b)
}

/** The argument at a row. */
export function argumentAt(call: WindowCall, at: number, cols: readonly Column[], row: number): Datum {
  const arg = call.args[at]
  return 'column' in arg ? datumAt(cols[arg.column], row, call.argTypes[at]) : arg.value
}

/** Rows that FILTER does not pass give nothing. */
export function filtered<P>(fold: Fold<P>, filter: number | null): Fold<P> {
  if (filter === null) return fold
  return {
    own: (cols, row) => {
      const column = cols[filter]
      const passes = column.kind === 'f64' && !isNullAt(column, row) && column.data[row] !== 0
      return passes ? fold.own(cols, row) : null
    },
    merge: (a, b) => fold.merge(a, b),
    result: (partial, row, errors) => fold.result(partial, row, errors),
  }
}

/** The first, or the last, value that is not NULL. */
export function keepValue(call: WindowCall, first: boolean): Fold<NonNullable<Datum>> {
  return {
    own: (cols, row) => argumentAt(call, 0, cols, row),
    merge: (a, b) => (first ? a : b),
    result: (partial) => partial,
  }
}

/** Whether an argument is NULL at a row, without making its value. */
export function isNullArgument(arg: WindowArgument, cols: readonly Column[], row: number): boolean {
  return 'column' in arg ? isNullAt(cols[arg.column], row) : arg.value === null
}
