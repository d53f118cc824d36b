import type { Arrangement } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { type Fold, mergeNullable } from './fold.ts'

/** A run of rows in order. `partials`: what each fold gives over its places, undefined until somebody asks. */
interface Leaf {
  slots: number[]
  places: number
  page: Page | null
  partials: (unknown | undefined)[]
}

/** The rows of a leaf by place, with the columns that are read. */
export class Page {
  /** The leaf's row at each place. */
  readonly rows: Int32Array
  readonly slots: Int32Array
  /** By column number; those that are read. */
  readonly cols: Column[] = []

  constructor(slots: readonly number[], store: Arrangement, used: readonly number[]) {
    this.slots = Int32Array.from(slots)
    const counts = store.diffs(this.slots, slots.length)
    let places = 0
    for (const count of counts) if (count > 0) places += count
    this.rows = new Int32Array(places)
    let place = 0
    for (let i = 0; i < counts.length; i++) for (let k = 0; k < counts[i]; k++) this.rows[place++] = i
    store.gather(used, this.slots, slots.length).forEach((column, i) => {
      this.cols[used[i]] = column
    })
  }
}

/**
 * The rows of one partition by place (a row of count c has c places, one of negative count none), over the slots of an
 * arrangement: leaves of some hundred slots, and above them for each fold a tree of partials that is filled on demand.
 * Cost of a place or of a fold over any run of places: O(log n); of a changed row: its leaf, and two numbers a leaf
 * once a tick.
 */
export class SlotSequence {
  private leaves: Leaf[] = []
  /** Slots and places before each leaf; one entry more than leaves. */
  private slotStarts: number[] = [0]
  private placeStarts: number[] = [0]
  /** By fold: partials of a full binary tree, leaves in the second half. */
  private trees: (unknown | undefined)[][] = []
  private base = 1
  private paged: Leaf[] = []
  private readonly store: Arrangement
  private readonly folds: readonly Fold[]
  private readonly used: readonly number[]
  private readonly leafSlots: number

  /** `used`: the columns that folds and readers of pages look at. */
  constructor(store: Arrangement, folds: readonly Fold[], used: readonly number[], leafSlots: number) {
    this.store = store
    this.folds = folds
    this.used = used
    this.leafSlots = leafSlots
  }
  get slots(): number {
    return this.slotStarts[this.leaves.length]
  }
  get places(): number {
    return this.placeStarts[this.leaves.length]
  }
  bytes(): number {
    return this.slots * 8 + this.leaves.length * (120 + this.folds.length * 100)
  }
  /** All slots of the partition, in order. */
  load(slots: Int32Array, n: number): void {
    this.leaves = []
    const size = Math.max(1, this.leafSlots >> 1)
    for (let from = 0; from < n; from += size) {
      this.leaves.push(this.leaf(Array.from(slots.subarray(from, Math.min(n, from + size)))))
    }
    this.grow()
    this.restart()
  }
  /** `removed`: ranks of slots before the change; `inserted`: ranks after it, and their slots. Both ascending. */
  change(removed: readonly number[], inserted: readonly { readonly rank: number; readonly slot: number }[]): void {
    const changed = new Set<Leaf>()
    let leaf = 0
    let gone = 0
    for (const rank of removed) {
      while (rank >= this.slotStarts[leaf + 1]) {
        leaf++
        gone = 0
      }
      this.leaves[leaf].slots.splice(rank - this.slotStarts[leaf] - gone++, 1)
      changed.add(this.leaves[leaf])
    }
    if (this.leaves.length === 0) this.leaves.push(this.leaf([]))
    this.restart()
    leaf = 0
    let come = 0
    inserted.forEach(({ rank, slot }, k) => {
      const middle = rank - k
      while (leaf < this.leaves.length - 1 && middle > this.slotStarts[leaf + 1]) {
        leaf++
        come = 0
      }
      this.leaves[leaf].slots.splice(middle - this.slotStarts[leaf] + come++, 0, slot)
      changed.add(this.leaves[leaf])
    })
    this.settle(changed)
  }
  private settle(changed: ReadonlySet<Leaf>): void {
    let same = true
    const leaves: Leaf[] = []
    this.leaves.forEach((leaf, i) => {
      if (!changed.has(leaf)) leaves.push(leaf)
      else if (leaf.slots.length === 0) same = false
      else if (leaf.slots.length > this.leafSlots) {
        same = false
        const size = Math.max(1, this.leafSlots >> 1)
        for (let from = 0; from < leaf.slots.length; from += size) {
          leaves.push(this.leaf(leaf.slots.slice(from, from + size)))
        }
      } else {
        leaves.push(this.leaf(leaf.slots))
        this.forget(i)
      }
    })
    this.leaves = leaves
    if (!same) this.grow()
    this.restart()
  }
  private leaf(slots: number[]): Leaf {
    let places = 0
    for (const slot of slots) places += Math.max(0, this.store.diff(slot))
    return { slots, places, page: null, partials: [] }
  }
  private restart(): void {
    const { leaves } = this
    this.slotStarts.length = leaves.length + 1
    this.placeStarts.length = leaves.length + 1
    this.slotStarts[0] = 0
    this.placeStarts[0] = 0
    for (let i = 0; i < leaves.length; i++) {
      this.slotStarts[i + 1] = this.slotStarts[i] + leaves[i].slots.length
      this.placeStarts[i + 1] = this.placeStarts[i] + leaves[i].places
    }
  }

  // ------------------------------------------------------------ places

  /** Pages are kept until this. */
  release(): void {
    for (const leaf of this.paged) leaf.page = null
    this.paged = []
  }
  leafAt(place: number): number {
    return search(this.placeStarts, place)
  }
  placeOfLeaf(leaf: number): number {
    return this.placeStarts[leaf]
  }
  page(leaf: number): Page {
    const it = this.leaves[leaf]
    if (it.page === null) {
      it.page = new Page(it.slots, this.store, this.used)
      this.paged.push(it)
    }
    return it.page
  }
  /** Places before the slot of this rank. */
  placeOfRank(rank: number): number {
    if (rank >= this.slots) return this.places
    const leaf = search(this.slotStarts, rank)
    const { slots } = this.leaves[leaf]
    let place = this.placeStarts[leaf]
    for (let i = 0; i < rank - this.slotStarts[leaf]; i++) place += Math.max(0, this.store.diff(slots[i]))
    return place
  }

  // ------------------------------------------------------------ folds

  /** The fold over the places [from, to). */
  fold(f: number, from: number, to: number): unknown {
    if (from >= to) return null
    const first = this.leafAt(from)
    const last = this.leafAt(to - 1)
    if (first === last) return this.foldIn(f, first, from, to)
    const fold = this.folds[f]
    const head = this.foldIn(f, first, from, this.placeStarts[first + 1])
    const middle = this.foldLeaves(f, first + 1, last)
    const tail = this.foldIn(f, last, this.placeStarts[last], to)
    return mergeNullable(fold, mergeNullable(fold, head, middle), tail)
  }
  private foldIn(f: number, leaf: number, from: number, to: number): unknown {
    const start = this.placeStarts[leaf]
    if (from === start && to === this.placeStarts[leaf + 1]) return this.leafPartial(f, leaf)
    return this.foldRows(f, leaf, from - start, to - start)
  }
  private foldRows(f: number, leaf: number, from: number, to: number): unknown {
    const fold = this.folds[f]
    const page = this.page(leaf)
    const cols = page.cols
    let partial: unknown = null
    for (let place = from; place < to; place++) {
      partial = mergeNullable(fold, partial, fold.own(cols, page.rows[place]))
    }
    return partial
  }
  private leafPartial(f: number, leaf: number): unknown {
    const it = this.leaves[leaf]
    if (it.partials[f] === undefined) it.partials[f] = this.foldRows(f, leaf, 0, it.places)
    return it.partials[f]
  }
  /** Leaves [from, to). */
  private foldLeaves(f: number, from: number, to: number): unknown {
    const fold = this.folds[f]
    let left: unknown = null
    let right: unknown = null
    for (let a = from + this.base, b = to + this.base; a < b; a >>= 1, b >>= 1) {
      if ((a & 1) === 1) left = mergeNullable(fold, left, this.node(f, a++))
      if ((b & 1) === 1) right = mergeNullable(fold, this.node(f, --b), right)
    }
    return mergeNullable(fold, left, right)
  }
  private node(f: number, n: number): unknown {
    if (n >= this.base) return n - this.base < this.leaves.length ? this.leafPartial(f, n - this.base) : null
    this.trees[f] ??= []
    const tree = this.trees[f]
    if (tree[n] === undefined) tree[n] = mergeNullable(this.folds[f], this.node(f, 2 * n), this.node(f, 2 * n + 1))
    return tree[n]
  }
  /** A leaf changed in place. */
  private forget(leaf: number): void {
    for (const tree of this.trees) {
      if (tree === undefined) continue
      for (let n = (leaf + this.base) >> 1; n >= 1; n >>= 1) tree[n] = undefined
    }
  }
  /** Leaves came or went: the trees begin anew; the partials of leaves stay. */
  private grow(): void {
    this.base = 1
    while (this.base < this.leaves.length) this.base *= 2
    this.trees = []
  }
}

/** The last i with starts[i] ≤ at, leaves without places passed over. */
function search(starts: readonly number[], at: number): number {
  let low = 0
  let high = starts.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle] <= at) low = middle
    else high = middle - 1
  }
  return low
}
