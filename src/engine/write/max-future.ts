import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import { formatText } from '../../types/text.ts'
import { latestAllowed } from '../judged-time.ts'
import type { TableRuntime } from '../table.ts'
import { timeAt } from '../watermarks.ts'
import { type RowChange, signedRows } from './writable.ts'

/**
 * MAX FUTURE of a table, which has no dead letters: a row further ahead of the clock fails its statement before anything
 * is written or a watermark moves. Judged by the clock when the statement runs.
 */
export function* checkFuture(table: TableRuntime, batches: Iterable<Batch>, nowMicros: number): Pieces {
  const { eventTime, entry } = table
  if (eventTime === null) return
  const { watermarks } = eventTime
  const { spec, type } = watermarks
  const latest = latestAllowed(watermarks, nowMicros)
  if (latest === null) return
  for (const batch of batches) {
    const times = watermarks.timed(batch).cols[spec.column]!
    for (let i = 0; i < batch.n; i++) {
      if (batch.diffs[i]! < 0) continue
      const time = timeAt(times, i, type)
      if (time === null || time <= latest) continue
      const own = spec.event?.own
      const { name } = own === undefined ? entry.columns[spec.column]! : entry.computed![own]!
      throw new SqlError(
        '22008',
        `column "${name}" of relation "${entry.name}" is further in the future than MAX FUTURE allows: ${formatText(time, type)}`,
        {
          detail: `By the server's clock, times up to ${formatText(latest, type)} are taken.`,
          hint: 'Such a row would close all windows before it. Check the clock of whoever wrote it, or create the table with a longer MAX FUTURE.',
          table: entry.name,
          column: name,
        },
      )
    }
    yield
  }
}

/** The same of changes row by row. */
export function* checkFutureRows(table: TableRuntime, changes: readonly RowChange[], nowMicros: number): Pieces {
  if (table.eventTime?.watermarks.spec.maxFuture == null) return
  for (const { rows, diffs } of signedRows(changes))
    yield* checkFuture(table, [batchFromRows(table.types, rows, diffs)], nowMicros)
}
