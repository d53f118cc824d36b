import type { TextRow } from './format.ts'

/**
 * Folds the rows of a SUBSCRIBE with PROGRESS (mz_timestamp, mz_progressed, mz_diff, data…) into a bag, and watches
 * what is promised of them: timestamps never decrease, and none comes below a progress message.
 */
export class Fold {
  readonly #counts = new Map<string, { row: TextRow; count: number }>()
  #latest = 0n
  #progress = 0n
  problem: string | null = null

  apply(message: TextRow): void {
    const [timestamp, progressed, diff, ...row] = message
    const at = BigInt(timestamp ?? 0)
    if (at < this.#latest) this.problem ??= `timestamps decrease: ${at} after ${this.#latest}`
    if (at < this.#progress) this.problem ??= `a change at ${at} after progress to ${this.#progress}`
    this.#latest = at
    if (progressed === 't') {
      this.#progress = at
      return
    }
    const key = JSON.stringify(row)
    const entry = this.#counts.get(key) ?? { row, count: 0 }
    entry.count += Number(diff)
    if (entry.count === 0) this.#counts.delete(key)
    else this.#counts.set(key, entry)
  }

  get hasNegative(): boolean {
    return [...this.#counts.values()].some((entry) => entry.count < 0)
  }

  rows(): TextRow[] {
    return [...this.#counts.values()].flatMap((entry) =>
      Array.from({ length: Math.max(0, entry.count) }, () => entry.row),
    )
  }
}
