import type { Runtime } from '../../base/runtime.ts'

interface Event {
  readonly atMs: number
  readonly order: number
  readonly fn: () => void
}

/** Most that passes between two looks at the monotonic clock; against SLICE_MS it makes about every third piece give way. */
const WORK_MS = 5

/**
 * Virtual time and a seeded scheduler: timers and yields fire one at a time, in the order of their time and, at equal
 * times, in seeded order. Between two of them every promise that can settle does.
 */
export class SimRuntime implements Runtime {
  #nowMs = 1_700_000_000_000
  #workedMs = 0
  #events: Event[] = []
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }
  nowMs(): number {
    return Math.floor(this.#nowMs)
  }
  /** Work takes time here too, some milliseconds a look at the clock: long work gives way at seeded places. */
  monotonicMs(): number {
    this.#workedMs += this.#random() * WORK_MS
    return this.#nowMs + this.#workedMs
  }
  random(): number {
    return this.#random()
  }
  setTimer(fn: () => void, delayMs: number): () => void {
    const event = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#random(), fn }
    this.#events.push(event)
    return () => {
      this.#events = this.#events.filter((e) => e !== event)
    }
  }
  yieldToIo(): Promise<void> {
    return new Promise((resolve) => this.setTimer(resolve, this.#random() * 0.2))
  }

  /** Fires the next event; false when there is none. */
  async step(): Promise<boolean> {
    await settled()
    let next: Event | undefined
    for (const event of this.#events) {
      if (next === undefined || event.atMs < next.atMs || (event.atMs === next.atMs && event.order < next.order))
        next = event
    }
    if (next === undefined) return false
    this.#events = this.#events.filter((e) => e !== next)
    this.#nowMs = Math.max(this.#nowMs, next.atMs)
    next.fn()
    await settled()
    return true
  }
  /** The clock jumps; what became due happens next. */
  jump(ms: number): void {
    this.#nowMs += ms
  }
  /** Forgets everything that was to happen: the machine lost its power. */
  clear(): void {
    this.#events = []
  }
}

/** All microtasks have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
