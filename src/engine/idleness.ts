import type { Ticker } from './ticker.ts'
import type { WatermarkMark } from './watermarks.ts'
import type { World } from './world.ts'

/** While every partition is idle and rows wait for the watermark, it is moved on so often. */
const CLOCK_STEP_MS = 1000
/** Timers are set at most this far ahead, and then anew. */
const TIMER_MS_MAX = 86_400_000

/**
 * IDLE TIMEOUT: a partition that was silent for so long holds the watermark back no more. One timer waits for the next
 * one to fall due; that it did is journaled, so that a replay and a view that comes later see the same.
 */
export class Idleness {
  readonly #world: World
  readonly #ticker: Ticker
  #timer: { readonly dueMs: number; cancel(): void } | null = null
  #stopped = false
  #againMs = 0

  constructor(world: World, ticker: Ticker) {
    this.#world = world
    this.#ticker = ticker
  }

  /** Marks what is idle by now; resolves when that is durable and visible. */
  async catchUp(): Promise<void> {
    const { watermarks, clock, runtime } = this.#world
    if (watermarks.size === 0 || this.#stopped || this.#world.failed !== null) return
    const marks: WatermarkMark[] = []
    let clocked = false
    for (const [object, of] of watermarks) {
      for (const partition of of.silent(clock.nowMicros)) {
        if (!this.#hasMore(object, partition)) marks.push({ kind: 'idle', object, partition })
      }
      clocked ||= of.runsWithClock && this.#waits(object)
    }
    // What was slow is looked at again a little later.
    this.#againMs = runtime.nowMs() + CLOCK_STEP_MS
    if (marks.length > 0 || clocked) await this.#ticker.mark(marks)
  }

  /** After each tick, and whenever the clock was set. */
  schedule(): void {
    const { watermarks, runtime } = this.#world
    if (watermarks.size === 0 || this.#stopped) return
    const dueMs = this.#dueMs()
    if (dueMs === Number.POSITIVE_INFINITY) {
      this.#cancel()
      return
    }
    if (this.#timer?.dueMs === dueMs) return
    this.#cancel()
    const delayMs = Math.min(TIMER_MS_MAX, Math.max(1, dueMs - runtime.nowMs()))
    const cancel = runtime.setTimer(() => {
      this.#timer = null
      // Refused: the engine stops.
      void this.catchUp().then(
        () => this.schedule(),
        () => {},
      )
    }, delayMs)
    this.#timer = { dueMs, cancel }
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  /** A partition whose records are still on their way is slow, not silent. */
  #hasMore(object: number, partition: number): boolean {
    const source = this.#world.sources.get(object)
    if (source?.status.state !== 'running') return source !== undefined
    return (source.status.endOffsets.get(partition) ?? 0) > (source.positions.get(partition) ?? 0)
  }

  #dueMs(): number {
    let due = Number.POSITIVE_INFINITY
    for (const [object, of] of this.#world.watermarks) {
      const { idleMs } = of.spec
      if (idleMs === null) continue
      for (const { idle, lastMicros } of of.partitions.values()) {
        if (!idle) due = Math.min(due, Math.max(Math.ceil(lastMicros / 1000) + idleMs, this.#againMs))
      }
      if (of.runsWithClock && this.#waits(object)) {
        due = Math.min(due, this.#world.runtime.nowMs() + Math.min(CLOCK_STEP_MS, idleMs))
      }
    }
    return due
  }

  /** Whether rows of some view wait for the relation's watermark. */
  #waits(object: number): boolean {
    for (const { rendered } of this.#world.views.values()) {
      if (rendered.closers?.relations.has(object) && rendered.closers.waits()) return true
    }
    return false
  }

  #cancel(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
