import { SqlError } from '../../base/sql-error.ts'
import { KafkaError } from './transport.ts'

/** Any failure of a call as a KafkaError that names host and reason. `note` goes behind the host. */
export function connectionError(error: unknown, address: string, note = ''): KafkaError {
  if (error instanceof KafkaError) return error
  const { name, message, code } = error as { name?: string; message?: string; code?: unknown }
  if (name === 'KafkaJSSASLAuthenticationError') {
    return new KafkaError('refused', '28000', `Kafka broker ${address} refused the credentials: ${message}`)
  }
  return new KafkaError(
    'connection',
    '08001',
    `could not connect to Kafka broker "${address}"${note}: ${reasonOf(code, message)}`,
  )
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host could not be resolved',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ECONNRESET: 'connection reset by the broker',
  EPIPE: 'connection closed by the broker',
}

function reasonOf(code: unknown, message: string | undefined): string {
  if (typeof code === 'string' && REASONS[code] !== undefined) return REASONS[code]
  const text = (message ?? 'unknown error').replace(/^Connection error: /, '')
  if (/^Connection timeout$/.test(text)) return 'connection timed out'
  if (/^Request .* timed out$/.test(text)) return 'no answer within the time limit'
  if (/^Closed connection$/.test(text)) return 'connection closed by the broker'
  return text.charAt(0).toLowerCase() + text.slice(1)
}

export function sqlErrorOf(error: unknown): SqlError {
  if (error instanceof SqlError) return error
  if (error instanceof KafkaError) return new SqlError(error.sqlstate, error.message, error.fields)
  throw error
}
