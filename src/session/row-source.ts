import type { Batch } from '../types/batch.ts'
import { sliceBatch } from '../types/batch-build.ts'
import type { RowType } from '../types/sql-type.ts'

/** Rows of one result, pulled by whoever sends them. A row of diff n stands for n rows. */
export interface RowSource {
  readonly fields: RowType
  /** Other sources give out the same batches. */
  readonly shared?: boolean
  /** The next batch; 'wait': nothing yet, more may come (only live sources); 'end': that was all. */
  poll(): Promise<Batch | 'wait' | 'end'>
  /** After 'wait': resolves when polling is worth it again. */
  wait(signal: AbortSignal): Promise<void>
  close(): void
}

export function sourceOf(fields: RowType, batches: AsyncIterable<Batch> | Iterable<Batch>): RowSource {
  // One loop for both: the sync iterator answers without a promise of its own.
  const iterator = Symbol.iterator in batches ? batches[Symbol.iterator]() : batches[Symbol.asyncIterator]()
  return {
    fields,
    async poll() {
      for (;;) {
        const step = iterator.next()
        const { done, value } = step instanceof Promise ? await step : step
        if (done) return 'end'
        if (value.n > 0) return value
      }
    },
    async wait() {},
    close() {
      // Nobody waits for a source that is given up: its rows were sent, or the error that ended it was. A failure while it
      // lets go of what it held has no statement left to fail.
      void Promise.resolve(iterator.return?.()).catch(() => {})
    },
  }
}

/** A row source read in portions that need not end where a batch does, nor where a row's copies do. */
export class RowCursor {
  readonly source: RowSource
  private batch: Batch | null = null
  private row = 0
  /** Copies of `row` already taken. */
  private copies = 0
  private ended = false

  constructor(source: RowSource) {
    this.source = source
  }

  get fields(): RowType {
    return this.source.fields
  }

  /** At most `max` rows (max > 0) and how many they are. */
  async take(max: number): Promise<{ readonly batch: Batch; readonly rows: number } | 'wait' | 'end'> {
    if (this.batch === null) {
      if (this.ended) return 'end'
      const next = await this.source.poll()
      if (next === 'end') this.close()
      if (next === 'wait' || next === 'end') return next
      this.batch = next
      this.row = 0
      this.copies = 0
    }
    return this.portion(this.batch, max)
  }

  close(): void {
    if (!this.ended) this.source.close()
    this.ended = true
    this.batch = null
  }

  private portion(batch: Batch, max: number): { batch: Batch; rows: number } {
    const first = this.row
    const firstTaken = this.copies
    let rows = 0
    let end = first
    while (end < batch.n && rows < max) {
      const left = batch.diffs[end] - (end === first ? firstTaken : 0)
      const taken = Math.min(left, max - rows)
      rows += taken
      if (taken < left) {
        this.copies = (end === first ? firstTaken : 0) + taken
        return { batch: this.cut(batch, first, end + 1, firstTaken, left - taken), rows }
      }
      end++
    }
    this.row = end
    this.copies = 0
    if (end === batch.n) this.batch = null
    return { batch: this.cut(batch, first, end, firstTaken, 0), rows }
  }

  /** Rows [first, end) without the copies that came before and those that come later. */
  private cut(batch: Batch, first: number, end: number, before: number, later: number): Batch {
    if (later > 0) this.row = end - 1
    const slice = first === 0 && end === batch.n ? batch : sliceBatch(batch, first, end)
    if (before === 0 && later === 0) return slice
    const diffs = slice.diffs.slice(0, slice.n)
    diffs[0] -= before
    diffs[slice.n - 1] -= later
    return { n: slice.n, diffs, cols: slice.cols }
  }
}

/** Reads a finite source to its end. */
export async function drainSource(source: RowSource, each: (batch: Batch) => Promise<void> | void): Promise<number> {
  let rows = 0
  for (;;) {
    const batch = await source.poll()
    if (batch === 'end' || batch === 'wait') return rows
    rows += countRows(batch)
    await each(batch)
  }
}

export function countRows(batch: Batch): number {
  let rows = 0
  for (let i = 0; i < batch.n; i++) rows += batch.diffs[i]
  return rows
}
