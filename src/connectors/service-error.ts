import { SqlError, type SqlErrorFields } from '../base/sql-error.ts'

/** A failure of a service that a source needs. kind: how the caller goes on ('connection', 'retry': try again; 'refused': never will work). */
export class ServiceError extends Error {
  readonly kind: 'connection' | 'retry' | 'refused'
  readonly sqlstate: string
  readonly fields: SqlErrorFields

  constructor(kind: ServiceError['kind'], sqlstate: string, message: string, fields: SqlErrorFields = {}) {
    super(message)
    this.name = 'ServiceError'
    this.kind = kind
    this.sqlstate = sqlstate
    this.fields = fields
  }
}

export function sqlErrorOf(error: unknown): SqlError {
  if (error instanceof SqlError) return error
  if (error instanceof ServiceError) return new SqlError(error.sqlstate, error.message, error.fields)
  throw error
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host could not be resolved',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
}

/** The reason of a failed connection in plain words, by the system's code; undefined: another one. */
export function connectReason(code: unknown): string | undefined {
  return typeof code === 'string' ? REASONS[code] : undefined
}
