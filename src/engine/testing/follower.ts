import { ZSet } from '../../render/testing/zset.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Subscription } from '../api.ts'
import type { LiveEngine } from '../engine.ts'
import { call } from './plans.ts'

/**
 * A subscriber that keeps what it was sent, sure of everything below the last progress message: what a client does that
 * wants to resume after a crash of the server.
 */
export class Follower {
  readonly #types: readonly SqlType[]
  #subscription: Subscription | null = null
  #sure = new ZSet()
  #unsure: { readonly row: readonly unknown[]; readonly diff: number }[] = []
  #progressMs = 0
  #lastMs = 0

  constructor(types: readonly SqlType[]) {
    this.#types = types
  }

  async start(engine: LiveEngine, object: number): Promise<void> {
    this.#subscription = await engine.subscribe(
      {
        target: { kind: 'object', object },
        fields: [],
        snapshot: true,
        progress: true,
        asOf: null,
        asOfAtLeast: false,
        upTo: null,
        params: [],
      },
      call(),
    )
  }

  get following(): boolean {
    return this.#subscription !== null
  }

  /** Takes what is ready, at any moment: also while a tick is under way. */
  receive(): void {
    for (const message of this.#subscription?.poll(Number.POSITIVE_INFINITY) ?? []) {
      if (message.kind === 'error') throw new Error(`subscription failed: ${message.message}`)
      if (message.timestampMs < this.#lastMs) throw new Error('timestamps went back')
      this.#lastMs = message.timestampMs
      if (message.kind === 'progress') {
        this.#progressMs = message.timestampMs
        this.#settle()
      } else {
        if (message.timestampMs < this.#progressMs) throw new Error('a change below the progress')
        for (const [i, row] of rowsOf(message.batch, this.#types).entries()) {
          this.#unsure.push({ row, diff: message.batch.diffs[i]! })
        }
      }
    }
  }

  /** Everything sent so far, folded. */
  fold(): ZSet {
    this.receive()
    const all = ZSet.of(this.#sure.rows())
    for (const { row, diff } of this.#unsure) all.add(row as never, diff)
    return all
  }

  /** The server is gone; nobody said goodbye. */
  lose(): void {
    this.#subscription = null
  }

  /** After a crash: what came after the last progress is forgotten, and asked for again. */
  async resume(engine: LiveEngine, object: number): Promise<void> {
    this.#unsure = []
    this.#lastMs = 0
    const fresh = this.#progressMs === 0
    if (fresh) this.#sure = new ZSet()
    this.#subscription = await engine.subscribe(
      {
        target: { kind: 'object', object },
        fields: [],
        snapshot: fresh,
        progress: true,
        asOf: fresh ? null : this.#progressMs - 1,
        asOfAtLeast: false,
        upTo: null,
        params: [],
      },
      call(),
    )
  }
  stop(): void {
    this.#subscription?.close()
  }

  #settle(): void {
    for (const { row, diff } of this.#unsure) this.#sure.add(row as never, diff)
    this.#unsure = []
  }
}
