import { Slices } from '../base/slices.ts'
import type { Checkpointer } from '../state/checkpoint.ts'
import type { CheckpointableState, StateDelta } from '../state/contract.ts'
import { Journal } from '../state/journal.ts'
import { getMeta, putMeta } from '../state/meta.ts'
import type { Store } from '../state/store.ts'
import { encodeImage, imageOf } from './image.ts'
import type { KeptHistory } from './kept-history.ts'
import type { StorageFigures } from './system/relation.ts'
import { RESERVE_AHEAD_MS, type TickJournal } from './ticker.ts'
import type { World } from './world.ts'

/** A checkpoint begins when one of these is reached. */
export const CHECKPOINT_INTERVAL_MS = 1000
export const CHECKPOINT_JOURNAL_BYTES = 64 << 20
export const CHECKPOINT_DIRTY_ROWS = 500_000

const RESERVED = 'reserved timestamp'

export async function readReserved(store: Store): Promise<number> {
  const bytes = await getMeta(store, RESERVED)
  return bytes === undefined ? 0 : Buffer.from(bytes).readDoubleLE(0)
}

/**
 * Journal and checkpoints of the engine. The journal is appended before a tick runs; a checkpoint copies what changed
 * in the exclusive lane, writes it beside the coming ticks, publishes, and lets the journal go up to its tick.
 */
export class Durability implements TickJournal {
  readonly #world: World
  readonly #store: Store
  readonly #state: CheckpointableState
  readonly #checkpointer: Checkpointer
  readonly #history: KeptHistory
  readonly #journal: Journal
  readonly #intervalMs: number
  #lastMs: number
  #journaledBytes = 0
  #checkpointTick: number
  /** Structures of an earlier life that nobody uses: dropped with the next checkpoint. */
  #abandoned: readonly string[]
  #running: Promise<void> | null = null
  /** The store is about to be closed: no further checkpoint begins by itself. */
  #ending = false
  #collectMsMax = 0

  constructor(deps: {
    readonly world: World
    readonly store: Store
    readonly state: CheckpointableState
    readonly checkpointer: Checkpointer
    readonly history: KeptHistory
    readonly abandoned: readonly string[]
    readonly checkpointTick: number
    readonly intervalMs: number
  }) {
    this.#world = deps.world
    this.#store = deps.store
    this.#state = deps.state
    this.#checkpointer = deps.checkpointer
    this.#history = deps.history
    this.#abandoned = deps.abandoned
    this.#checkpointTick = deps.checkpointTick
    this.#intervalMs = deps.intervalMs
    this.#journal = new Journal(deps.store)
    this.#lastMs = deps.world.runtime.monotonicMs()
  }

  figures(): StorageFigures {
    const { checkpoints, compactions, bytes } = this.#checkpointer.done
    return {
      checkpoints,
      compactions,
      checkpointBytes: bytes,
      checkpointTick: this.#checkpointTick,
      collectMsMax: this.#collectMsMax,
      replayedTicks: this.#world.ran.replayedTicks,
    }
  }

  append(tick: number, record: readonly Uint8Array[]): Promise<void> {
    for (const chunk of record) this.#journaledBytes += chunk.length
    return this.#journal.append(tick, record)
  }

  /** Makes a bound for timestamps durable, without a tick: progress may be told up to it, a restart begins above it. */
  async reserve(nowMs: number): Promise<void> {
    const reservedMs = Math.max(nowMs, this.#world.clock.lastMs) + RESERVE_AHEAD_MS
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(reservedMs)
    await this.#store.commit([putMeta(RESERVED, bytes)])
    this.#world.clock.reserved(reservedMs)
  }

  /** After each tick: begins a checkpoint when one is due. */
  afterTick(): void {
    if (this.#world.tick !== this.#checkpointTick) this.afterSlice()
  }

  /** After a slice of hydration, of which no tick tells. */
  afterSlice(): void {
    if (this.#running !== null || this.#ending || !this.#due()) return
    this.#running = this.#world.exclusive
      .run(() => this.#begin())
      .then((written) => written.done)
      .catch((error: unknown) => this.#world.fail(error))
      .finally(() => {
        this.#running = null
      })
  }

  /** A checkpoint of this moment, durable when it resolves; inside the exclusive lane. */
  async checkpoint(): Promise<void> {
    const { done } = await this.#begin()
    await done
  }

  /** Everything into a checkpoint, nothing left to replay. */
  async close(): Promise<void> {
    await this.#end(() => (this.#world.failed === null ? this.checkpoint() : undefined))
  }

  /** As a crash would: no checkpoint. */
  async abandon(): Promise<void> {
    await this.#end(() => {})
  }

  /**
   * What is under way still writes to the store: a tick its record, a checkpoint its blocks. A tick that ended only now
   * must not begin a checkpoint of its own behind `last`: its writes would meet a closed store.
   */
  async #end(last: () => Promise<void> | void): Promise<void> {
    this.#ending = true
    await this.#running
    try {
      await this.#world.exclusive.end(last)
      await this.#checkpointer.settle()
    } finally {
      await this.#store.close()
    }
  }

  #due(): boolean {
    if (this.#journaledBytes >= CHECKPOINT_JOURNAL_BYTES) return true
    if (this.#world.runtime.monotonicMs() - this.#lastMs >= this.#intervalMs) return true
    return this.#state.dirtyRows() >= CHECKPOINT_DIRTY_ROWS
  }

  /** Copies under the lane; `done` resolves once published. One is written at a time: an earlier one is waited for. */
  async #begin(): Promise<{ readonly done: Promise<void> }> {
    while (this.#checkpointer.busy) await this.#world.runtime.yieldToIo()
    const { runtime, tick, exclusive } = this.#world
    const started = runtime.monotonicMs()
    const slices = new Slices(runtime)
    const [deltas, background] = await exclusive.unchanging(async () => [
      await slices.run(this.#state.collect()),
      await slices.run(this.#history.stage()),
    ])
    const dropped = this.#abandoned.map((id): StateDelta => ({ id, dropped: true, blocks: [] }))
    this.#abandoned = []
    const extras = encodeImage(imageOf(this.#world, this.#state.rows()))
    this.#journaledBytes = 0
    this.#lastMs = runtime.monotonicMs()
    this.#collectMsMax = Math.max(this.#collectMsMax, this.#lastMs - started)
    const writing = this.#checkpointer.write({ tick, deltas: [...dropped, ...deltas], extras, background })
    this.#world.reach('checkpoint')
    const done = writing.then(async () => {
      this.#checkpointTick = tick
      const forgotten = this.#history.published()
      if (forgotten.length > 0) await this.#store.writeInBackground(forgotten)
      await this.#journal.truncate(tick)
    })
    return { done }
  }
}
