/**
 * Everything the server takes from outside that is not data: time, randomness, timers. Injected, so that the whole
 * server runs under a seeded simulation. Nothing below `cli/` reads Date, Math.random or the global timers.
 */
export interface Runtime {
  /** Wall clock, whole milliseconds since 1970-01-01 UTC. May jump. */
  nowMs(): number
  /** Monotonic clock, milliseconds with fraction. Never goes back; for durations only. */
  monotonicMs(): number
  /** Uniform in [0, 1). Never used inside operators. */
  random(): number
  /** Calls `fn` once after `delayMs`; the returned function cancels it. */
  setTimer(fn: () => void, delayMs: number): () => void
  /** Resolves after pending I/O had its turn: long work yields through this between slices. */
  yieldToIo(): Promise<void>
  /** Where the clock can be stopped and turned by hand (base/manual-clock.ts); left out: it cannot. */
  readonly clock?: ClockControl
}

/** What a runtime offers whose clock can be stopped and turned by hand. */
export interface ClockControl {
  /** Standing: it moves by `advanceTo` only. */
  readonly manual: boolean
  setManual(manual: boolean): void
  /** Moves a standing clock on, firing the timers that become due on the way, in the order of their time. */
  advanceTo(nowMs: number): void
}

export const systemRuntime: Runtime = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  setTimer(fn, delayMs) {
    const handle = setTimeout(fn, delayMs)
    return () => clearTimeout(handle)
  },
  yieldToIo: () => new Promise((resolve) => setImmediate(resolve)),
}
