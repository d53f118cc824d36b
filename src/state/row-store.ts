import type { Column } from '../types/column.ts'
import { columnKindOf } from '../types/column-kind.ts'
import { hashRows } from '../types/hash.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { equalMeansIdentical, makeStateColumn } from './columns/make.ts'
import type { StateColumn } from './columns/state-column.ts'
import type { SortColumn } from './contract.ts'

/** The columns of the rows of one arrangement, by slot. */
export class RowStore {
  readonly columns: readonly StateColumn[]
  readonly types: readonly SqlType[]
  private readonly order: readonly SortColumn[]
  /** Columns that decide between rows of one key that are equal in the order. */
  private readonly beyondOrder: readonly number[]
  /** Columns whose equal values may differ in form. */
  private readonly forms: readonly number[]
  /** Columns that key equality leaves open, cheapest first: what still has to be compared for identity. */
  private readonly beyondKey: readonly number[]

  constructor(types: readonly SqlType[], key: readonly number[], order: readonly SortColumn[]) {
    this.types = types
    this.columns = types.map(makeStateColumn)
    this.order = order
    this.beyondOrder = types
      .map((_, c) => c)
      .filter((c) => !order.some(({ column }) => column === c) && !(key.includes(c) && equalMeansIdentical(types[c])))
    this.forms = types.map((_, c) => c).filter((c) => !exact(types[c]))
    this.beyondKey = types
      .map((_, c) => c)
      .filter((c) => !(key.includes(c) && equalMeansIdentical(types[c])))
      .sort((a, b) => Number(!equalMeansIdentical(types[a])) - Number(!equalMeansIdentical(types[b])))
  }
  /** What `compare` looks at first. */
  get firstSort(): SortColumn | null {
    if (this.order.length > 0) return this.order[0]
    return this.beyondOrder.length > 0 ? { column: this.beyondOrder[0], desc: false, nullsFirst: false } : null
  }
  set(slot: number, cols: readonly Column[], row: number): void {
    for (let c = 0; c < this.columns.length; c++) this.columns[c].set(slot, cols[c], row)
  }
  /** `set` of row i into slots[i], i < n, column by column. */
  setAll(slots: Int32Array, cols: readonly Column[], n: number): void {
    for (let c = 0; c < this.columns.length; c++) this.columns[c].setAll(slots, cols[c], n)
  }
  clear(slot: number): void {
    for (let c = 0; c < this.columns.length; c++) this.columns[c].clear(slot)
  }
  /** Identity of a slot with a row whose key is already known to be equal. */
  sameBeyondKey(slot: number, cols: readonly Column[], row: number): boolean {
    for (let i = 0; i < this.beyondKey.length; i++) {
      const c = this.beyondKey[i]
      if (!this.columns[c].identical(slot, cols[c], row)) return false
    }
    return true
  }
  /**
   * The order of the arrangement, then the row order of `compareRows`: 0 only for indistinguishable rows. For rows of one
   * key: key columns of which equal values are identical are not looked at.
   */
  compare(a: number, b: number): number {
    const sorted = this.compareSort(a, b)
    if (sorted !== 0) return sorted
    for (let i = 0; i < this.beyondOrder.length; i++) {
      const order = this.columns[this.beyondOrder[i]].compare(a, b)
      if (order !== 0) return order
    }
    for (let i = 0; i < this.forms.length; i++) {
      const order = this.columns[this.forms[i]].compareForm(a, b)
      if (order !== 0) return order
    }
    return 0
  }
  /** The order of the arrangement alone. */
  compareSort(a: number, b: number): number {
    for (let i = 0; i < this.order.length; i++) {
      const { column, desc, nullsFirst } = this.order[i]
      const it = this.columns[column]
      const aNull = it.isNull(a)
      if (aNull || it.isNull(b)) {
        if (aNull !== it.isNull(b)) return aNull === nullsFirst ? -1 : 1
        continue
      }
      const order = it.compare(a, b)
      if (order !== 0) return desc ? -order : order
    }
    return 0
  }
  row(slot: number): Datum[] {
    return this.columns.map((column) => column.datum(slot))
  }
  gather(columns: readonly number[], slots: Int32Array, n: number): Column[] {
    return columns.map((c) => this.columns[c].gather(slots, n))
  }
  /** Hashes over all columns of a few slots. */
  rowHashes(slots: Int32Array, n: number, out: Uint32Array): void {
    hashRows(
      this.columns.map((column) => column.gather(slots, n)),
      n,
      out,
    )
  }
  bytes(): number {
    let bytes = 0
    for (const column of this.columns) bytes += column.bytes()
    return bytes
  }
  reset(): void {
    for (const column of this.columns) column.reset()
  }
}

/** Integers and times: no two forms of one value. */
function exact(type: SqlType): boolean {
  return columnKindOf(type) === 'f64' && equalMeansIdentical(type)
}
