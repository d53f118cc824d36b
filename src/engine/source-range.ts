import { throwIfCanceled } from '../base/canceled.ts'
import { SqlError } from '../base/sql-error.ts'
import type { Positions, ReaderStatus, SourceBatch } from '../connectors/contract.ts'
import type { SourceRuntime } from './source.ts'

/**
 * Records of a source from `from` to `until`, read again from the connector; the reader stops when the consumer does, and
 * with 57014 when `signal` is aborted: a service that is away must not hold a statement for ever.
 */
export async function* sourceRange(
  source: SourceRuntime,
  from: Positions,
  until: Positions,
  signal?: AbortSignal,
): AsyncGenerator<SourceBatch> {
  const start = new Map([...from].filter(([partition, offset]) => offset < (until.get(partition) ?? 0)))
  if (start.size === 0) return
  const queue: { readonly batch: SourceBatch; readonly taken: () => void }[] = []
  let ended = false
  let failure: SqlError | null = null
  let wake = () => {}
  const reader = source.connector.open({
    from: start,
    identity: source.identity,
    until: new Map([...until].filter(([partition]) => start.has(partition))),
    columns: null,
    onBatch: (batch) =>
      new Promise<void>((taken) => {
        queue.push({ batch, taken })
        wake()
      }),
    onStatus(status: ReaderStatus) {
      if (status.state === 'failed') failure = new SqlError(status.sqlstate, status.error)
      wake()
    },
    onEnd() {
      ended = true
      wake()
    },
  })
  const abort = () => wake()
  signal?.addEventListener('abort', abort)
  try {
    for (;;) {
      if (signal !== undefined) throwIfCanceled(signal)
      const next = queue.shift()
      if (next !== undefined) {
        yield next.batch
        next.taken()
      } else if (failure !== null) throw failure
      else if (ended) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    signal?.removeEventListener('abort', abort)
    for (const { taken } of queue) taken()
    await reader.stop()
  }
}
