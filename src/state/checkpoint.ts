import { assert } from '../base/assert.ts'
import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import { seal } from './block.ts'
import {
  type PublishedCheckpoint,
  putCheckpoint,
  putStructure,
  removeStructure,
  type StructureRecord,
} from './checkpoint-record.ts'
import { compactStructure, isCompactor } from './compaction.ts'
import type { StateDelta } from './contract.ts'
import { blockKey, blockRange } from './keys.ts'
import { type Store, StoreFailure, type WriteOp } from './store.ts'

/**
 * Deltas are worth compacting once they exceed the base, and this: what windows hold is small and all of it changes, so
 * that its deltas are what the store keeps of it and a restart reads. Small ones are merged in milliseconds.
 */
export const COMPACT_BYTES_MIN = 4 << 20

/** What a structure has in the store. */
export interface StructureFiles {
  record: StructureRecord
  baseBytes: number
  deltaBytes: number
}

export interface CheckpointInput {
  readonly tick: number
  readonly deltas: readonly StateDelta[]
  /** The engine's own bytes, published in the same transaction: catalog, source positions … */
  readonly extras: Uint8Array
  /** Written in the background before publication (history). */
  readonly background?: readonly WriteOp[]
  /** Part of the publishing transaction: keep it tiny. */
  readonly publish?: readonly WriteOp[]
}

export interface CheckpointerOptions {
  readonly store: Store
  readonly runtime: Runtime
  readonly log: Log
  readonly published: PublishedCheckpoint | null
  readonly files: Map<string, StructureFiles>
  readonly compactBytesMin?: number
  /** A compaction was asked for and is not done. */
  compacting?(): void
}

/**
 * Writes checkpoints, one at a time. The blocks go out in the background under the next generation, which nobody reads
 * until one tiny commit publishes it. Killed before that commit, the blocks are leftovers that recovery removes; killed
 * after it, the checkpoint stands, and blocks that it supersedes are the leftovers. Compactions follow by themselves.
 */
export class Checkpointer {
  private readonly options: CheckpointerOptions
  private readonly files: Map<string, StructureFiles>
  private last: PublishedCheckpoint | null
  private writing = false
  private compacting: Promise<void> | null = null
  /** Counters for tests and `millrace.storage`. */
  readonly done = { checkpoints: 0, compactions: 0, bytes: 0 }

  constructor(options: CheckpointerOptions) {
    this.options = options
    this.files = options.files
    this.last = options.published
  }
  get published(): PublishedCheckpoint | null {
    return this.last
  }
  get busy(): boolean {
    return this.writing
  }
  get compactionRunning(): boolean {
    return this.compacting !== null
  }
  /** Resolves when the checkpoint is published and durable; the journal up to its tick may then be truncated. */
  async write(input: CheckpointInput): Promise<PublishedCheckpoint> {
    assert(!this.writing, 'one checkpoint is written at a time')
    this.writing = true
    try {
      return await this.writeGeneration(input)
    } finally {
      this.writing = false
    }
  }
  /** Waits for a compaction that is under way. */
  async settle(): Promise<void> {
    while (this.compacting !== null) await this.compacting
  }
  private async writeGeneration({ tick, deltas, extras, background, publish }: CheckpointInput) {
    const { store } = this.options
    const generation = (this.last?.generation ?? 0) + 1
    const ops: WriteOp[] = [...(background ?? [])]
    const publishing: WriteOp[] = [...(publish ?? [])]
    const freed: WriteOp[] = []
    const sizes = new Map<string, number>()
    for (const { id, dropped, blocks } of deltas) {
      if (dropped) {
        publishing.push(removeStructure(id))
        freed.push(...removals(id, generation - 1))
        continue
      }
      let bytes = 0
      blocks.forEach((block, n) => {
        const value = seal(block)
        bytes += value.length
        ops.push({ kind: 'put', db: 'delta', key: blockKey(id, generation, n), value })
      })
      sizes.set(id, bytes)
    }
    await store.writeInBackground(ops)
    const published: PublishedCheckpoint = { generation, tick, extras }
    // From here to the call of commit nothing waits: a compaction that ends sees either all of this or nothing.
    this.note(deltas, sizes, generation, publishing)
    await store.commit([...publishing, putCheckpoint(published)])
    this.last = published
    this.done.checkpoints++
    if (freed.length > 0) this.inBackground(store.writeInBackground(freed))
    this.startCompaction()
    return published
  }
  private note(
    deltas: readonly StateDelta[],
    sizes: ReadonlyMap<string, number>,
    generation: number,
    publishing: WriteOp[],
  ): void {
    for (const { id, dropped } of deltas) if (dropped) this.files.delete(id)
    for (const [id, bytes] of sizes) {
      this.done.bytes += bytes
      const known = this.files.get(id)
      if (known !== undefined) {
        known.deltaBytes += bytes
        continue
      }
      const record = { base: 0, since: generation }
      this.files.set(id, { record, baseBytes: 0, deltaBytes: bytes })
      publishing.push(putStructure(id, record))
    }
  }
  private startCompaction(): void {
    if (this.compacting !== null) return
    const least = this.options.compactBytesMin ?? COMPACT_BYTES_MIN
    for (const [id, files] of this.files) {
      if (files.deltaBytes <= Math.max(files.baseBytes, least)) continue
      this.compacting = this.compact(id, files).then(
        () => {
          this.compacting = null
          if (!this.writing) this.startCompaction()
        },
        (error: unknown) => {
          // Not again at once: the next checkpoint may try.
          this.compacting = null
          this.report(error)
        },
      )
      return
    }
  }
  private async compact(id: string, files: StructureFiles): Promise<void> {
    const { store } = this.options
    const { base, since } = files.record
    const through = this.last!.generation
    const merged = files.deltaBytes
    const request = { id, base, since, through }
    const merging = isCompactor(store) ? store.compact(request) : compactStructure(store, request)
    this.options.compacting?.()
    const result = await merging
    if (this.files.get(id) !== files) {
      // Dropped meanwhile: the new base was never published.
      await store.writeInBackground([{ kind: 'removeRange', db: 'base', ...blockRange(id, through, through) }])
      return
    }
    files.record = { base: through, since }
    files.baseBytes = result.bytes
    files.deltaBytes -= merged
    await store.commit([putStructure(id, files.record)])
    this.done.compactions++
    this.options.log.debug('compacted', { structure: id, generation: through, bytes: result.bytes })
    await store.writeInBackground([
      { kind: 'removeRange', db: 'delta', ...blockRange(id, 0, through) },
      { kind: 'removeRange', db: 'base', ...blockRange(id, 0, through - 1) },
    ])
  }
  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.report(error))
  }
  private report(error: unknown): void {
    // The store is dead then, and tells every later caller; anything else is damage found while compacting.
    if (!(error instanceof StoreFailure)) this.options.log.error('compaction failed', { error: String(error) })
  }
}

/** Every block of a structure up to a generation: a later one of the same name may be above. */
function removals(id: string, through: number): WriteOp[] {
  return (['delta', 'base'] as const).map((db) => ({ kind: 'removeRange', db, ...blockRange(id, 0, through) }))
}
