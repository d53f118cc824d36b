import type { Arrangement } from '../state/contract.ts'
import { datumAt } from '../types/column-read.ts'
import { firstColumns } from './keys.ts'
import { partitionKeys } from './partition-keys.ts'
import { type BoundOf, dueForSweep } from './release.ts'

const PAGE = 1024

/**
 * Frees the right rows of an ASOF join that a newer one of their key has taken the place of for good: both lie below a
 * bound under which neither side changes any more. The newest row below the bound stays. Between ticks, and as seldom
 * as Release. Cost: all rows, once the state has grown by a quarter.
 */
export class VersionRelease {
  /** The newest time first. */
  readonly #rows: Arrangement
  readonly #time: number
  readonly #bound: BoundOf
  readonly #page = new Int32Array(PAGE)
  #swept = Number.NEGATIVE_INFINITY
  #rowsLeft = 0

  constructor(rows: Arrangement, time: number, bound: BoundOf) {
    this.#rows = rows
    this.#time = time
    this.#bound = bound
  }

  sweep(watermarks: ReadonlyMap<number, number>): void {
    const rows = this.#rows
    if (!dueForSweep(rows.rows, this.#rowsLeft)) return
    const bound = this.#bound(watermarks)
    if (bound === null || bound <= this.#swept) return
    this.#swept = bound
    const { keys, n } = partitionKeys(rows)
    const gone: number[] = []
    for (let p = 0; p < n; p++) {
      let covered = false
      for (let from = 0; ; from += PAGE) {
        const read = rows.range(keys, p, from, PAGE, this.#page)
        const [times] = rows.gather([this.#time], this.#page, read)
        for (let i = 0; i < read; i++) {
          const slot = this.#page[i]
          if (rows.diff(slot) <= 0 || Number(datumAt(times, i, rows.types[this.#time])) >= bound) continue
          if (covered) gone.push(slot)
          covered = true
        }
        if (read < PAGE) break
      }
    }
    if (gone.length > 0) {
      const slots = Int32Array.from(gone)
      const cols = rows.gather(firstColumns(rows.types.length), slots, slots.length)
      rows.apply({ n: slots.length, diffs: rows.diffs(slots, slots.length).map((count) => -count), cols })
    }
    this.#rowsLeft = rows.rows
  }
}
