import type { Column } from '../types/column.ts'
import { hashRow, hashRows } from '../types/hash.ts'
import { CHUNK_ROWS, type Matches } from './contract.ts'
import { HashIndex } from './hash-index.ts'
import { KeyMatcher } from './key-matcher.ts'
import { RowChains } from './row-chains.ts'
import type { RowStore } from './row-store.ts'
import { RowTrees } from './row-trees.ts'

/**
 * From keys to rows: the hash index knows one slot a key, the head of the key's chain, or the root of its tree when the
 * arrangement has an order.
 */
export class ArrangementIndex {
  private readonly store: RowStore
  private readonly key: readonly number[]
  private readonly heads: HashIndex
  private readonly chains: RowChains
  private readonly trees: RowTrees | null
  private keys: readonly Column[] = []
  private lastHead = -1
  private readonly matchKey = (a: number, b: number): boolean => this.sameKey(a, b)

  constructor(store: RowStore, key: readonly number[], ordered: boolean) {
    this.store = store
    this.key = key
    this.heads = new HashIndex(new KeyMatcher(key.map((c) => store.columns[c])))
    this.chains = new RowChains(store)
    this.trees = ordered ? new RowTrees(store) : null
  }
  /** The columns of the batch that `find` and `insert` are about. */
  begin(cols: readonly Column[]): void {
    this.keys = this.key.map((c) => cols[c])
  }
  head(hash: number, keys: readonly Column[], row: number): number {
    return this.heads.find(hash, keys, row)
  }
  /** The slot of an identical row, -1 when absent; with an order only `insert` can tell. */
  find(hash: number, cols: readonly Column[], row: number): number {
    this.lastHead = this.heads.find(hash, this.keys, row)
    if (this.lastHead < 0 || this.trees !== null) return -1
    return this.chains.find(this.lastHead, cols, row)
  }
  /** Right after `find` gave -1 for the same row. The slot of an identical row when there is one (nothing changes then). */
  insert(hash: number, slot: number, cols: readonly Column[], row: number): number {
    const head = this.lastHead
    if (head < 0) {
      this.trees?.insert(-1, slot)
      this.heads.insert(hash, slot)
      return -1
    }
    if (this.trees === null) {
      this.chains.add(head, slot, cols, row)
      this.heads.note(hash, slot)
      return -1
    }
    const root = this.trees.insert(head, slot)
    if (this.trees.existing >= 0) return this.trees.existing
    this.heads.note(hash, slot)
    if (root !== head) this.heads.replace(hash, head, root)
    return -1
  }
  remove(hash: number, slot: number): void {
    const head = this.heads.headOf(hash, slot, this.matchKey)
    const after = this.trees === null ? this.chains.remove(head, slot) : this.trees.remove(head, slot)
    if (after < 0) this.heads.remove(hash, head)
    else if (after !== head) this.heads.replace(hash, head, after)
  }
  hashOf(slot: number): number {
    return this.heads.hashOf(slot)
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
  /** All slots of the one group of an ordered arrangement without key, in order. */
  *inOrder(): Generator<number> {
    const root = this.heads.find(hashRow([], 0) | 0, [], 0)
    const page = new Int32Array(CHUNK_ROWS)
    for (let from = 0; root >= 0; ) {
      const n = this.trees!.range(root, from, page.length, page)
      if (n === 0) return
      for (let k = 0; k < n; k++) yield page[k]
      from += n
    }
  }
  /** Builds the index of `count` loaded rows. */
  rebuild(slots: Iterable<number>, count: number): void {
    this.clear()
    this.heads.reserve(count)
    if (this.trees !== null) this.rebuildTrees(slots, count)
    else
      this.inPages(slots, (page, n, hashes) => {
        const cols = this.store.columns.map((column) => column.gather(page, n))
        this.begin(cols)
        for (let k = 0; k < n; k++) {
          this.lastHead = this.heads.find(hashes[k] | 0, this.keys, k)
          this.insert(hashes[k] | 0, page[k], cols, k)
        }
      })
  }
  clear(): void {
    this.heads.clear()
    this.chains.clear()
    this.trees?.clear()
  }
  bytes(): number {
    return this.heads.bytes() + this.chains.bytes() + (this.trees?.bytes() ?? 0)
  }
  /** Sorted once by (hash, key, order): every tree is then built from its run in O(n). */
  private rebuildTrees(slots: Iterable<number>, count: number): void {
    const all = new Int32Array(count)
    let at = 0
    this.inPages(slots, (page, n, hashes) => {
      for (let k = 0; k < n; k++) {
        this.heads.note(hashes[k] | 0, page[k])
        all[at++] = page[k]
      }
    })
    const keyColumns = this.key.map((c) => this.store.columns[c])
    all.sort((a, b) => {
      const byHash = this.heads.hashOf(a) - this.heads.hashOf(b)
      if (byHash !== 0) return byHash
      for (const column of keyColumns) {
        if (!column.same(a, b)) return column.compare(a, b) || column.compareForm(a, b)
      }
      return this.store.compare(a, b)
    })
    for (let start = 0, end = 0; start < count; start = end) {
      end = start + 1
      while (end < count && this.sameGroup(all[start], all[end])) end++
      this.heads.insert(this.heads.hashOf(all[start]), this.trees!.build(all, start, end))
    }
  }
  private sameGroup(a: number, b: number): boolean {
    return this.heads.hashOf(a) === this.heads.hashOf(b) && this.sameKey(a, b)
  }
  private sameKey(a: number, b: number): boolean {
    for (const c of this.key) if (!this.store.columns[c].same(a, b)) return false
    return true
  }
  private inPages(slots: Iterable<number>, visit: (page: Int32Array, n: number, hashes: Uint32Array) => void): void {
    const page = new Int32Array(CHUNK_ROWS)
    const hashes = new Uint32Array(CHUNK_ROWS)
    let n = 0
    const flush = () => {
      hashRows(this.store.gather(this.key, page, n), n, hashes)
      visit(page, n, hashes)
      n = 0
    }
    for (const slot of slots) {
      page[n++] = slot
      if (n === CHUNK_ROWS) flush()
    }
    if (n > 0) flush()
  }
}

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
