import { SqlError } from '../../base/sql-error.ts'

/** A transaction's snapshot lives at most this long; ms. Later statements fail with 72000. */
export const SNAPSHOT_MS_MAX = 60_000

export function tooOld(): SqlError {
  return new SqlError('72000', 'snapshot too old', {
    detail: `A transaction reads at one tick for at most ${SNAPSHOT_MS_MAX / 1000} s.`,
  })
}

/** Not 40001: drivers that repeat the transaction at once would find the same. */
export function notReadyThen(relation: string): SqlError {
  return new SqlError('55000', `${relation} was not hydrated yet when this transaction began`, {
    detail: 'A transaction reads all relations as they were at its first statement.',
    hint: 'Roll back and begin again; a first statement that reads it waits until it is hydrated.',
  })
}

const RETRY = { hint: 'The transaction might succeed if retried.' }

export function changedSince(): SqlError {
  return new SqlError('40001', 'could not serialize access due to a concurrent change of the catalog', RETRY)
}

export function readHasChanged(): SqlError {
  return new SqlError('40001', 'could not serialize access due to concurrent update', RETRY)
}
