import { firstDue } from './expiry.ts'
import type { Ticker } from './ticker.ts'
import type { World } from './world.ts'

/** What falls due within so many ms shares a tick. */
export const COALESCE_MS = 10
/** Timers are set at most this far ahead, and then anew. */
const TIMER_MS_MAX = 86_400_000

/**
 * Ticks that happen because time passed: the first moment is known at which something changes without input
 * (`firstDue`); one timer waits for it. Nothing is looked at meanwhile. Such a tick is journaled like any other,
 * so that a replay gives the same.
 */
export class TimeTicks {
  readonly #world: World
  readonly #ticker: Ticker
  #timer: { readonly dueMs: number; cancel(): void } | null = null
  #stopped = false

  constructor(world: World, ticker: Ticker) {
    this.#world = world
    this.#ticker = ticker
  }

  get due(): boolean {
    return this.#ticks && !this.#stopped && firstDue(this.#world) <= this.#world.clock.nowMicros
  }
  get #ticks(): boolean {
    return this.#world.failed === null && this.#world.safeMode === null
  }

  /** Resolves once nothing is due any more: what is read then is as of now. */
  async catchUp(): Promise<void> {
    if (!this.due) return
    const { exclusive } = this.#world
    try {
      await exclusive.run(async () => {
        if (this.due) await this.#ticker.settle()
      })
    } catch (error) {
      this.#world.fail(error)
    }
  }

  /** After each tick, and whenever the clock was set: waits for what comes next. */
  schedule(): void {
    if (this.#stopped) return
    const { runtime } = this.#world
    // Where nothing ticks nothing is waited for: what is due would stay so.
    const frontier = this.#ticks ? firstDue(this.#world) : Number.POSITIVE_INFINITY
    if (frontier === Number.POSITIVE_INFINITY) {
      this.#cancel()
      return
    }
    const dueMs = Math.ceil(Math.max(0, frontier) / 1000 / COALESCE_MS) * COALESCE_MS
    if (this.#timer !== null && this.#timer.dueMs === dueMs) return
    this.#cancel()
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(0, dueMs - runtime.nowMs()))
    const cancel = runtime.setTimer(() => {
      this.#timer = null
      void this.catchUp().then(() => this.schedule())
    }, delayMs)
    this.#timer = { dueMs, cancel }
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  #cancel(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
