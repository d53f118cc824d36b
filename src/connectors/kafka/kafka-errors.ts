import { connectReason } from '../service-error.ts'
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
  ECONNRESET: 'connection reset by the broker',
  EPIPE: 'connection closed by the broker',
}

function reasonOf(code: unknown, message: string | undefined): string {
  const known = connectReason(code) ?? REASONS[String(code)]
  if (known !== undefined) return known
  const text = (message ?? 'unknown error').replace(/^Connection error: /, '')
  if (/^Connection timeout$/.test(text)) return 'connection timed out'
  if (/^Request .* timed out$/.test(text)) return 'no answer within the time limit'
  if (/^Closed connection$/.test(text)) return 'connection closed by the broker'
  return text.charAt(0).toLowerCase() + text.slice(1)
}
