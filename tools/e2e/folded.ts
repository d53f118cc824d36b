import type { TextRow } from './local-engine.ts'

/**
 * The messages of a `SUBSCRIBE … WITH (SNAPSHOT, PROGRESS)` put together again: (mz_timestamp, mz_progressed, mz_diff,
 * data…). It throws where a message contradicts an earlier one.
 */
export class Folded {
  /** Row as JSON → count. */
  readonly rows = new Map<string, number>()
  /** Last mz_timestamp of a progress message; nothing below it may change. */
  progressMs = Number.NEGATIVE_INFINITY
  lastMs = Number.NEGATIVE_INFINITY
  /** Changes by timestamp, in the order in which they came. */
  readonly changes: { readonly ms: number; readonly diff: number; readonly data: TextRow }[] = []
  messages = 0

  apply(message: TextRow): 'progress' | 'change' {
    this.messages++
    const [timestamp, progressed, diff, ...data] = message
    const ms = Number(timestamp)
    if (ms < this.lastMs) throw new Error(`timestamp ${ms} after ${this.lastMs}`)
    this.lastMs = ms
    if (progressed === 't') {
      if (data.some((v) => v !== null)) throw new Error('a progress message carries data')
      this.progressMs = ms
      return 'progress'
    }
    if (ms < this.progressMs) throw new Error(`a change at ${ms} after progress to ${this.progressMs}`)
    this.changes.push({ ms, diff: Number(diff), data })
    const key = JSON.stringify(data)
    const count = (this.rows.get(key) ?? 0) + Number(diff)
    if (count === 0) this.rows.delete(key)
    else this.rows.set(key, count)
    return 'change'
  }

  /** Sorted rows, as JSON; throws on a negative count. */
  contents(): string[] {
    const lines: string[] = []
    for (const [row, count] of this.rows) {
      if (count < 0) throw new Error(`${row} counts ${count}`)
      for (let n = 0; n < count; n++) lines.push(row)
    }
    return lines.sort()
  }
}

export const sortedJson = (rows: readonly TextRow[]): string[] => rows.map((row) => JSON.stringify(row)).sort()
