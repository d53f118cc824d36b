import type { Runtime } from '../base/runtime.ts'
import { SqlError } from '../base/sql-error.ts'
import type { ClockMode } from './api.ts'

/**
 * Two values a tick: `timestampMs` (strictly increasing: at most one tick a millisecond) and `nowMicros` (the clock's
 * reading, never decreasing). Progress may be told only below a bound that is durable, so that a restart, which begins
 * above the bound, never contradicts it.
 */
export class EngineClock {
  readonly #runtime: Runtime
  #lastMs: number
  #lastNowMicros: number
  #reservedMs: number
  /** Timestamp of a tick that is being journaled: its changes are not there yet, so no progress goes beyond it. */
  #underWayMs: number | null = null

  /** All three as recovered; 0 for a new database. */
  constructor(runtime: Runtime, lastMs: number, lastNowMicros: number, reservedMs: number) {
    this.#runtime = runtime
    this.#lastMs = Math.max(lastMs, reservedMs)
    this.#lastNowMicros = lastNowMicros
    this.#reservedMs = reservedMs
  }

  /** Timestamp of the newest tick. */
  get lastMs(): number {
    return this.#lastMs
  }
  get lastNowMicros(): number {
    return this.#lastNowMicros
  }
  get nowMicros(): number {
    return Math.max(this.#lastNowMicros, this.#runtime.nowMs() * 1000)
  }
  get reservedMs(): number {
    return this.#reservedMs
  }

  next(): { readonly timestampMs: number; readonly nowMicros: number } {
    const wall = this.#runtime.nowMs()
    this.#lastMs = Math.max(this.#lastMs + 1, wall)
    this.#lastNowMicros = Math.max(this.#lastNowMicros, wall * 1000)
    this.#underWayMs = this.#lastMs
    return { timestampMs: this.#lastMs, nowMicros: this.#lastNowMicros }
  }

  /**
   * Lowest timestamp that a coming tick may still have, as far as it may be told: ≤ the durable bound. Once told it
   * holds, whatever the wall clock does: the next tick comes at or above it.
   */
  frontierMs(): number {
    if (this.#underWayMs !== null) return this.#underWayMs
    const frontier = Math.min(
      Math.max(this.#lastMs + 1, this.#runtime.nowMs()),
      Math.max(this.#reservedMs, this.#lastMs + 1),
    )
    this.#lastMs = frontier - 1
    return frontier
  }

  /** Takes over the values of a tick that runs now, journaled just before or long ago. */
  runs(timestampMs: number, nowMicros: number): void {
    this.#lastMs = Math.max(this.#lastMs, timestampMs)
    this.#lastNowMicros = Math.max(this.#lastNowMicros, nowMicros)
    this.#underWayMs = null
  }

  /** A bound that was made durable. */
  reserved(ms: number): void {
    this.#reservedMs = Math.max(this.#reservedMs, ms)
  }
}

/** Stops the clock of a runtime that allows it, or lets it run again. */
export function setClock({ runtime }: { readonly runtime: Runtime }, mode: ClockMode): void {
  if (runtime.clock === undefined) {
    if (mode === 'system') return
    throw new SqlError('55000', 'the clock of this server cannot be set by hand', {
      hint: 'Start it with --clock manual.',
    })
  }
  runtime.clock.setManual(mode === 'manual')
}
