/**
 * The engine's one lane: ticks, catalog changes, hydration slices and checkpoints run in it one after another, in the
 * order in which they came. What only reads between ticks joins the lane too, but skips the queue when it is free.
 */
export class Exclusive {
  #tail: Promise<void> = Promise.resolve()
  #waiting = 0
  #unchanging = false

  get busy(): boolean {
    return this.#waiting > 0
  }

  run<T>(work: () => T | Promise<T>): Promise<T> {
    this.#waiting++
    const result = this.#tail.then(work)
    this.#tail = result.then(this.#done, this.#done)
    return result
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
