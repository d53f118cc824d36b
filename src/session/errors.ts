import type { Log } from '../base/log.ts'
import { SqlError } from '../base/sql-error.ts'

/** What the client is told of any failure. Our own mistakes go to the log in full and to the client as XX000. */
export function toSqlError(error: unknown, log: Log): SqlError {
  if (error instanceof SqlError) return error
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return new SqlError('54001', 'stack depth limit exceeded', { hint: 'The statement is nested too deeply.' })
  }
  log.error('internal error in a statement', { error })
  return new SqlError('XX000', 'internal error', { hint: 'The server log has the details.' })
}
