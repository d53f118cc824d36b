import type { Column, NumColumn, StrColumn } from '../types/column.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { SortColumn } from './contract.ts'
import type { HashedRows } from './hashed-rows.ts'
import { radixOrder } from './radix-order.ts'
import type { RowStore } from './row-store.ts'

/** NULLs first or last: no double has one of these as its first word, and texts that do are decided by comparison. */
const FIRST = 0
const LAST = 0xffffffff
/** Powers of ten up to here are exact doubles. */
const SCALE_MAX = 22
const POWERS = Array.from({ length: SCALE_MAX + 1 }, (_, scale) => Number(`1e${scale}`))

const scratch = new Float64Array(1)
const words = new Uint32Array(scratch.buffer)

interface Grouping {
  /** Key, then order, of two slots. */
  readonly compare: (a: number, b: number) => number
  readonly sameKey: (a: number, b: number) => boolean
  readonly group: (slots: Int32Array, start: number, end: number, hash: number) => void
}

/**
 * Sorts the rows of an ordered arrangement by hash and order without comparing most of them: 64 bits of the first sort
 * column say the order, and only rows that agree in them are compared.
 */
export class SortPrefixes {
  private readonly store: RowStore
  private readonly by: SortColumn | null
  readonly high: Uint32Array
  readonly low: Uint32Array
  private missing = false

  constructor(store: RowStore, count: number) {
    this.store = store
    this.by = store.firstSort
    this.high = new Uint32Array(this.by === null ? 0 : count)
    this.low = new Uint32Array(this.by === null ? 0 : count)
  }
  /** The prefixes of n slots go to places from `at` on. */
  add(slots: Int32Array, n: number, at: number): void {
    if (this.by === null || this.missing) return
    const [column] = this.store.gather([this.by.column], slots, n)
    this.missing = !sortPrefixes(column, this.store.types[this.by.column], this.by, n, this, at)
  }
  /** Hands every key's rows, in order, to `group`. */
  sort(rows: HashedRows, { compare, sameKey, group }: Grouping): void {
    const { n } = rows
    const known = this.by !== null && !this.missing
    const hashes = new Uint32Array(rows.hashes.buffer, 0, n)
    const order = radixOrder(n, known ? [this.low, this.high, hashes] : [hashes])
    const slots = new Int32Array(n)
    for (let i = 0; i < n; i++) slots[i] = rows.slots[order[i]]
    for (let start = 0, end = 0; start < n; start = end) {
      const hash = hashes[order[start]]
      end = start + 1
      let one = true
      while (end < n && hashes[order[end]] === hash) one = sameKey(slots[start], slots[end++]) && one
      if (one && known) this.sortTies(start, end, slots, order, compare)
      else slots.subarray(start, end).sort(compare)
      if (one) {
        group(slots, start, end, hash | 0)
        continue
      }
      // Several keys of one hash.
      for (let from = start, to = start; from < end; from = to) {
        to = from + 1
        while (to < end && sameKey(slots[from], slots[to])) to++
        group(slots, from, to, hash | 0)
      }
    }
  }
  private sortTies(
    from: number,
    to: number,
    slots: Int32Array,
    order: Uint32Array,
    compare: (a: number, b: number) => number,
  ): void {
    const { high, low } = this
    for (let start = from, end = from; start < to; start = end) {
      end = start + 1
      while (end < to && high[order[end]] === high[order[start]] && low[order[end]] === low[order[start]]) end++
      if (end > start + 1) slots.subarray(start, end).sort(compare)
    }
  }
}

/**
 * 64 bits a row, from `at` on, in the order of a sort column: rows in order never have falling prefixes, and rows of one
 * prefix have to be compared. False: the column has values for which there is none.
 */
function sortPrefixes(
  column: Column,
  type: SqlType,
  { desc, nullsFirst }: SortColumn,
  n: number,
  out: { readonly high: Uint32Array; readonly low: Uint32Array },
  at: number,
): boolean {
  if (column.kind === 'i64' || column.kind === 'any') return false
  if (column.kind === 'num' && (column.big !== null || !scalesAreExact(column, n))) return false
  if (column.kind === 'str' && (type.kind === 'jsonb' || type.kind === 'bpchar')) return false
  const { high, low } = out
  for (let k = 0; k < n; k++) {
    const i = at + k
    if (column.nulls !== null && column.nulls[k] === 1) {
      high[i] = low[i] = nullsFirst ? FIRST : LAST
      continue
    }
    if (column.kind === 'str') textPrefix(column, k, high, low, i)
    else {
      // A mantissa and a power of ten are exact, so their quotient is rounded once: never out of order.
      numberPrefix(column.kind === 'f64' ? column.data[k] : quotient(column, k), high, low, i)
    }
    if (desc) {
      high[i] = ~high[i]
      low[i] = ~low[i]
    }
  }
  return true
}

function scalesAreExact({ scale, scales }: NumColumn, n: number): boolean {
  if (scale >= 0) return scale <= SCALE_MAX
  for (let k = 0; k < n; k++) if (scales![k] > SCALE_MAX) return false
  return true
}

function quotient({ data, scale, scales }: NumColumn, row: number): number {
  return data[row] / POWERS[scale >= 0 ? scale : scales![row]]
}

function numberPrefix(value: number, high: Uint32Array, low: Uint32Array, i: number): void {
  // One zero; NaN, whatever its sign bit, is greater than all others.
  scratch[0] = Number.isNaN(value) ? Number.NaN : value + 0
  const top = words[1]
  if (top >>> 31 === 1 && !Number.isNaN(value)) {
    high[i] = ~top
    low[i] = ~words[0]
  } else {
    high[i] = (top | 0x80000000) >>> 0
    low[i] = words[0]
  }
}

/** The first eight bytes. */
function textPrefix({ bytes, offsets }: StrColumn, row: number, high: Uint32Array, low: Uint32Array, i: number): void {
  const start = offsets[row]
  const end = offsets[row + 1]
  let a = 0
  let b = 0
  for (let k = 0; k < 4; k++) a = (a << 8) | (start + k < end ? bytes[start + k] : 0)
  for (let k = 4; k < 8; k++) b = (b << 8) | (start + k < end ? bytes[start + k] : 0)
  high[i] = a
  low[i] = b
}
