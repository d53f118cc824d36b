/** What one statement of a query string answered. Values are PostgreSQL's text form; null is NULL. */
export interface StatementResult {
  /** Empty when the statement returns no rows. */
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Command tag: `SELECT 3`, `INSERT 0 1`; empty for an empty query. */
  readonly tag: string
}

export interface ResultColumn {
  readonly name: string
  readonly typeOid: number
}

/** Fields of an ErrorResponse or NoticeResponse. */
export interface ServerMessage {
  readonly severity: string
  readonly sqlstate: string
  readonly message: string
  readonly detail: string | null
  readonly hint: string | null
  readonly position: number | null
}

/** The server answered with an error; the connection stays usable. */
export class QueryError extends Error {
  readonly server: ServerMessage

  constructor(server: ServerMessage) {
    super(server.message)
    this.name = 'QueryError'
    this.server = server
  }
}

/** The connection is gone. */
export class ConnectionLost extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'ConnectionLost'
  }
}

/** As psql prints it: `ERROR:  message`, then DETAIL and HINT on lines of their own. */
export function renderMessage(m: ServerMessage, withCode = false): string {
  const code = withCode ? `${m.sqlstate}: ` : ''
  const detail = m.detail === null ? '' : `\nDETAIL:  ${m.detail}`
  const hint = m.hint === null ? '' : `\nHINT:  ${m.hint}`
  return `${m.severity}:  ${code}${m.message}${detail}${hint}`
}

/** Rows that a command tag counts: `INSERT 0 3` gives 3; null when it counts none. */
export function rowsOfTag(tag: string): number | null {
  const match = /(\d+)$/.exec(tag)
  return match ? Number(match[1]) : null
}
