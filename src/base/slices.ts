import type { Runtime } from './runtime.ts'

/** Longest stretch that long work keeps the thread for; ms. Other connections, cancel requests and timers wait for it. */
export const SLICE_MS = 8

/**
 * Work that is cut into pieces: it yields where it may be interrupted. The pieces say nothing about time; whoever runs
 * them does, so that the same work runs through at once (`drain`) or gives way between pieces (`Slices.run`).
 */
export type Pieces<T = void> = Generator<void, T>

/** Runs work through without giving way. */
export function drain<T>(pieces: Pieces<T>): T {
  for (;;) {
    const step = pieces.next()
    if (step.done === true) return step.value
  }
}

/** Long work on the engine thread: gives way to I/O once it kept the thread for SLICE_MS. */
export class Slices {
  readonly #runtime: Runtime
  readonly #check: () => void
  #sinceMs: number

  /** `check` runs after each yield and ends the work by throwing (a call was cancelled). */
  constructor(runtime: Runtime, check: () => void = () => {}) {
    this.#runtime = runtime
    this.#check = check
    this.#sinceMs = runtime.monotonicMs()
  }

  get due(): boolean {
    return this.#runtime.monotonicMs() - this.#sinceMs >= SLICE_MS
  }
  async next(): Promise<void> {
    await this.#runtime.yieldToIo()
    this.#sinceMs = this.#runtime.monotonicMs()
    this.#check()
  }
  async run<T>(pieces: Pieces<T>): Promise<T> {
    for (;;) {
      const step = pieces.next()
      if (step.done === true) return step.value
      if (this.due) await this.next()
    }
  }
}
