import type { Batch } from '../types/batch.ts'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { ERROR_COLUMNS, ERROR_TYPES } from './contract.ts'

/**
 * An error that a view has from another view says whose: `map@1234`, by object id, as names may change while the error
 * stays. Its position points into the text of that view. Those of the view itself have no mark.
 */
const OPERATOR = ERROR_COLUMNS.indexOf('operator')
const MARK = '@'

export const isInherited = (operator: string): boolean => operator.includes(MARK)

/** Errors as readers of the object get them: marked, unless it has them from another one. */
export function inheritedFrom(object: number, errors: Batch): Batch {
  const rows = rowsOf(errors, ERROR_TYPES).map((row) =>
    row.map((value, c) => (c === OPERATOR && !isInherited(value as string) ? `${value}${MARK}${object}` : value)),
  )
  return batchFromRows(ERROR_TYPES, rows, [...errors.diffs.subarray(0, errors.n)])
}

/** The operator's name, and the object whose text the error's position points into: null for the view's own. */
export function originOf(operator: string): { readonly operator: string; readonly object: number | null } {
  const [name, object] = operator.split(MARK) as [string, string?]
  return { operator: name, object: object === undefined ? null : Number(object) }
}
