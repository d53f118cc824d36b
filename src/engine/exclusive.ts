import { SqlError } from '../base/sql-error.ts'

export const serverEnds = (): SqlError => new SqlError('57P01', 'terminating connection due to administrator command')

/**
 * The engine's one lane: ticks, catalog changes, hydration slices and checkpoints run in it one after another, in the
 * order in which they came. What only reads between ticks joins the lane too, but skips the queue when it is free.
 */
export class Exclusive {
  #tail: Promise<void> = Promise.resolve()
  #waiting = 0
  #unchanging = false
  #ended = false

  get busy(): boolean {
    return this.#waiting > 0
  }

  /** Nothing runs here any more. */
  get ended(): boolean {
    return this.#ended
  }

  run<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(serverEnds())
    this.#waiting++
    const result = this.#tail.then(work)
    this.#tail = result.then(this.#done, this.#done)
    return result
  }

  /** `last` runs behind everything that came; what comes after this call is refused. */
  end(last: () => Promise<void> | void): Promise<void> {
    if (this.#ended) return this.#tail
    const done = this.run(last)
    this.#ended = true
    return done
  }

  /** Short, synchronous work: at once when the lane is free. */
  async soon<T>(work: () => T): Promise<T> {
    return this.busy ? this.run(work) : work()
  }

  /**
   * Long work in the lane that changes nothing (a statement is evaluated, a checkpoint copies): until it is done the
   * state is that of the newest tick, so that `peek` need not wait. Called by who holds the lane.
   */
  async unchanging<T>(work: () => T | Promise<T>): Promise<T> {
    this.#unchanging = true
    try {
      return await work()
    } finally {
      this.#unchanging = false
    }
  }
  /** Short, synchronous work that only reads: at once when the lane is free, or nobody changes anything. */
  async peek<T>(work: () => T): Promise<T> {
    return this.busy && !this.#unchanging ? this.run(work) : work()
  }

  readonly #done = (): void => {
    this.#waiting--
  }
}
