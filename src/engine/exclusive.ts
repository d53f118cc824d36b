import { cancelReason } from '../base/canceled.ts'
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

  /** Whose `signal` is aborted before its turn comes does not wait on. */
  run<T>(work: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#ended) return Promise.reject(serverEnds())
    this.#waiting++
    let begun = false
    const result = this.#tail.then(() => {
      if (signal?.aborted) throw cancelReason(signal)
      begun = true
      return work()
    })
    this.#tail = result.then(this.#done, this.#done)
    if (signal === undefined) return result
    return new Promise((resolve, reject) => {
      const abort = () => {
        if (!begun) reject(cancelReason(signal))
      }
      signal.addEventListener('abort', abort, { once: true })
      if (signal.aborted) abort()
      void result.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    })
  }

  /** `last` runs behind everything that came; what comes after this call is refused. */
  end(last: () => Promise<void> | void): Promise<void> {
    if (this.#ended) return this.#tail
    const done = this.run(last)
    this.#ended = true
    return done
  }

  /** Short, synchronous work: at once when the lane is free. */
  async soon<T>(work: () => T, signal?: AbortSignal): Promise<T> {
    return this.busy ? this.run(work, signal) : work()
  }

  /**
   * Long work in the lane that changes nothing (a statement is evaluated, a checkpoint copies, a view that nobody reads
   * yet hydrates): until it is done the
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
  async peek<T>(work: () => T, signal?: AbortSignal): Promise<T> {
    return this.busy && !this.#unchanging ? this.run(work, signal) : work()
  }

  readonly #done = (): void => {
    this.#waiting--
  }
}
