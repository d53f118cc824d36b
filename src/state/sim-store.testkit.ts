import { assert } from '../base/assert.ts'
import type { Runtime } from '../base/runtime.ts'
import { MemoryCore } from './memory-core.ts'
import type { DatabaseName, Store, StoreEntry, WriteOp } from './store.ts'
import { StoreFailure } from './store.ts'
import { keyAfter } from './store-core.ts'

/** What is on the simulated disk: a new store opens from it. */
export type SimDisk = MemoryCore

export interface SimOptions {
  readonly seed: number
  readonly runtime: Runtime
  /** The image left by a crash; empty when absent. */
  readonly disk?: SimDisk
  /** Longest time a write takes, in ms of the runtime's clock; each takes a seeded part of it. */
  readonly delayMsMax?: number
  /** Chance that a transaction fails; the store is dead from then on. */
  readonly failureChance?: number
}

interface Waiting {
  readonly ops: readonly WriteOp[]
  next: number
  readonly resolve: () => void
  readonly reject: (error: StoreFailure) => void
}

/**
 * A disk that crashes. Commits become durable one after the other, a while after the call. At a crash a seeded number of
 * the commits that were not acknowledged yet is durable nevertheless (in order, each whole), and background writes are
 * torn anywhere. A failing transaction may have reached the disk.
 */
export class SimStore implements Store {
  private readonly disk: MemoryCore
  private readonly options: SimOptions
  private readonly random: () => number
  private readonly commits: Waiting[] = []
  private readonly background: Waiting[] = []
  private stopped: StoreFailure | null = null
  private scheduled = false

  constructor(options: SimOptions) {
    this.options = options
    this.random = seededRandom(options.seed)
    this.disk = new MemoryCore(options.disk)
  }
  /** Writes that no promise has confirmed yet. */
  get unconfirmed(): number {
    return this.commits.length + this.background.length
  }
  commit(ops: readonly WriteOp[]): Promise<void> {
    return this.queue(this.commits, ops)
  }
  writeInBackground(ops: readonly WriteOp[]): Promise<void> {
    return this.queue(this.background, ops)
  }
  async get(db: DatabaseName, key: Uint8Array): Promise<Uint8Array | undefined> {
    this.check()
    return this.disk.get(db, key)
  }
  async *range(db: DatabaseName, from: Uint8Array, to: Uint8Array): AsyncGenerator<StoreEntry> {
    for (let start = from; ; ) {
      this.check()
      const page = this.disk.page(db, start, to, 1 + Math.floor(this.random() * 4096))
      if (page.length === 0) return
      yield* page
      start = keyAfter(page[page.length - 1].key)
    }
  }
  async sizeBytes(): Promise<number> {
    this.check()
    return this.disk.sizeBytes()
  }
  async close(): Promise<void> {
    while (this.stopped === null && this.unconfirmed > 0) this.step()
    this.stop(new StoreFailure('the store is closed'))
  }
  /** Power cut: the image that the next start finds. Promises that wait are rejected (nobody is there to see it). */
  crash(): SimDisk {
    if (this.stopped === null) this.loseSome()
    this.stop(new StoreFailure('the simulated machine lost its power'))
    return new MemoryCore(this.disk)
  }
  private queue(list: Waiting[], ops: readonly WriteOp[]): Promise<void> {
    if (this.stopped !== null) return Promise.reject(this.stopped)
    // The caller's buffers may change after the call, as they may with a worker thread.
    const copied = ops.map((op) => (op.kind === 'put' ? { ...op, value: new Uint8Array(op.value) } : op))
    return new Promise((resolve, reject) => {
      list.push({ ops: copied, next: 0, resolve, reject })
      this.schedule()
    })
  }
  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    this.options.runtime.setTimer(
      () => {
        this.scheduled = false
        if (this.stopped !== null) return
        try {
          this.step()
        } catch (error) {
          this.stop(new StoreFailure(`storage failed: ${String(error)}`, error))
        }
        if (this.stopped === null && this.unconfirmed > 0) this.schedule()
      },
      this.random() * (this.options.delayMsMax ?? 2),
    )
  }
  private step(): void {
    if (this.random() < (this.options.failureChance ?? 0)) {
      this.loseSome()
      this.stop(new StoreFailure('a simulated disk error'))
      return
    }
    // A group of commits, then a piece of the background writes.
    const group = Math.ceil(this.random() * this.commits.length)
    for (let i = 0; i < group; i++) {
      this.write(this.commits[0], this.commits[0].ops.length)
      this.commits.shift()!.resolve()
    }
    const first = this.background[0]
    if (first === undefined) return
    this.write(first, 1 + Math.floor(this.random() * 8))
    if (first.next >= first.ops.length) this.background.shift()!.resolve()
  }
  private loseSome(): void {
    const kept = Math.floor(this.random() * (this.commits.length + 1))
    for (const waiting of this.commits.slice(0, kept)) this.write(waiting, waiting.ops.length)
    let ops = this.background.reduce((sum, waiting) => sum + waiting.ops.length - waiting.next, 0)
    ops = Math.floor(this.random() * (ops + 1))
    for (const waiting of this.background) {
      const before = waiting.next
      this.write(waiting, ops)
      ops -= waiting.next - before
    }
  }
  private write(waiting: Waiting, ops: number): void {
    const end = Math.min(waiting.ops.length, waiting.next + ops)
    while (waiting.next < end) this.disk.apply(waiting.ops[waiting.next++])
  }
  private stop(failure: StoreFailure): void {
    this.stopped ??= failure
    for (const { reject } of [...this.commits.splice(0), ...this.background.splice(0)]) reject(failure)
  }
  private check(): void {
    if (this.stopped !== null) throw this.stopped
  }
}

/** Uniform in [0, 1), the same for the same seed (xorshift32). */
export function seededRandom(seed: number): () => number {
  assert(Number.isInteger(seed), 'a seed is an integer')
  let state = Math.imul(seed + 0x9e3779b9, 0x85ebca6b) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 0x100000000
  }
}
