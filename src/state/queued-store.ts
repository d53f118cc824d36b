import type { Runtime } from '../base/runtime.ts'
import type { DatabaseName, Store, StoreEntry, WriteOp } from './store.ts'
import { StoreFailure } from './store.ts'
import { keyAfter, type StoreCore } from './store-core.ts'

/** A background transaction ends after this, or after so many bytes (its sync takes as long), so that a commit waits for little. */
const BACKGROUND_MS = 2
const BACKGROUND_BYTES = 512 << 10
const PAGE_BYTES = 1 << 20

interface Waiting {
  readonly ops: readonly WriteOp[]
  readonly resolve: () => void
  readonly reject: (error: StoreFailure) => void
}

/**
 * A store over a core of the same thread. Commits that arrive in one turn share a transaction; background writes go out
 * between them in short transactions. The first failure is final: everything waiting and everything later gets it.
 */
export class QueuedStore implements Store {
  private readonly core: StoreCore
  private readonly runtime: Runtime
  /** How a flush is put off to the end of the turn. */
  private readonly defer: (fn: () => void) => void
  private commits: Waiting[] = []
  private readonly background: (Waiting & { next: number })[] = []
  private scheduled = false
  private failure: StoreFailure | null = null
  private closed = false

  constructor(core: StoreCore, runtime: Runtime, defer?: (fn: () => void) => void) {
    this.core = core
    this.runtime = runtime
    this.defer = defer ?? ((fn) => void runtime.yieldToIo().then(fn))
  }
  commit(ops: readonly WriteOp[]): Promise<void> {
    return this.queue((waiting) => this.commits.push(waiting), ops)
  }
  writeInBackground(ops: readonly WriteOp[]): Promise<void> {
    return this.queue((waiting) => this.background.push({ ...waiting, next: 0 }), ops)
  }
  async get(db: DatabaseName, key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.guard(() => this.core.get(db, key))
  }
  async *range(db: DatabaseName, from: Uint8Array, to: Uint8Array): AsyncGenerator<StoreEntry> {
    for (let start = from; ; ) {
      const page = this.page(db, start, to)
      if (page.length === 0) return
      yield* page
      start = keyAfter(page[page.length - 1].key)
    }
  }
  page(db: DatabaseName, from: Uint8Array, to: Uint8Array): StoreEntry[] {
    return this.guard(() => this.core.page(db, from, to, PAGE_BYTES))
  }
  async sizeBytes(): Promise<number> {
    return this.guard(() => this.core.sizeBytes())
  }
  async close(): Promise<void> {
    if (this.closed) return
    while (this.failure === null && (this.commits.length > 0 || this.background.length > 0)) this.flush()
    this.closed = true
    this.core.close()
  }
  private queue(push: (waiting: Waiting) => void, ops: readonly WriteOp[]): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure)
    if (this.closed) return Promise.reject(new StoreFailure('the store is closed'))
    return new Promise((resolve, reject) => {
      push({ ops, resolve, reject })
      this.schedule()
    })
  }
  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    this.defer(() => {
      this.scheduled = false
      if (this.failure !== null || this.closed) return
      this.flush()
      // The next slice lets reads and commits in first.
      if (this.background.length > 0 && !this.scheduled) {
        this.scheduled = true
        void this.runtime.yieldToIo().then(() => {
          this.scheduled = false
          this.schedule()
        })
      }
    })
  }
  private flush(): void {
    const commits = this.commits
    this.commits = []
    try {
      if (commits.length > 0) {
        this.core.transaction((apply) => {
          for (const { ops } of commits) for (const op of ops) apply(op)
        })
        for (const { resolve } of commits) resolve()
      }
    } catch (error) {
      this.fail(error, commits)
      return
    }
    try {
      this.flushBackground()
    } catch (error) {
      this.fail(error, [])
    }
  }
  private flushBackground(): void {
    if (this.background.length === 0) return
    const done: Waiting[] = []
    const end = this.runtime.monotonicMs() + BACKGROUND_MS
    let bytes = 0
    this.core.transaction((apply) => {
      do {
        const first = this.background[0]
        if (first.next < first.ops.length) {
          const op = first.ops[first.next++]
          if (op.kind === 'put') bytes += op.value.length
          apply(op)
        }
        if (first.next === first.ops.length) done.push(this.background.shift()!)
      } while (this.background.length > 0 && bytes < BACKGROUND_BYTES && this.runtime.monotonicMs() < end)
    })
    for (const { resolve } of done) resolve()
  }
  private fail(cause: unknown, commits: readonly Waiting[]): void {
    const failure = cause instanceof StoreFailure ? cause : new StoreFailure(`storage failed: ${String(cause)}`, cause)
    this.failure = failure
    for (const { reject } of [...commits, ...this.commits, ...this.background]) reject(failure)
    this.commits = []
    this.background.length = 0
  }
  private guard<T>(read: () => T): T {
    if (this.failure !== null) throw this.failure
    if (this.closed) throw new StoreFailure('the store is closed')
    try {
      return read()
    } catch (error) {
      this.fail(error, [])
      throw this.failure
    }
  }
}
