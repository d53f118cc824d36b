import { ChunkedI32 } from './chunked.ts'
import type { RowStore } from './row-store.ts'

/**
 * Rows of one key in order: a treap over slots with subtree sizes, 12 bytes a row; the key index knows the root. Where
 * copies are counted (`counts`), subtrees know those as well, in 8 bytes more a row.
 * Priorities are a hash of the slot: no randomness, no storage, balanced whatever the order of arrival. Chosen over
 * sorted chunks because a million small groups then cost no object each. O(log n) comparisons a change or rank.
 */
export class RowTrees {
  private readonly rows: RowStore
  private readonly lefts = new ChunkedI32()
  private readonly rights = new ChunkedI32()
  private readonly sizes = new ChunkedI32()
  /** Copies of a subtree's rows: low 31 bits, and what is above them. Null where nobody asks. */
  private readonly copiesLow: ChunkedI32 | null
  private readonly copiesHigh = new ChunkedI32()
  private readonly counts: ChunkedI32
  /** While a tree is built, from the root down to the right: what is popped has its whole subtree. With priorities. */
  private readonly spine: number[] = []
  private readonly priorities: number[] = []
  /** The identical row met by the last `insert`, -1 when the slot went in. */
  existing = -1

  /** `counts`: the signed count of each slot, in place before the slot is; `copies`: subtrees sum up those above 0. */
  constructor(rows: RowStore, counts: ChunkedI32, copies: boolean) {
    this.rows = rows
    this.counts = counts
    this.copiesLow = copies ? new ChunkedI32() : null
  }
  /** Puts a slot into the tree of `root` (-1: empty) unless an identical row is there (`existing`); gives the root. */
  insert(root: number, slot: number): number {
    this.existing = -1
    return this.insertAt(root, slot)
  }
  /** Takes a slot of the tree out; gives the root, -1 when the tree is empty. */
  remove(root: number, slot: number): number {
    if (root === slot) return this.merge(this.left(root), this.right(root))
    if (this.rows.compare(slot, root) < 0) this.lefts.set(root, this.remove(this.left(root), slot) + 1)
    else this.rights.set(root, this.remove(this.right(root), slot) + 1)
    this.update(root)
    return root
  }
  /** The count of a slot of the tree has changed. */
  recount(root: number, slot: number): void {
    if (this.copiesLow === null) return
    if (root !== slot) this.recount(this.rows.compare(slot, root) < 0 ? this.left(root) : this.right(root), slot)
    this.update(root)
  }
  /** Slots of ranks [from, from + limit) in order; returns how many there are. */
  range(root: number, from: number, limit: number, out: Int32Array): number {
    const stack: number[] = []
    let node = root
    let rank = from
    while (node >= 0) {
      const before = this.size(this.left(node))
      if (rank <= before) stack.push(node)
      if (rank === before) break
      if (rank < before) node = this.left(node)
      else {
        rank -= before + 1
        node = this.right(node)
      }
    }
    let n = 0
    while (stack.length > 0 && n < limit) {
      node = stack.pop()!
      out[n++] = node
      for (let child = this.right(node); child >= 0; child = this.left(child)) stack.push(child)
    }
    return n
  }
  /** How many rows lie before the row of a slot that need not be in the tree; `existing`: the identical row, else -1. */
  rank(root: number, slot: number): number {
    this.existing = -1
    let rank = 0
    for (let node = root; node >= 0; ) {
      const order = this.rows.compare(slot, node)
      if (order === 0) this.existing = node
      if (order <= 0) node = this.left(node)
      else {
        rank += this.size(this.left(node)) + 1
        node = this.right(node)
      }
    }
    return rank
  }
  /** How many rows lie before a place; `before` holds of no row behind one of which it does not. */
  countBefore(root: number, before: (slot: number) => boolean): number {
    let rank = 0
    for (let node = root; node >= 0; ) {
      if (before(node)) {
        rank += this.size(this.left(node)) + 1
        node = this.right(node)
      } else node = this.left(node)
    }
    return rank
  }
  /** The same in copies of rows. */
  copiesBefore(root: number, before: (slot: number) => boolean): number {
    let copies = 0
    for (let node = root; node >= 0; ) {
      if (before(node)) {
        copies += this.copies(this.left(node)) + this.own(node)
        node = this.right(node)
      } else node = this.left(node)
    }
    return copies
  }
  /** The slot of the n-th copy, counted from 0; -1 when there are not so many. */
  atCopy(root: number, n: number): number {
    for (let node = root; node >= 0; ) {
      const before = this.copies(this.left(node))
      if (n < before) {
        node = this.left(node)
        continue
      }
      const own = this.own(node)
      if (n < before + own) return node
      n -= before + own
      node = this.right(node)
    }
    return -1
  }
  copies(root: number): number {
    return root < 0 || this.copiesLow === null ? 0 : this.copiesHigh.get(root) * LOW + this.copiesLow.get(root)
  }
  /** A tree of slots that are already in order, in O(n). */
  build(slots: Int32Array, start: number, end: number): number {
    const { spine, priorities } = this
    for (let i = start; i < end; i++) {
      const slot = slots[i]
      const own = priority(slot)
      let last = -1
      for (let top = spine.length - 1; top >= 0; top--) {
        if (own < priorities[top] || (own === priorities[top] && slot < spine[top])) break
        last = spine.pop()!
        priorities.pop()
        this.update(last)
      }
      this.lefts.set(slot, last + 1)
      this.rights.set(slot, 0)
      if (spine.length > 0) this.rights.set(spine[spine.length - 1], slot + 1)
      spine.push(slot)
      priorities.push(own)
    }
    const root = spine.length > 0 ? spine[0] : -1
    while (spine.length > 0) this.update(spine.pop()!)
    priorities.length = 0
    return root
  }
  size(root: number): number {
    return root < 0 ? 0 : this.sizes.get(root)
  }
  clear(): void {
    this.lefts.clear()
    this.rights.clear()
    this.sizes.clear()
    this.copiesLow?.clear()
    this.copiesHigh.clear()
  }
  bytes(): number {
    const links = this.lefts.bytes() + this.rights.bytes() + this.sizes.bytes()
    return links + (this.copiesLow?.bytes() ?? 0) + this.copiesHigh.bytes()
  }
  private own(slot: number): number {
    return Math.max(0, this.counts.get(slot))
  }
  private left(slot: number): number {
    return this.lefts.get(slot) - 1
  }
  private right(slot: number): number {
    return this.rights.get(slot) - 1
  }
  private insertAt(node: number, slot: number): number {
    if (node < 0) {
      this.lefts.set(slot, 0)
      this.rights.set(slot, 0)
      this.update(slot)
      return slot
    }
    const order = this.rows.compare(slot, node)
    if (order === 0) {
      this.existing = node
      return node
    }
    if (order < 0) {
      const child = this.insertAt(this.left(node), slot)
      if (this.existing >= 0) return node
      if (before(child, node)) {
        this.lefts.set(node, this.right(child) + 1)
        this.update(node)
        this.rights.set(child, node + 1)
        this.update(child)
        return child
      }
      this.lefts.set(node, child + 1)
    } else {
      const child = this.insertAt(this.right(node), slot)
      if (this.existing >= 0) return node
      if (before(child, node)) {
        this.rights.set(node, this.left(child) + 1)
        this.update(node)
        this.lefts.set(child, node + 1)
        this.update(child)
        return child
      }
      this.rights.set(node, child + 1)
    }
    this.update(node)
    return node
  }
  private merge(a: number, b: number): number {
    if (a < 0) return b
    if (b < 0) return a
    if (before(a, b)) {
      this.rights.set(a, this.merge(this.right(a), b) + 1)
      this.update(a)
      return a
    }
    this.lefts.set(b, this.merge(a, this.left(b)) + 1)
    this.update(b)
    return b
  }
  private update(slot: number): void {
    const left = this.left(slot)
    const right = this.right(slot)
    this.sizes.set(slot, this.size(left) + this.size(right) + 1)
    if (this.copiesLow === null) return
    const copies = this.copies(left) + this.copies(right) + this.own(slot)
    const high = Math.floor(copies / LOW)
    this.copiesHigh.set(slot, high)
    this.copiesLow.set(slot, copies - high * LOW)
  }
}

const LOW = 2 ** 31

/** Whether a stands above b: by a hash of the slots, ties by the slots themselves. */
function before(a: number, b: number): boolean {
  const x = priority(a)
  const y = priority(b)
  return x > y || (x === y && a > b)
}

function priority(slot: number): number {
  let h = Math.imul(slot + 1, 0x9e3779b1)
  h ^= h >>> 15
  h = Math.imul(h, 0x85ebca77)
  h ^= h >>> 13
  return h >>> 0
}
