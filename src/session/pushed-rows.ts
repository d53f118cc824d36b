import type { Batch } from '../types/batch.ts'
import { takeBatch } from '../types/batch-build.ts'
import type { RowType } from '../types/sql-type.ts'
import type { RowSource } from './row-source.ts'
import type { SubscribeSource } from './subscribe-source.ts'

/**
 * `SELECT … EMIT CHANGES`: of a subscription the rows that came, as they are; what was retracted is left out, so that a
 * group that changes is told anew each time. Ends after `limit` rows.
 */
export class PushedRows implements RowSource {
  readonly fields: RowType
  private readonly changes: SubscribeSource
  private left: number

  constructor(changes: SubscribeSource, fields: RowType, limit: number | null) {
    this.changes = changes
    this.fields = fields
    this.left = limit ?? Number.POSITIVE_INFINITY
  }

  async poll(): Promise<Batch | 'wait' | 'end'> {
    while (this.left > 0) {
      const batch = await this.changes.poll()
      if (batch === 'wait' || batch === 'end') return batch
      const rows = this.came(batch)
      if (rows.n > 0) return rows
    }
    return 'end'
  }
  wait(signal: AbortSignal): Promise<void> {
    return this.changes.wait(signal)
  }
  close(): void {
    this.changes.close()
  }

  /** The leading columns of a change are its time and its count. */
  private came(batch: Batch): Batch {
    const [, count, ...cols] = batch.cols
    if (count?.kind !== 'f64') throw new Error('the count of a change is a column of numbers')
    const rows = new Int32Array(batch.n)
    const counts: number[] = []
    for (let i = 0; i < batch.n && this.left > 0; i++) {
      const n = Math.min(count.data[i]!, this.left)
      if (n <= 0) continue
      this.left -= n
      rows[counts.length] = i
      counts.push(n)
    }
    const taken = takeBatch({ n: batch.n, diffs: batch.diffs, cols }, rows, counts.length)
    return { ...taken, diffs: Int32Array.from(counts) }
  }
}
