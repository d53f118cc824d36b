import type { Column } from '../types/column.ts'
import { hashRows } from '../types/hash.ts'
import { ChunkedI32, SlotBits } from './chunked.ts'
import { CHUNK_ROWS } from './contract.ts'
import { HashIndex } from './hash-index.ts'
import { HashedRows } from './hashed-rows.ts'
import { RowMatcher } from './key-matcher.ts'
import type { RowStore } from './row-store.ts'

/** A chain longer than this gets its rows into the row index: finding a row stays O(1) under any key. */
const WALK_MAX = 16
/** After a restart chains up to this long get their row index when a row is first looked for: a few milliseconds. */
export const INDEXED_LATER_MAX = 1 << 14

const slotScratch = new Int32Array(CHUNK_ROWS)
const hashScratch = new Uint32Array(CHUNK_ROWS)

/**
 * Rows of one key, in a doubly linked chain from the head that the key index knows. Links cost 8 bytes a row, and only
 * in chunks in which a key has several rows. Short chains are walked; the rows of long ones are found by a hash of the
 * whole row. `indexed` chains stay so until they are empty.
 */
export class RowChains {
  private readonly rows: RowStore
  private readonly next = new ChunkedI32()
  private readonly previous = new ChunkedI32()
  private readonly indexed = new SlotBits()
  private readonly byRow: HashIndex
  /** Rows of the chain in which the last `find` found nothing. */
  walked = 0
  private batch: readonly Column[] = []
  private batchRows = 0
  private batchHashes = new Uint32Array(64)
  private hashed = false

  constructor(rows: RowStore) {
    this.rows = rows
    this.byRow = new HashIndex(new RowMatcher(rows.columns))
  }
  /** The rows that `find` and `add` are about. */
  begin(cols: readonly Column[], n: number): void {
    this.batch = cols
    this.batchRows = n
    this.hashed = false
  }
  /** The slot of an identical row in the chain of `head`, -1 when absent. */
  find(head: number, cols: readonly Column[], row: number): number {
    if (this.indexed.has(head)) return this.byRow.find(this.batchHash(row), cols, row)
    this.walked = 0
    for (let slot = head; slot >= 0; slot = this.next.get(slot) - 1) {
      if (this.rows.sameBeyondKey(slot, cols, row)) return slot
      if (++this.walked <= WALK_MAX) continue
      this.indexChain(head)
      return this.byRow.find(this.batchHash(row), cols, row)
    }
    return -1
  }
  /** Adds the slot of a row of the batch behind the head of a chain of `length` rows; the head stays as it is. */
  add(head: number, slot: number, length: number, row: number): void {
    this.link(head, slot)
    if (this.indexed.has(head)) this.index(slot, this.batchHash(row))
    else if (length >= WALK_MAX) this.indexChain(head)
  }
  /** `add` without the row index: a rebuild makes that for all long chains at once. */
  link(head: number, slot: number): void {
    const after = this.next.get(head)
    this.next.set(slot, after)
    this.previous.set(slot, head + 1)
    if (after !== 0) this.previous.set(after - 1, slot + 1)
    this.next.set(head, slot + 1)
  }
  /** Makes the row index of these chains. `pages`: all live slots, ascending. */
  indexAll(heads: readonly number[], pages: (page: Int32Array) => Iterable<number>): void {
    for (const head of heads) for (let slot = head; slot >= 0; slot = this.next.get(slot) - 1) this.indexed.add(slot)
    const rows = new HashedRows(this.indexed.count)
    const page = new Int32Array(CHUNK_ROWS)
    const slots = new Int32Array(CHUNK_ROWS)
    const hashes = new Uint32Array(CHUNK_ROWS)
    for (const n of pages(page)) {
      let picked = 0
      for (let k = 0; k < n; k++) if (this.indexed.has(page[k])) slots[picked++] = page[k]
      if (picked === 0) continue
      this.rows.rowHashes(slots, picked, hashes)
      this.byRow.noteAll(slots, hashes, picked)
      rows.add(slots, hashes, picked)
    }
    this.byRow.reserve(rows.n)
    this.byRow.fill(rows, null, () => {})
  }
  /** Takes a slot out and returns the head from now on (-1: the chain is empty). */
  remove(head: number, slot: number): number {
    if (this.indexed.has(slot)) {
      this.byRow.remove(this.byRow.hashOf(slot), slot)
      this.indexed.delete(slot)
    }
    const after = this.next.get(slot)
    const before = this.previous.get(slot)
    if (after !== 0) this.previous.set(after - 1, before)
    if (before !== 0) this.next.set(before - 1, after)
    this.next.set(slot, 0)
    this.previous.set(slot, 0)
    return slot === head ? after - 1 : head
  }
  after(slot: number): number {
    return this.next.get(slot) - 1
  }
  clear(): void {
    this.next.clear()
    this.previous.clear()
    this.indexed.clear()
    this.byRow.clear()
  }
  bytes(): number {
    return this.next.bytes() + this.previous.bytes() + this.indexed.bytes() + this.byRow.bytes()
  }
  /** Hashes of the batch's whole rows: made for all at once, when a long chain first asks. */
  private batchHash(row: number): number {
    if (!this.hashed) {
      if (this.batchHashes.length < this.batchRows) this.batchHashes = new Uint32Array(this.batchRows * 2)
      hashRows(this.batch, this.batchRows, this.batchHashes)
      this.hashed = true
    }
    return this.batchHashes[row] | 0
  }
  private indexChain(head: number): void {
    let n = 0
    for (let slot = head; slot >= 0; slot = this.next.get(slot) - 1) {
      slotScratch[n++] = slot
      if (n < CHUNK_ROWS) continue
      this.indexSlots(n)
      n = 0
    }
    this.indexSlots(n)
  }
  private indexSlots(n: number): void {
    this.rows.rowHashes(slotScratch, n, hashScratch)
    for (let i = 0; i < n; i++) this.index(slotScratch[i], hashScratch[i] | 0)
  }
  private index(slot: number, hash: number): void {
    this.indexed.add(slot)
    this.byRow.insert(hash, slot)
  }
}
