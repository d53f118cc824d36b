import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BlockError } from '../block.ts'
import type { CompactionRequest, CompactionResult, Compactor } from '../compaction.ts'
import type { DatabaseName, Store, StoreEntry, WriteOp } from '../store.ts'
import { StoreFailure } from '../store.ts'
import { keyAfter } from '../store-core.ts'
import { ensureBallast, giveBallastBack } from './ballast.ts'
import { lockDirectory } from './directory-lock.ts'
import { FILE, FULL_BELOW_BYTES, freeBytes } from './free-room.ts'
import type { LmdbOptions } from './inline.ts'
import { type Packed, packOps, type StoreRequest, type StoreResponse, unpackEntries } from './messages.ts'

/** Background writes are packed in pieces of about this much, the engine's I/O in between. */
const PIECE_BYTES = 4 << 20

/** A full disk may leave LMDB inside a write for good: who has waited so long hears that the disk is full. */
const FULL_ANSWER_MS = 3_000

type Answer = Extract<StoreResponse, { ok: true }>['value']
type Distribute<T> = T extends unknown ? Omit<T, 'id'> : never

/** LMDB on its own thread. */
export function openLmdbStore(options: LmdbOptions): Store & Compactor {
  const unlock = lockDirectory(options.directory)
  ensureBallast(options.directory, options.ballastBytes)
  return new WorkerStore(options, unlock)
}

class WorkerStore implements Store, Compactor {
  private readonly worker: Worker
  private readonly options: LmdbOptions
  private readonly unlock: () => void
  private readonly waiting = new Map<number, { resolve: (value: Answer) => void; reject: (error: Error) => void }>()
  private failure: StoreFailure | null = null
  private nextId = 1
  /** A timer runs while answers are awaited. */
  private watched = false
  private gathered: { readonly ops: WriteOp[]; readonly done: Promise<void> } | null = null
  private lastBackground: Promise<void> = Promise.resolve()

  constructor(options: LmdbOptions, unlock: () => void) {
    this.options = options
    this.unlock = unlock
    // The build rewrites this address to the built file.
    const url = new URL('./worker.ts', import.meta.url)
    this.worker = new Worker(url, { workerData: { directory: options.directory } })
    this.worker.on('message', (response: StoreResponse) => this.settle(response))
    this.worker.on('error', (error) =>
      this.fail(new StoreFailure(`the storage thread failed: ${String(error)}`, error)),
    )
    this.worker.on('exit', () => this.fail(new StoreFailure('the storage thread ended')))
  }
  commit(ops: readonly WriteOp[]): Promise<void> {
    if (this.gathered === null) {
      // One message, and one transaction, for all commits of this turn.
      const gathered = { ops: [] as WriteOp[], done: Promise.resolve().then(() => this.sendGathered()) }
      this.gathered = gathered
    }
    for (const op of ops) this.gathered.ops.push(op)
    return this.gathered.done
  }
  writeInBackground(ops: readonly WriteOp[]): Promise<void> {
    // Calls keep their order although each is sent in pieces.
    const done = this.lastBackground.then(() => this.sendPieces(ops))
    this.lastBackground = done.then(
      () => {},
      () => {},
    )
    return done
  }
  async get(db: DatabaseName, key: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.ask({ kind: 'get', db, key })) as Uint8Array | undefined
  }
  async *range(db: DatabaseName, from: Uint8Array, to: Uint8Array): AsyncGenerator<StoreEntry> {
    let next: Promise<Answer> | null = this.ask({ kind: 'page', db, from, to })
    while (next !== null) {
      const page: StoreEntry[] = unpackEntries((await next) as Packed)
      if (page.length === 0) return
      // The thread reads ahead while the caller works through this page. A failure is thrown by the await above, when the
      // caller comes for the page; a caller that ends early does not need the page.
      next = this.ask({ kind: 'page', db, from: keyAfter(page[page.length - 1].key), to })
      next.catch(() => {})
      yield* page
    }
  }
  async sizeBytes(): Promise<number> {
    return (await this.ask({ kind: 'size' })) as number
  }
  async compact(request: CompactionRequest): Promise<CompactionResult> {
    return (await this.ask({ kind: 'compact', request })) as CompactionResult
  }
  async close(): Promise<void> {
    if (this.failure === null) {
      await this.lastBackground
      await this.ask({ kind: 'close' })
    }
    this.fail(new StoreFailure('the store is closed'))
    if (this.failure?.hangs) this.worker.unref()
    else await this.worker.terminate()
    this.unlock()
  }
  private async sendGathered(): Promise<void> {
    const packed = packOps(this.gathered!.ops)
    this.gathered = null
    await this.ask({ kind: 'commit', ops: packed }, [packed.buffer])
  }
  private async sendPieces(ops: readonly WriteOp[]): Promise<void> {
    const acknowledged: Promise<Answer>[] = []
    for (let start = 0; start < ops.length; ) {
      let end = start
      for (let bytes = 0; end < ops.length && bytes < PIECE_BYTES; end++) bytes += sizeOf(ops[end])
      const packed = packOps(ops.slice(start, end))
      const written = this.ask({ kind: 'background', ops: packed }, [packed.buffer])
      // Thrown by Promise.all below; without this, one that comes while we yield would be an unhandled rejection.
      written.catch(() => {})
      acknowledged.push(written)
      start = end
      if (start < ops.length) await this.options.runtime.yieldToIo()
    }
    await Promise.all(acknowledged)
  }
  private ask(request: Distribute<StoreRequest>, transfer: ArrayBuffer[] = []): Promise<Answer> {
    if (this.failure !== null) return Promise.reject(this.failure)
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.worker.postMessage({ ...request, id }, transfer)
      if (!this.watched) this.watch(id)
    })
  }
  /** Looks again and again whether the answer that was awaited longest has come. */
  private watch(oldest: number): void {
    this.watched = true
    this.options.runtime.setTimer(() => {
      this.watched = false
      const [first] = this.waiting.keys()
      if (first === undefined) return
      const { directory } = this.options
      if (first !== oldest || freeBytes(directory) >= FULL_BELOW_BYTES) return this.watch(first)
      giveBallastBack(directory)
      const message = `the disk under ${directory} is full (the storage thread does not answer)`
      this.fail(new StoreFailure(message, undefined, join(directory, FILE), true))
    }, FULL_ANSWER_MS)
  }
  private settle(response: StoreResponse): void {
    const waiting = this.waiting.get(response.id)
    if (waiting === undefined) return
    this.waiting.delete(response.id)
    if (response.ok) waiting.resolve(response.value)
    else if (response.block) waiting.reject(new BlockError(response.message))
    else {
      const failure = new StoreFailure(response.message, undefined, response.noRoomFor)
      waiting.reject(failure)
      this.fail(failure)
    }
  }
  private fail(failure: StoreFailure): void {
    this.failure ??= failure
    for (const { reject } of this.waiting.values()) reject(this.failure)
    this.waiting.clear()
  }
}

function sizeOf(op: WriteOp): number {
  return op.kind === 'put' ? op.value.length + op.key.length : 16
}
