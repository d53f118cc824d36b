import { SqlError } from '../base/sql-error.ts'

/** 08P01: the client sent what the protocol does not allow. The connection goes on where its framing is still sound. */
export function protocolViolation(message: string): SqlError {
  return new SqlError('08P01', message)
}

/** An error after which the connection ends: PostgreSQL's severity FATAL. */
export class FatalError extends Error {
  readonly error: SqlError

  constructor(error: SqlError) {
    super(error.message)
    this.name = 'FatalError'
    this.error = error
  }
}
