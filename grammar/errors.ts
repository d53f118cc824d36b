/** What a text that is not a statement raises: PostgreSQL's SQLSTATE and text, `position` a 0-based UTF-16 offset. */
export class GrammarError extends Error {
  override readonly name = 'GrammarError'
  readonly sqlstate: string
  readonly position: number
  hint: string | undefined

  constructor(sqlstate: string, message: string, position: number, hint?: string) {
    super(message)
    this.sqlstate = sqlstate
    this.position = position
    this.hint = hint
  }
}

export const syntaxError = '42601'
export const statementTooComplex = '54001'
