import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'

const EVERY_MS = 1000

/** Says how far a start is, about once a second while it takes longer than that. */
export class Progress {
  readonly #runtime: Runtime
  readonly #log: Log
  #saidMs: number

  constructor(runtime: Runtime, log: Log) {
    this.#runtime = runtime
    this.#log = log
    this.#saidMs = runtime.monotonicMs()
  }
  get due(): boolean {
    return this.#runtime.monotonicMs() - this.#saidMs >= EVERY_MS
  }
  /** `of` is left out where it is not known. */
  tell(what: string, fields: Readonly<Record<string, unknown>>): void {
    if (!this.due) return
    this.#saidMs = this.#runtime.monotonicMs()
    this.#log.info(what, { ...fields })
  }
}
