import { CLOCK } from './contract.ts'
import type { BoundOf } from './release.ts'

/** The clock ends here: beyond, microseconds are no exact numbers any more (2255). */
const END = Number.MAX_SAFE_INTEGER

/**
 * When the clock closes a value: the first now() (µs) at which a bound that only rises with it is above the value. The
 * bound is compiled SQL, so the moment is searched for: a few dozen evaluations, once for each value.
 */
export class CloseMoment {
  readonly #bound: BoundOf
  readonly #now = new Map<number, number>()
  #value = Number.NaN
  #moment = Number.POSITIVE_INFINITY

  constructor(bound: BoundOf) {
    this.#bound = bound
  }

  /** `since`: a moment from which on it is worth searching, when it is finite. Infinity: never. */
  of(value: number, since: number): number {
    if (value === this.#value) return this.#moment
    this.#value = value
    this.#moment = this.#search(value, Math.max(0, since))
    return this.#moment
  }

  #search(value: number, since: number): number {
    if (this.#isClosed(value, since)) return since
    let open = since
    let closed = since
    for (let step = 1; closed < END && !this.#isClosed(value, closed); step *= 2) {
      open = closed
      closed = Math.min(END, since + step)
    }
    if (!this.#isClosed(value, closed)) return Number.POSITIVE_INFINITY
    while (closed - open > 1) {
      const middle = open + Math.floor((closed - open) / 2)
      if (this.#isClosed(value, middle)) closed = middle
      else open = middle
    }
    return closed
  }

  #isClosed(value: number, nowMicros: number): boolean {
    const bound = this.#bound(this.#now.set(CLOCK, nowMicros))
    return bound !== null && bound > value
  }
}
