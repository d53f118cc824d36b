import type { ClockControl, Runtime } from './runtime.ts'

/** Timers of the process take no more; longer ones are set again. */
const REAL_TIMER_MS_MAX = 2 ** 31 - 1

interface Timer {
  dueMs: number
  readonly fn: () => void
  cancelReal: () => void
}

/**
 * A runtime over another one whose clock can be stopped: then `nowMs` moves by `advanceTo` only and timers fire when it
 * passes them. The monotonic clock, which measures how long work takes, goes on.
 */
export class ManualClock implements Runtime, ClockControl {
  /** What it stands over: for what must go on while the clock stands (time-outs of statements, sockets). */
  readonly inner: Runtime
  readonly #timers = new Set<Timer>()
  /** Where it stands; null: it runs. */
  #standsAtMs: number | null = null

  constructor(inner: Runtime) {
    this.inner = inner
  }

  get clock(): ClockControl {
    return this
  }
  get manual(): boolean {
    return this.#standsAtMs !== null
  }
  nowMs(): number {
    return this.#standsAtMs ?? this.inner.nowMs()
  }
  monotonicMs(): number {
    return this.inner.monotonicMs()
  }
  random(): number {
    return this.inner.random()
  }
  yieldToIo(): Promise<void> {
    return this.inner.yieldToIo()
  }

  setTimer(fn: () => void, delayMs: number): () => void {
    const timer: Timer = { dueMs: this.nowMs() + Math.max(0, delayMs), fn, cancelReal: () => {} }
    this.#timers.add(timer)
    if (!this.manual) this.#arm(timer)
    return () => {
      timer.cancelReal()
      this.#timers.delete(timer)
    }
  }

  setManual(manual: boolean): void {
    if (manual === this.manual) return
    const before = this.nowMs()
    this.#standsAtMs = manual ? this.inner.nowMs() : null
    // Who waits has as long to wait as before, wherever the wall clock is.
    const shift = this.nowMs() - before
    for (const timer of this.#timers) {
      timer.dueMs += shift
      if (manual) timer.cancelReal()
      else this.#arm(timer)
    }
  }

  advanceTo(nowMs: number): void {
    // Timers that are set on the way and due before the end fire too.
    for (let next = this.#next(nowMs); next !== null; next = this.#next(nowMs)) {
      this.#standsAtMs = Math.max(this.nowMs(), next.dueMs)
      this.#timers.delete(next)
      next.fn()
    }
    this.#standsAtMs = Math.max(this.nowMs(), nowMs)
  }

  /** The first timer due at or before a time; of those due at once, the one that was set first. */
  #next(untilMs: number): Timer | null {
    let first: Timer | null = null
    for (const timer of this.#timers)
      if (timer.dueMs <= untilMs && (first === null || timer.dueMs < first.dueMs)) first = timer
    return first
  }
  #arm(timer: Timer): void {
    const leftMs = Math.max(0, timer.dueMs - this.inner.nowMs())
    timer.cancelReal = this.inner.setTimer(
      () => {
        if (leftMs > REAL_TIMER_MS_MAX) {
          this.#arm(timer)
          return
        }
        this.#timers.delete(timer)
        timer.fn()
      },
      Math.min(leftMs, REAL_TIMER_MS_MAX),
    )
  }
}

/** The clock that goes on while this one stands: time-outs and retries of services guard a statement, not the data. */
export function runningClock(runtime: Runtime): Runtime {
  return runtime instanceof ManualClock ? runtime.inner : runtime
}
