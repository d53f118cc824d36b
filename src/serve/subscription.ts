import type { Batch } from '../types/batch.ts'
import { splitBatch } from '../types/batch-build.ts'
import type { DeltaLog } from './delta-log.ts'

/**
 * One subscriber: snapshot first, then every entry of the shared log once, in order, with true progress messages.
 * It holds no rows of its own but the snapshot's; a subscriber whose unsent log exceeds `lagBytesMax`, or whose next
 * entry was trimmed away, is ended with 53400 and never slows the others.
 */
export type SubscribeMessage =
  | { readonly kind: 'rows'; readonly timestampMs: number; readonly batch: Batch }
  | { readonly kind: 'progress'; readonly timestampMs: number }
  | { readonly kind: 'error'; readonly sqlstate: string; readonly message: string }

export interface SubscriptionOptions {
  readonly log: DeltaLog
  readonly asOf: number
  /** Rows of the AS OF time, consolidated and sorted; null without SNAPSHOT. */
  readonly snapshot: readonly Batch[] | null
  readonly progress: boolean
  /** Exclusive. */
  readonly upTo: number | null
  /** Nothing below this timestamp can change any more (a durably reserved bound). */
  readonly frontierMs: () => number
  /** The relation's first error, when reading it fails now. */
  readonly error: () => { readonly sqlstate: string; readonly message: string } | null
  /** True when no input of the relation can ever change. */
  readonly constant: boolean
  readonly onClose?: () => void
}

/** Unsent changes of one subscriber beyond this end it with 53400; bytes. */
export const SUBSCRIBER_LAG_BYTES_MAX = 64 << 20

export class LogSubscription {
  readonly asOf: number
  readonly #options: SubscriptionOptions
  #pending: SubscribeMessage[] = []
  #cursor: number
  #progressMs = Number.NEGATIVE_INFINITY
  #ended = false
  #closed = false
  #wake: (() => void) | null = null
  readonly #unlisten: () => void

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.asOf = options.asOf
    this.#cursor = options.log.seqAfter(options.asOf)
    const beyond = options.upTo !== null && options.asOf >= options.upTo
    if (options.progress && !beyond) this.#progress(options.asOf)
    if (options.snapshot !== null && !beyond) {
      for (const whole of options.snapshot) {
        for (const batch of splitBatch(whole)) this.#pending.push({ kind: 'rows', timestampMs: options.asOf, batch })
      }
    }
    if (beyond) this.#ended = true
    this.#unlisten = options.log.listen(
      () => this.#wake?.(),
      () => (this.#ended ? Number.POSITIVE_INFINITY : this.#cursor),
    )
  }

  get ended(): boolean {
    return this.#ended && this.#pending.length === 0
  }

  poll(rowsMax: number): readonly SubscribeMessage[] {
    if (!this.#closed) this.#pull(rowsMax)
    let rows = 0
    let n = 0
    while (n < this.#pending.length && rows < rowsMax) {
      const message = this.#pending[n++]!
      rows += message.kind === 'rows' ? message.batch.n : 1
    }
    return this.#pending.splice(0, n)
  }

  async wait(signal: AbortSignal): Promise<void> {
    this.#pull(1)
    if (this.#pending.length > 0 || this.#ended || this.#closed || signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done)
        this.#wake = null
        resolve()
      }
      signal.addEventListener('abort', done)
      this.#wake = () => {
        this.#pull(1)
        if (this.#pending.length > 0 || this.#ended) done()
      }
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#ended = true
    this.#pending = []
    this.#unlisten()
    this.#wake?.()
    this.#options.onClose?.()
  }

  /** Moves entries of the log to the pending messages, about `rowsMax` rows of them. */
  #pull(rowsMax: number): void {
    if (this.#ended) return
    const { log, upTo } = this.#options
    let rows = this.#pending.length
    while (rows < rowsMax) {
      if (this.#cursor < log.firstSeq || this.#lag() > SUBSCRIBER_LAG_BYTES_MAX) {
        this.#fail('53400', 'subscription fell behind the kept history')
        return
      }
      const entry = log.at(this.#cursor)
      if (entry === undefined) break
      if (upTo !== null && entry.timestampMs >= upTo) {
        this.#finish()
        return
      }
      if (this.#options.progress) this.#progress(entry.timestampMs)
      for (const batch of entry.batches) {
        this.#pending.push({ kind: 'rows', timestampMs: entry.timestampMs, batch })
        rows += batch.n
      }
      this.#cursor++
    }
    if (log.at(this.#cursor) !== undefined) return
    const error = this.#options.error()
    if (error !== null) {
      this.#fail(error.sqlstate, error.message)
      return
    }
    const frontier = this.#options.frontierMs()
    if (upTo !== null && frontier >= upTo) this.#finish()
    else if (this.#options.constant) this.#finish()
    else if (this.#options.progress) this.#progress(frontier)
  }

  #lag(): number {
    const { log } = this.#options
    // The log is bounded by itself; what one subscriber leaves unsent is the part behind its cursor.
    if (log.bytes <= SUBSCRIBER_LAG_BYTES_MAX) return 0
    let bytes = 0
    for (let seq = this.#cursor; seq < log.end; seq++) bytes += log.at(seq)!.bytes
    return bytes
  }

  #progress(timestampMs: number): void {
    const { upTo } = this.#options
    const to = upTo === null ? timestampMs : Math.min(timestampMs, upTo)
    if (to <= this.#progressMs) return
    this.#progressMs = to
    this.#pending.push({ kind: 'progress', timestampMs: to })
  }

  #finish(): void {
    const { upTo, progress } = this.#options
    if (progress && upTo !== null) this.#progress(upTo)
    this.#ended = true
    this.#wake?.()
  }

  #fail(sqlstate: string, message: string): void {
    this.#pending.push({ kind: 'error', sqlstate, message })
    this.#ended = true
  }
}
