import { assert } from '../base/assert.ts'
import type { Batch } from '../types/batch.ts'
import type { Column } from '../types/column.ts'
import { COUNT_MAX } from '../types/copies.ts'
import { hashRow, hashRows } from '../types/hash.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import { ArrangementIndex } from './arrangement-index.ts'
import { PinnedArrangement } from './arrangement-pin.ts'
import { batchesOf } from './batches-of.ts'
import { ChunkedI32 } from './chunked.ts'
import {
  type Arrangement,
  type ArrangementPin,
  CHUNK_ROWS,
  CHUNK_SHIFT,
  type Matches,
  type SortColumn,
} from './contract.ts'
import type { DurableStructure } from './durable.ts'
import { RowStore } from './row-store.ts'
import { RowTrees } from './row-trees.ts'
import { SlotSpace } from './slot-space.ts'
import { UndoLog } from './undo-log.ts'

/** An arrangement that had more slots than this gives its memory back when it becomes empty. */
const RELEASE_SLOTS = 16 * CHUNK_ROWS

export interface ArrangementSpec {
  readonly id: string
  readonly types: readonly SqlType[]
  readonly key: readonly number[]
  readonly order?: readonly SortColumn[]
  readonly copies?: boolean
  readonly appendOnly?: boolean
  readonly overflowed?: () => void
}

/**
 * The arrangement over slots: row columns, a count a slot, and the index from keys to rows. Rows are the same when they
 * are indistinguishable (1.0 and 1.00 are two rows under one key).
 */
export class SlotArrangement implements Arrangement, DurableStructure {
  readonly id: string
  readonly types: readonly SqlType[]
  readonly key: readonly number[]
  readonly order: readonly SortColumn[] | null
  readonly space = new SlotSpace()
  private readonly store: RowStore
  private readonly counts = new ChunkedI32()
  private readonly index: ArrangementIndex
  private readonly undo = new UndoLog()
  private readonly appendOnly: boolean
  private readonly countsCopies: boolean
  private readonly overflowed: (() => void) | null
  private highest = 0
  private hashes = new Uint32Array(64)
  private fresh = new Int32Array(64)

  constructor(spec: ArrangementSpec) {
    this.id = spec.id
    this.types = spec.types
    this.key = spec.key
    this.order = spec.order ?? null
    this.store = new RowStore(spec.types, spec.key, this.order ?? [])
    this.appendOnly = spec.appendOnly === true && this.order === null
    this.overflowed = spec.overflowed ?? null
    this.countsCopies = spec.copies === true && this.order !== null
    const trees = this.order === null ? null : new RowTrees(this.store, this.counts, this.countsCopies)
    this.index = new ArrangementIndex(this.store, spec.key, trees, this.appendOnly)
  }
  get rows(): number {
    return this.space.live
  }
  get countHighest(): number {
    return this.highest
  }
  get blockTypes(): readonly SqlType[] {
    return this.types
  }
  apply(delta: Batch): void {
    const n = delta.n
    this.hashKeys(
      this.key.map((c) => delta.cols[c]),
      n,
    )
    this.index.begin(delta.cols, this.hashes, n)
    if (this.appendOnly && allPositive(delta)) {
      this.append(delta)
      return
    }
    for (let i = 0; i < n; i++) {
      const diff = delta.diffs[i]
      if (diff !== 0) this.applyRow(delta, i, diff, this.hashes[i] | 0)
    }
    // Everything left: the chunks go, instead of standing free for rows that may never come.
    if (this.space.live === 0 && this.space.high >= RELEASE_SLOTS && this.undo.bytes() === 0) this.clear()
  }
  probe(keys: readonly Column[], n: number, out: Matches): void {
    this.hashKeys(keys, n)
    out.n = 0
    const heads = this.index.heads(this.hashes, keys, n)
    for (let i = 0; i < n; i++) if (heads[i] >= 0) this.index.collect(heads[i], i, out)
  }
  diff(slot: number): number {
    return this.counts.get(slot)
  }
  diffs(slots: Int32Array, n: number): Int32Array {
    const out = new Int32Array(n)
    for (let k = 0; k < n; k++) out[k] = this.counts.get(slots[k])
    return out
  }
  gather(columns: readonly number[], slots: Int32Array, n: number): Column[] {
    return this.store.gather(columns, slots, n)
  }
  rowAt(slot: number): Row {
    return this.store.row(slot)
  }
  *scan(): Iterable<Batch> {
    if (this.order !== null && this.key.length === 0) {
      yield* batchesOf(this.store, this.index.inOrder(), (slot) => this.counts.get(slot))
    } else {
      yield* batchesOf(this.store, this.slots(), (slot) => this.counts.get(slot))
    }
  }
  sample(rowsMax: number): Iterable<Batch> {
    const { high } = this.space
    const step = Math.max(1, high / rowsMax)
    const slots = Array.from({ length: Math.min(high, rowsMax) }, (_, i) => Math.floor(i * step))
    const live = slots.filter((slot) => this.isLive(slot))
    return batchesOf(this.store, live, (slot) => this.counts.get(slot))
  }
  range(keys: readonly Column[], row: number, from: number, limit: number, out: Int32Array): number {
    assert(this.order !== null, `arrangement ${this.id} has an order`)
    const head = this.index.head(hashRow(keys, row) | 0, keys, row)
    return head < 0 ? 0 : this.index.range(head, from, limit, out)
  }
  rankOf(cols: readonly Column[], row: number, out: Int32Array): number {
    assert(this.order !== null, `arrangement ${this.id} has an order`)
    const keys = this.key.map((c) => cols[c])
    const head = this.index.head(hashRow(keys, row) | 0, keys, row)
    out[0] = -1
    if (head < 0) return 0
    // The tree compares slots: the row stands in one for a moment.
    const slot = this.space.take()
    this.store.set(slot, cols, row)
    const rank = this.index.rank(head, slot, out)
    this.store.clear(slot)
    this.space.untake(slot)
    return rank
  }
  seek(keys: readonly Column[], row: number, values: Column, valueRow: number, past: boolean): number {
    assert(this.order !== null, `arrangement ${this.id} has an order`)
    const head = this.index.head(hashRow(keys, row) | 0, keys, row)
    if (head < 0) return 0
    const [{ column, desc }] = this.order
    const sorted = this.store.columns[column]
    const slot = this.space.take()
    sorted.set(slot, values, valueRow)
    const rank = this.index.countBefore(head, (other) => {
      const order = sorted.compare(other, slot)
      return order === 0 ? past : order < 0 !== desc
    })
    sorted.clear(slot)
    this.space.untake(slot)
    return rank
  }
  copies(keys: readonly Column[], row: number): number {
    assert(this.countsCopies, `arrangement ${this.id} counts copies`)
    const head = this.index.head(hashRow(keys, row) | 0, keys, row)
    return head < 0 ? 0 : this.index.copies(head)
  }
  atCopy(keys: readonly Column[], row: number, n: number): number {
    assert(this.countsCopies, `arrangement ${this.id} counts copies`)
    const head = this.index.head(hashRow(keys, row) | 0, keys, row)
    return head < 0 ? -1 : this.index.atCopy(head, n)
  }
  seekRow(cols: readonly Column[], row: number, past: boolean): { slots: number; copies: number } {
    assert(this.order !== null, `arrangement ${this.id} has an order`)
    const keys = this.key.map((c) => cols[c])
    const head = this.index.head(hashRow(keys, row) | 0, keys, row)
    if (head < 0) return { slots: 0, copies: 0 }
    // The tree compares slots: the row stands in one for a moment.
    const slot = this.space.take()
    this.store.set(slot, cols, row)
    const before = (other: number): boolean => {
      const order = this.store.compareSort(other, slot)
      return order === 0 ? past : order < 0
    }
    const found = {
      slots: this.index.countBefore(head, before),
      copies: this.countsCopies ? this.index.copiesBefore(head, before) : 0,
    }
    this.store.clear(slot)
    this.space.untake(slot)
    return found
  }
  pin(): ArrangementPin {
    const undo = this.undo.pin(this.space.high)
    return new PinnedArrangement(this.store, this.counts, this.index, this.key, undo, () =>
      this.undo.release(undo, (slot) => this.free(slot)),
    )
  }
  clear(): void {
    if (this.undo.active || this.undo.bytes() > 0) {
      // Readers still look at these rows: they go one by one, through the undo log.
      for (const slot of this.slots()) this.removeRow(slot)
      return
    }
    this.highest = 0
    this.space.clear()
    this.store.reset()
    this.counts.clear()
    this.index.clear()
  }
  bytes(): number {
    const rows = this.store.bytes() + this.counts.bytes() + this.space.bytes()
    return rows + this.index.bytes() + this.undo.bytes()
  }
  isLive(slot: number): boolean {
    return this.counts.get(slot) !== 0
  }
  save(slots: Int32Array, n: number): Batch {
    const cols = this.store.columns.map((column) => column.gather(slots, n))
    return { n, diffs: this.diffs(slots, n), cols }
  }
  load(slots: Int32Array, batch: Batch, n: number): void {
    this.unload(n === slots.length ? slots : slots.subarray(0, n))
    this.store.setAll(slots, batch.cols, n)
    for (let i = 0; i < n; i++) {
      this.count(slots[i], batch.diffs[i])
      if (slots[i] >= this.space.high) this.space.high = slots[i] + 1
    }
  }
  unload(slots: Int32Array): void {
    for (const slot of slots) {
      if (this.counts.get(slot) === 0) continue
      this.store.clear(slot)
      this.counts.set(slot, 0)
    }
  }
  loaded(): void {
    let live = 0
    for (const n of this.pages(new Int32Array(CHUNK_ROWS))) live += n
    this.space.restored(this.space.high, live, (slot) => this.counts.get(slot) !== 0)
    this.index.rebuild((page) => this.pages(page), this.space.live)
  }
  private *slots(): Generator<number> {
    const high = this.space.high
    for (let slot = 0; slot < high; slot++) if (this.counts.get(slot) !== 0) yield slot
  }
  /** Live slots, ascending, a chunk at a time. */
  private *pages(page: Int32Array): Generator<number> {
    for (let c = 0; c << CHUNK_SHIFT < this.space.high; c++) {
      const counts = this.counts.chunks[c]
      if (counts === undefined) continue
      let n = 0
      for (let at = 0; at < CHUNK_ROWS; at++) if (counts[at] !== 0) page[n++] = (c << CHUNK_SHIFT) + at
      if (n > 0) yield n
    }
  }
  /** All rows get slots first, so that their values are copied column by column. */
  private append({ n, cols, diffs }: Batch): void {
    if (this.fresh.length < n) this.fresh = new Int32Array(n * 2)
    const slots = this.fresh
    for (let i = 0; i < n; i++) slots[i] = this.space.take()
    this.store.setAll(slots, cols, n)
    for (let i = 0; i < n; i++) {
      const slot = slots[i]
      this.index.append(this.hashes[i] | 0, slot, i)
      if (this.undo.active) this.undo.save(slot, 0)
      this.count(slot, diffs[i])
      this.space.dirty.add(slot)
    }
  }
  private applyRow(delta: Batch, row: number, diff: number, hash: number): void {
    const slot = this.index.find(hash, delta.cols, row)
    if (slot < 0) {
      this.insertRow(delta, row, diff, hash)
      return
    }
    this.change(slot, diff, hash)
  }
  private insertRow(delta: Batch, row: number, diff: number, hash: number): void {
    const slot = this.space.take()
    this.store.set(slot, delta.cols, row)
    if (this.countsCopies) this.counts.set(slot, diff)
    const existing = this.index.insert(hash, slot, row)
    if (existing >= 0) {
      if (this.countsCopies) this.counts.set(slot, 0)
      this.store.clear(slot)
      this.space.untake(slot)
      this.change(existing, diff, hash)
      return
    }
    if (this.undo.active) this.undo.save(slot, 0)
    this.count(slot, diff)
    this.space.dirty.add(slot)
  }
  private change(slot: number, diff: number, hash: number): void {
    const before = this.counts.get(slot)
    let after = before + diff
    if (after > COUNT_MAX || after < -COUNT_MAX) {
      assert(this.overflowed !== null, 'the count of a row fits 32 bits')
      this.overflowed()
      after = Math.sign(after) * COUNT_MAX
    }
    if (after === 0) {
      this.removeRow(slot, hash)
      return
    }
    if (this.undo.active) this.undo.save(slot, before)
    this.count(slot, after)
    if (this.countsCopies) this.index.recount(hash, slot)
    this.space.dirty.add(slot)
  }
  private count(slot: number, count: number): void {
    this.counts.set(slot, count)
    if (count > this.highest) this.highest = count
  }
  private removeRow(slot: number, hash = this.index.hashOf(slot)): void {
    this.index.remove(hash, slot)
    this.space.retire(slot)
    if (this.undo.active) {
      this.undo.save(slot, this.counts.get(slot))
      this.undo.keepBack(slot, hash)
      this.counts.set(slot, 0)
    } else {
      this.counts.set(slot, 0)
      this.free(slot)
    }
  }
  private free(slot: number): void {
    this.store.clear(slot)
    this.space.recycle(slot)
  }
  private hashKeys(keys: readonly Column[], n: number): void {
    if (this.hashes.length < n) this.hashes = new Uint32Array(n * 2)
    hashRows(keys, n, this.hashes)
  }
}

function allPositive({ n, diffs }: Batch): boolean {
  for (let i = 0; i < n; i++) if (diffs[i] <= 0) return false
  return true
}
