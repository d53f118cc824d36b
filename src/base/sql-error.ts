/**
 * The error that users see: the fields of a Postgres ErrorResponse.
 * `message`: lower case, no full stop. `position`: 1-based character offset in the statement's text, or undefined.
 */
export interface SqlErrorFields {
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  readonly position?: number | undefined
  readonly schema?: string | undefined
  readonly table?: string | undefined
  readonly column?: string | undefined
  readonly dataType?: string | undefined
  readonly constraint?: string | undefined
  readonly where?: string | undefined
}

export class SqlError extends Error {
  readonly sqlstate: string
  readonly fields: SqlErrorFields

  constructor(sqlstate: string, message: string, fields: SqlErrorFields = {}) {
    super(message)
    this.name = 'SqlError'
    this.sqlstate = sqlstate
    this.fields = fields
  }
}

/** A notice (NoticeResponse) raised while a statement runs. */
export interface Notice {
  readonly severity: 'NOTICE' | 'WARNING' | 'INFO'
  readonly sqlstate: string
  readonly message: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
}

/** 0A000: what the binder answers to every clause that it does not implement. `span.start` is a 0-based offset. */
export function notSupported(feature: string, span?: { readonly start: number }, hint?: string): SqlError {
  return new SqlError('0A000', `${feature} is not supported`, {
    position: span && span.start >= 0 ? span.start + 1 : undefined,
    hint,
  })
}
