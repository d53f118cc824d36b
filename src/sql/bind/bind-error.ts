import { SqlError, type SqlErrorFields } from '../../base/sql-error.ts'

export interface Place {
  readonly span: { readonly start: number }
}

/** A binder's error at a node of the tree; positions are 1-based on the wire. */
export function bindError(
  sqlstate: string,
  message: string,
  at: Place | undefined,
  fields: SqlErrorFields = {},
): SqlError {
  return new SqlError(sqlstate, message, {
    ...fields,
    position: at && at.span.start >= 0 ? at.span.start + 1 : undefined,
  })
}
