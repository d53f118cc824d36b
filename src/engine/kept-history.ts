import type { Pieces } from '../base/slices.ts'
import { DELTA_LOG_BOUNDS, DeltaLog } from '../serve/delta-log.ts'
import { History } from '../state/history.ts'
import type { Store, WriteOp } from '../state/store.ts'
import type { World } from './world.ts'

/** Changes of all objects together beyond this are forgotten, oldest first; bytes. */
export const HISTORY_BYTES_MAX = 1 << 30

/**
 * The delta logs' durable side: what they gained goes out with each checkpoint, and a restart fills them again, so that
 * a subscription resumes across it (ticks after the checkpoint come back by replay).
 */
export class KeptHistory {
  readonly #world: World
  readonly #history: History
  /** Per object, the first entry of its log that no checkpoint holds yet. */
  readonly #next = new Map<number, number>()

  private constructor(world: World, history: History) {
    this.#world = world
    this.#history = history
  }

  static async open(world: World, store: Store, publishedTick: number): Promise<KeptHistory> {
    return new KeptHistory(world, await History.open(store, publishedTick))
  }

  /** Fills an object's log with what was kept after `sinceMs`; before the journal is replayed. */
  async restore(object: number, sinceMs: number): Promise<void> {
    const name = String(object)
    const log = new DeltaLog(this.#world.edgeOf(object)!.types, sinceMs)
    const trimmed = this.#history.trimmedThrough(name) > 0
    let first = true
    for await (const { tick, timestampMs, batches } of this.#history.read(name, 0, Number.MAX_SAFE_INTEGER)) {
      if (timestampMs <= sinceMs) continue
      if (first && trimmed) log.startAfter(timestampMs - 1)
      first = false
      log.append(tick, timestampMs, batches, false)
    }
    if (first && trimmed) log.startAfter(this.#world.clock.lastMs)
    this.#next.set(object, log.end)
    const view = this.#world.views.get(object)
    if (view !== undefined) view.log = log
    else this.#world.tableLogs.set(object, log)
  }

  /** The writes that make the logs' new entries part of the checkpoint of this moment; in pieces, no tick in between. */
  *stage(): Pieces<WriteOp[]> {
    const ops: WriteOp[] = []
    const logs = this.#logs()
    for (const object of [...this.#next.keys()]) {
      if (logs.has(object)) continue
      this.#next.delete(object)
      ops.push(...this.#history.forget(String(object)))
    }
    for (const [object, log] of logs) {
      const next = this.#next.get(object) ?? log.firstSeq
      const from = Math.max(next, log.firstSeq)
      // The log let entries go that were never stored: what was stored before them is of no use.
      if (next < log.firstSeq) ops.push(...this.#history.forget(String(object)))
      for (const op of yield* this.#history.stage(String(object), log.entriesFrom(from))) ops.push(op)
      this.#next.set(object, log.end)
    }
    return ops
  }

  /** The checkpoint that carried the staged writes is published; the writes that forget what is too old. */
  published(): WriteOp[] {
    this.#history.publish()
    for (const [object, log] of this.#logs()) log.relieve(this.#next.get(object) ?? 0)
    return this.#history.trim({
      nowMs: this.#world.clock.lastMs,
      ageMsMax: DELTA_LOG_BOUNDS.retentionMs,
      bytesMax: HISTORY_BYTES_MAX,
    })
  }

  #logs(): Map<number, DeltaLog> {
    const logs = new Map<number, DeltaLog>(this.#world.tableLogs)
    for (const view of this.#world.views.values()) if (view.id > 0) logs.set(view.id, view.log)
    return logs
  }
}
