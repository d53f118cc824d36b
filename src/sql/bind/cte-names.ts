import type { Cte } from '../../../grammar/ast.ts'
import type { RowType } from '../../types/sql-type.ts'
import { bindError } from './bind-error.ts'

/** `WITH t (a, b) AS …`: the names for the first columns. */
export function renamed(cte: Cte, row: RowType): RowType {
  if (cte.columns.length > row.length) {
    throw bindError(
      '42P10',
      `WITH query "${cte.name.name}" has ${row.length} columns available but ${cte.columns.length} columns specified`,
      cte.name,
    )
  }
  return row.map((f, i) => (cte.columns[i] ? { ...f, name: cte.columns[i].name } : f))
}
