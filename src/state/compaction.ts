import type { Batch } from '../types/batch.ts'
import { concatBatches, takeBatch } from '../types/batch-build.ts'
import { type Block, BlockPacker, decodeBlock, seal, unseal } from './block.ts'
import { CHUNK_ROWS } from './contract.ts'
import { blockAddressOf, blockKey, blockRange } from './keys.ts'
import type { DatabaseName, Store, WriteOp } from './store.ts'

/** Merge base generation `base` with the deltas from `since` to `through` into base generation `through`. Plain data. */
export interface CompactionRequest {
  readonly id: string
  readonly base: number
  readonly since: number
  readonly through: number
}

export interface CompactionResult {
  readonly blocks: number
  readonly bytes: number
}

/** A store that compacts on its own thread. */
export interface Compactor {
  compact(request: CompactionRequest): Promise<CompactionResult>
}

export function isCompactor(store: Store): store is Store & Compactor {
  return 'compact' in store
}

/** Blocks written before the next are read: bounds memory, and lets commits in. */
const WRITE_BLOCKS = 16

/**
 * Overlays by slot, streaming: a first pass over the deltas notes for every slot the last block that speaks of it (4
 * bytes a slot), a second pass keeps only rows that nothing later replaced. Base blocks that no delta touched are copied
 * as they are. Nothing is published here: until the structure's record points to it the new base is a leftover.
 */
export async function compactStructure(store: Store, request: CompactionRequest): Promise<CompactionResult> {
  const last = await lastMentions(store, request)
  const out = new BaseWriter(store, request)
  for await (const { stored, block } of blocks(store, 'base', request.id, request.base, request.base)) {
    const n = keep(block, last, 0)
    if (n === block.batch.n) await out.copy(stored)
    else await out.add(block, n)
  }
  let ordinal = 0
  for await (const { block } of deltas(store, request)) await out.add(block, keep(block, last, ++ordinal))
  return out.finish()
}

async function lastMentions(store: Store, request: CompactionRequest): Promise<SlotNotes> {
  const last = new SlotNotes()
  let ordinal = 0
  for await (const { block } of deltas(store, request)) {
    ordinal++
    for (let i = 0; i < block.batch.n; i++) last.set(block.slots[i], ordinal)
    for (const slot of block.removed) last.set(slot, ordinal)
  }
  return last
}

function deltas(store: Store, { id, base, since, through }: CompactionRequest) {
  return blocks(store, 'delta', id, Math.max(base + 1, since), through)
}

async function* blocks(store: Store, db: DatabaseName, id: string, from: number, through: number) {
  if (db === 'base' && from === 0) return
  const range = blockRange(id, from, through)
  for await (const { key, value } of store.range(db, range.from, range.to)) {
    yield { stored: value, block: readBlock(db, key, value) }
  }
}

export function readBlock(db: DatabaseName, key: Uint8Array, value: Uint8Array): Block {
  return decodeBlock(
    unseal(value, () => {
      const { id, generation, n } = blockAddressOf(key)
      return `block ${n} of generation ${generation} of ${id} in ${db}`
    }),
  )
}

let kept = new Int32Array(CHUNK_ROWS)

/** Rows of the block that are the last word on their slot: their indices go to `kept`. */
function keep(block: Block, last: SlotNotes, ordinal: number): number {
  if (kept.length < block.batch.n) kept = new Int32Array(block.batch.n)
  let n = 0
  for (let i = 0; i < block.batch.n; i++) if (last.get(block.slots[i]) === ordinal) kept[n++] = i
  return n
}

class SlotNotes {
  private notes = new Int32Array(1024)

  get(slot: number): number {
    return slot < this.notes.length ? this.notes[slot] : 0
  }
  set(slot: number, note: number): void {
    if (slot >= this.notes.length) {
      const bigger = new Int32Array(Math.max(this.notes.length * 2, slot + 1))
      bigger.set(this.notes)
      this.notes = bigger
    }
    this.notes[slot] = note
  }
}

/** Gathers rests of blocks into full ones, and writes. */
class BaseWriter {
  private readonly store: Store
  private readonly request: CompactionRequest
  private slots: Int32Array[] = []
  private batches: Batch[] = []
  private rows = 0
  private ops: WriteOp[] = []
  private n = 0
  private bytes = 0

  constructor(store: Store, request: CompactionRequest) {
    this.store = store
    this.request = request
  }
  async copy(stored: Uint8Array): Promise<void> {
    await this.put(stored)
  }
  async add(block: Block, n: number): Promise<void> {
    if (n === 0) return
    this.slots.push(Int32Array.from(kept.subarray(0, n), (row) => block.slots[row]))
    this.batches.push(takeBatch(block.batch, kept, n))
    this.rows += n
    if (this.rows >= CHUNK_ROWS) await this.encode()
  }
  async finish(): Promise<CompactionResult> {
    await this.encode()
    if (this.ops.length > 0) await this.store.writeInBackground(this.ops)
    return { blocks: this.n, bytes: this.bytes }
  }
  private async encode(): Promise<void> {
    if (this.rows === 0) return
    const slots = new Int32Array(this.rows)
    let at = 0
    for (const part of this.slots) {
      slots.set(part, at)
      at += part.length
    }
    const packer = new BlockPacker()
    packer.add(slots, concatBatches(this.batches))
    this.slots = []
    this.batches = []
    this.rows = 0
    for (const block of packer.blocks) await this.put(seal(block))
  }
  private async put(value: Uint8Array): Promise<void> {
    this.ops.push({ kind: 'put', db: 'base', key: blockKey(this.request.id, this.request.through, this.n++), value })
    this.bytes += value.length
    if (this.ops.length < WRITE_BLOCKS) return
    await this.store.writeInBackground(this.ops)
    this.ops = []
  }
}
