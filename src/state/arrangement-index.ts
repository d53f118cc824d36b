import type { Column } from '../types/column.ts'
import { hashRow, hashRows } from '../types/hash.ts'
import { ChunkedI32 } from './chunked.ts'
import { CHUNK_ROWS, type Matches } from './contract.ts'
import { HashIndex } from './hash-index.ts'
import { HashedRows } from './hashed-rows.ts'
import { KeyMatcher } from './key-matcher.ts'
import { INDEXED_LATER_MAX, RowChains } from './row-chains.ts'
import type { RowStore } from './row-store.ts'
import type { RowTrees } from './row-trees.ts'
import { SortPrefixes } from './sort-prefixes.ts'

/** Heads of a whole batch, looked up at once before its rows are applied. */
let headsScratch = new Int32Array(64)
/** Which heads moved since (by hash, so some others too): those are looked up again. */
const MOVED_MASK = (1 << 14) - 1
const moved = new Int32Array(MOVED_MASK + 1)
/** Wraps as the array does: a mark of old costs a look, no more. */
let stamp = 0

/**
 * From keys to rows: the hash index knows one slot a key, the head of the key's chain, or the root of its tree when the
 * arrangement has an order.
 */
export class ArrangementIndex {
  private readonly store: RowStore
  private readonly key: readonly number[]
  private readonly byKey: HashIndex
  private readonly chains: RowChains
  private readonly trees: RowTrees | null
  /** Rows are never looked for: long chains need no row index. */
  private readonly appendOnly: boolean
  private keys: readonly Column[] = []
  private found: Int32Array = headsScratch
  private lastHead = -1
  private readonly matchKey = (a: number, b: number): boolean => this.sameKey(a, b)
  /** Key, then order. */
  private readonly compareRows = (a: number, b: number): number => {
    for (const c of this.key) {
      const column = this.store.columns[c]
      if (!column.same(a, b)) return column.compare(a, b) || column.compareForm(a, b)
    }
    return this.store.compare(a, b)
  }

  constructor(store: RowStore, key: readonly number[], trees: RowTrees | null, appendOnly: boolean) {
    this.appendOnly = appendOnly
    this.store = store
    this.key = key
    this.byKey = new HashIndex(new KeyMatcher(key.map((c) => store.columns[c])))
    this.chains = new RowChains(store)
    this.trees = trees
  }
  /** The columns of the batch that `find` and `insert` are about. */
  begin(cols: readonly Column[], hashes: Uint32Array, n: number): void {
    this.keys = this.key.map((c) => cols[c])
    this.found = this.heads(hashes, this.keys, n)
    this.chains.begin(cols, n)
    stamp = (stamp + 1) | 0
  }
  /** The head of the key of each probe row, -1 where absent; the array is reused by the next call of any index. */
  heads(hashes: Uint32Array, keys: readonly Column[], n: number): Int32Array {
    if (headsScratch.length < n) headsScratch = new Int32Array(n * 2)
    this.byKey.findAll(hashes, keys, n, headsScratch)
    return headsScratch
  }
  head(hash: number, keys: readonly Column[], row: number): number {
    return this.byKey.find(hash, keys, row)
  }
  /** The slot of an identical row, -1 when absent; with an order only `insert` can tell. */
  find(hash: number, cols: readonly Column[], row: number): number {
    this.lastHead = this.headNow(hash, row)
    if (this.lastHead < 0 || this.trees !== null) return -1
    return this.chains.find(this.lastHead, cols, row)
  }
  /** Right after `find` gave -1 for the same row. The slot of an identical row when there is one (nothing changes then). */
  insert(hash: number, slot: number, row: number): number {
    const head = this.lastHead
    if (head < 0) {
      this.trees?.insert(-1, slot)
      moved[hash & MOVED_MASK] = stamp
      this.byKey.insert(hash, slot)
      return -1
    }
    if (this.trees === null) {
      this.chains.add(head, slot, this.appendOnly ? 0 : this.chains.walked, row)
      this.byKey.note(hash, slot)
      return -1
    }
    const root = this.trees.insert(head, slot)
    if (this.trees.existing >= 0) return this.trees.existing
    this.byKey.note(hash, slot)
    if (root !== head) this.moveHead(hash, head, root)
    return -1
  }
  /** Adds a row of the batch without looking for an identical one; its values are in the slot already. */
  append(hash: number, slot: number, row: number): void {
    this.lastHead = this.headNow(hash, row)
    this.insert(hash, slot, row)
  }
  remove(hash: number, slot: number): void {
    const head = this.byKey.headOf(hash, slot, this.matchKey)
    const after = this.trees === null ? this.chains.remove(head, slot) : this.trees.remove(head, slot)
    if (after !== head) this.moveHead(hash, head, after)
  }
  /** The count of an indexed slot has changed. */
  recount(hash: number, slot: number): void {
    this.trees?.recount(this.byKey.headOf(hash, slot, this.matchKey), slot)
  }
  private headNow(hash: number, row: number): number {
    return moved[hash & MOVED_MASK] === stamp ? this.byKey.find(hash, this.keys, row) : this.found[row]
  }
  private moveHead(hash: number, from: number, to: number): void {
    moved[hash & MOVED_MASK] = stamp
    if (to < 0) this.byKey.remove(hash, from)
    else this.byKey.replace(hash, from, to)
  }
  hashOf(slot: number): number {
    return this.byKey.hashOf(slot)
  }
  /** Appends all rows of a key to the matches of a probe row. */
  collect(head: number, row: number, out: Matches): void {
    if (this.trees !== null) {
      const size = this.trees.size(head)
      reserve(out, size)
      const n = this.trees.range(head, 0, size, out.n === 0 ? out.slot : out.slot.subarray(out.n))
      for (let k = 0; k < n; k++) out.probe[out.n++] = row
      return
    }
    for (let slot = head; slot >= 0; slot = this.chains.after(slot)) {
      reserve(out, 1)
      out.probe[out.n] = row
      out.slot[out.n++] = slot
    }
  }
  range(head: number, from: number, limit: number, out: Int32Array): number {
    return this.trees!.range(head, from, limit, out)
  }
  /** Rank of the row that stands in a slot without being indexed; `out[0]`: the identical row, -1 when there is none. */
  rank(head: number, slot: number, out: Int32Array): number {
    const rank = this.trees!.rank(head, slot)
    out[0] = this.trees!.existing
    return rank
  }
  /** How many rows of the key are before a place; `before` holds of no row behind one of which it does not. */
  countBefore(head: number, before: (slot: number) => boolean): number {
    return this.trees!.countBefore(head, before)
  }
  /** Where copies are counted: those of the key's rows that are before a place. */
  copiesBefore(head: number, before: (slot: number) => boolean): number {
    return this.trees!.copiesBefore(head, before)
  }
  copies(head: number): number {
    return this.trees!.copies(head)
  }
  atCopy(head: number, n: number): number {
    return this.trees!.atCopy(head, n)
  }
  /** All slots of the one group of an ordered arrangement without key, in order. */
  *inOrder(): Generator<number> {
    const root = this.byKey.find(hashRow([], 0) | 0, [], 0)
    const page = new Int32Array(CHUNK_ROWS)
    for (let from = 0; root >= 0; ) {
      const n = this.trees!.range(root, from, page.length, page)
      if (n === 0) return
      for (let k = 0; k < n; k++) yield page[k]
      from += n
    }
  }
  /** Builds the index of `count` loaded rows. */
  rebuild(pages: Pages, count: number): void {
    this.clear()
    const rows = new HashedRows(count)
    const prefixes = this.trees === null ? null : new SortPrefixes(this.store, count)
    const page = new Int32Array(CHUNK_ROWS)
    const hashes = new Uint32Array(CHUNK_ROWS)
    for (const n of pages(page)) {
      hashRows(this.store.gather(this.key, page, n), n, hashes)
      this.byKey.noteAll(page, hashes, n)
      prefixes?.add(page, n, rows.n)
      rows.add(page, hashes, n)
    }
    if (prefixes === null) this.rebuildChains(rows, pages)
    else this.rebuildTrees(rows, prefixes)
  }
  clear(): void {
    this.byKey.clear()
    this.chains.clear()
    this.trees?.clear()
  }
  bytes(): number {
    return this.byKey.bytes() + this.chains.bytes() + (this.trees?.bytes() ?? 0)
  }
  private rebuildChains(rows: HashedRows, pages: Pages): void {
    this.byKey.reserve(rows.distinct())
    /** By head, the rows behind it. */
    const behind = new ChunkedI32()
    const long: number[] = []
    this.byKey.fill(rows, this.matchKey, (head, slot) => {
      this.chains.link(head, slot)
      if (this.appendOnly) return
      const length = behind.get(head) + 1
      behind.set(head, length)
      if (length === INDEXED_LATER_MAX) long.push(head)
    })
    if (long.length > 0) this.chains.indexAll(long, pages)
  }
  /** Sorted once by (hash, key, order): every tree is then built from its run in O(n). */
  private rebuildTrees(rows: HashedRows, prefixes: SortPrefixes): void {
    this.byKey.reserve(rows.distinct())
    const plant = (slots: Int32Array, start: number, end: number, hash: number) =>
      this.byKey.insert(hash, this.trees!.build(slots, start, end))
    prefixes.sort(rows, {
      compare: this.compareRows,
      sameKey: this.key.length === 0 ? () => true : this.matchKey,
      group: plant,
    })
  }
  private sameKey(a: number, b: number): boolean {
    for (const c of this.key) if (!this.store.columns[c].same(a, b)) return false
    return true
  }
}

/** Fills the page with slots, and tells how many, until there are no more. */
type Pages = (page: Int32Array) => Iterable<number>

function reserve(out: Matches, more: number): void {
  const needed = out.n + more
  if (needed <= out.slot.length && needed <= out.probe.length) return
  const size = Math.max(64, needed, out.slot.length * 2)
  const slot = new Int32Array(size)
  slot.set(out.slot.subarray(0, out.n))
  out.slot = slot
  const probe = new Int32Array(size)
  probe.set(out.probe.subarray(0, out.n))
  out.probe = probe
}
