import { SqlError } from './sql-error.ts'

export const canceledByUser = (): SqlError => new SqlError('57014', 'canceling statement due to user request')
export const canceledByTimeout = (): SqlError => new SqlError('57014', 'canceling statement due to statement timeout')

/** What a call rejects with whose `signal` was aborted: the reason that the aborter gave. */
export const cancelReason = (signal: AbortSignal): SqlError =>
  signal.reason instanceof SqlError ? signal.reason : canceledByUser()

export function throwIfCanceled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelReason(signal)
}
