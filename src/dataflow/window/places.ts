import type { SortColumn } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { isNullAt } from '../../types/column-read.ts'
import { compareAt, compareBySort } from '../../types/compare.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Page, SlotSequence } from './sequence.ts'

/** Places and groups of a partition that were freed: they lie before its first. */
export interface Gone {
  readonly places: number
  readonly groups: number
}
export const NONE: Gone = { places: 0, groups: 0 }

/** The places of one partition as it stands: rows by place, and the groups of rows that are equal in the order. */
export class Places {
  readonly n: number
  private readonly sequence: SlotSequence
  private readonly order: readonly SortColumn[]
  private readonly types: readonly SqlType[]
  /** Where the last `at` was: places [from, to) of the page. */
  page!: Page
  private from = 0
  private to = 0
  readonly gone: Gone

  constructor(sequence: SlotSequence, order: readonly SortColumn[], types: readonly SqlType[], gone: Gone = NONE) {
    this.sequence = sequence
    this.gone = gone
    this.order = order
    this.types = types
    this.n = sequence.places
  }
  /** The row of a place in `page`, which stays until the next call. */
  at(place: number): number {
    if (place < this.from || place >= this.to) {
      const leaf = this.sequence.leafAt(place)
      this.page = this.sequence.page(leaf)
      this.from = this.sequence.placeOfLeaf(leaf)
      this.to = this.from + this.page.rows.length
    }
    return this.page.rows[place - this.from]
  }
  slotAt(place: number): number {
    const row = this.at(place)
    return this.page.slots[row]
  }
  fold(f: number, from: number, to: number): unknown {
    return this.sequence.fold(f, from, to)
  }

  // ------------------------------------------------------------ groups

  groupStart(place: number): number {
    if (this.order.length === 0) return 0
    const row = this.at(place)
    const { cols } = this.page
    return this.back(place, (other) => this.compareTo(other, cols, row) === 0)
  }
  /** The first place behind the group of a place. */
  groupEnd(place: number): number {
    if (this.order.length === 0) return this.n
    const row = this.at(place)
    const { cols } = this.page
    return this.forth(place + 1, (other) => this.compareTo(other, cols, row) !== 0)
  }
  sameGroup(a: number, b: number): boolean {
    const row = this.at(a)
    return this.compareTo(b, this.page.cols, row) === 0
  }
  /** The order of a place against any row that has the order's columns. */
  compareTo(place: number, cols: readonly Column[], row: number): number {
    const at = this.at(place)
    return compareBySort(this.order, this.types, this.page.cols, at, cols, row)
  }
  /**
   * The value of column `a` at a place against that of column `b` of a row, in the direction of the order: negative
   * when it lies before.
   */
  compareValue(place: number, a: number, cols: readonly Column[], b: number, row: number): number {
    const { desc, nullsFirst } = this.order[0]
    const at = this.at(place)
    const column = this.page.cols[a]
    const aNull = isNullAt(column, at)
    const bNull = isNullAt(cols[b], row)
    if (aNull || bNull) return aNull === bNull ? 0 : aNull === nullsFirst ? -1 : 1
    const sign = compareAt(this.types[a], column, at, cols[b], row)
    return desc ? -sign : sign
  }

  // ------------------------------------------------------------ searching

  /** The first place from `from` on where `test`, false and then true, is true; n where it never is. O(log distance). */
  forth(from: number, test: (place: number) => boolean): number {
    let low = from
    let step = 1
    while (low < this.n && !test(Math.min(this.n, low + step) - 1)) {
      low = Math.min(this.n, low + step)
      step *= 2
    }
    let high = Math.min(this.n, low + step)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (test(middle)) high = middle
      else low = middle + 1
    }
    return low
  }
  /** The lowest place up to `from` from which on `test`, false and then true, is true; it is at `from`. */
  back(from: number, test: (place: number) => boolean): number {
    let high = from
    let step = 1
    while (high > 0 && test(Math.max(0, high - step))) {
      high = Math.max(0, high - step)
      step *= 2
    }
    let low = Math.max(0, high - step)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (test(middle)) high = middle
      else low = middle + 1
    }
    return high
  }
}
