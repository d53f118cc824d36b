import type { Arrangement } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { datumAt } from '../../types/column-read.ts'
import { firstColumns } from '../keys.ts'
import { partitionKeys } from '../partition-keys.ts'
import { type BoundOf, dueForSweep } from '../release.ts'

const PAGE = 1024

/**
 * Frees the rows of sessions that ended below a bound that only rises: no row that still comes is close enough to join
 * them. Between ticks, and as seldom as Release. Cost: all rows, once the state has grown by a quarter.
 */
export class SessionRelease {
  readonly #rows: Arrangement
  readonly #time: number
  readonly #limit: number
  readonly #bound: BoundOf
  readonly #page = new Int32Array(PAGE)
  #swept = Number.NEGATIVE_INFINITY
  #rowsLeft = 0

  constructor(rows: Arrangement, time: number, limit: number, bound: BoundOf) {
    this.#rows = rows
    this.#time = time
    this.#limit = limit
    this.#bound = bound
  }

  sweep(watermarks: ReadonlyMap<number, number>): void {
    if (!dueForSweep(this.#rows.rows, this.#rowsLeft)) return
    const bound = this.#bound(watermarks)
    if (bound === null || bound <= this.#swept) return
    this.#swept = bound
    const { keys, n } = partitionKeys(this.#rows)
    const gone: number[] = []
    for (let p = 0; p < n; p++) this.#ended(keys, p, bound, gone)
    if (gone.length > 0) {
      const slots = Int32Array.from(gone)
      const cols = this.#rows.gather(firstColumns(this.#rows.types.length), slots, slots.length)
      const diffs = this.#rows.diffs(slots, slots.length).map((count) => -count)
      this.#rows.apply({ n: slots.length, diffs, cols })
    }
    this.#rowsLeft = this.#rows.rows
  }

  /** The slots of a partition's sessions, from the first on, that end below the bound. */
  #ended(keys: readonly Column[], p: number, bound: number, gone: number[]): void {
    let open: number[] = []
    let limit = Number.NEGATIVE_INFINITY
    for (let from = 0; ; from += PAGE) {
      const n = this.#rows.range(keys, p, from, PAGE, this.#page)
      const [times, limits] = this.#rows.gather([this.#time, this.#limit], this.#page, n)
      for (let i = 0; i < n; i++) {
        if (this.#rows.diff(this.#page[i]) <= 0) continue
        const time = Number(datumAt(times, i, this.#rows.types[this.#time]))
        if (open.length > 0 && time > limit) {
          if (limit >= bound) return
          for (const slot of open) gone.push(slot)
          open = []
        }
        open.push(this.#page[i])
        limit = Number(datumAt(limits, i, this.#rows.types[this.#limit]))
      }
      if (n < PAGE) break
    }
    if (limit < bound) for (const slot of open) gone.push(slot)
  }
}
