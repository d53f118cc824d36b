import { cancelReason } from '../base/canceled.ts'
import type { Runtime } from '../base/runtime.ts'
import type { Notice } from '../base/sql-error.ts'

type Offsets = ReadonlyMap<number, number>

/** Where a source's topic ended when its live feed began, and who waits for the feed to have read that far. */
export class CatchUp {
  readonly ends = new Map<number, number>()
  readonly #positions: Offsets
  readonly #waiters = new Set<() => void>()

  constructor(positions: Offsets) {
    this.#positions = positions
  }

  aim(ends: Offsets): void {
    for (const [partition, end] of ends) if (end > (this.#positions.get(partition) ?? 0)) this.ends.set(partition, end)
  }
  get behind(): boolean {
    return this.ends.size > 0
  }
  /** The positions went on. */
  moved(partition: number): void {
    const end = this.ends.get(partition)
    if (end === undefined || (this.#positions.get(partition) ?? 0) < end) return
    this.ends.delete(partition)
    if (!this.behind) this.#wake()
  }
  /** The feed ended: who waits looks again. */
  end(): void {
    this.ends.clear()
    this.#wake()
  }
  /** Rejects with 57014 when the call is cancelled. */
  wait(signal: AbortSignal): Promise<void> {
    if (!this.behind) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => () => {
        this.#waiters.delete(done)
        signal.removeEventListener('abort', cancel)
        then()
      }
      const done = settle(resolve)
      const cancel = settle(() => reject(cancelReason(signal)))
      this.#waiters.add(done)
      signal.addEventListener('abort', cancel, { once: true })
      if (signal.aborted) cancel()
    })
  }
  #wake(): void {
    for (const wake of [...this.#waiters]) wake()
  }
}

/** A statement that waits for what it reads says so when that takes longer than a moment. */
export async function sayingThatItWaits(
  runtime: Runtime,
  name: string,
  call: { notice(notice: Notice): void },
  work: () => Promise<void>,
): Promise<void> {
  const cancel = runtime.setTimer(() => {
    call.notice({ severity: 'NOTICE', sqlstate: '00000', message: `waiting for "${name}" to be hydrated` })
  }, NOTICE_AFTER_MS)
  try {
    await work()
  } finally {
    cancel()
  }
}

const NOTICE_AFTER_MS = 1000
