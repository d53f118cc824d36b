import type { Arrangement, KeyedTable, SortColumn } from '../../state/contract.ts'
import { CHUNK_MASK, CHUNK_SHIFT } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { datumAt } from '../../types/column-read.ts'
import { takeRows } from '../../types/column-shape.ts'
import { compareBySort } from '../../types/compare.ts'
import { plainNumber } from '../../types/plain-number.ts'
import { firstColumns } from '../keys.ts'
import { partitionKeys } from '../partition-keys.ts'
import { type BoundOf, type ColumnBound, dueForSweep } from '../release.ts'
import type { Looks } from './looks.ts'

const PAGE = 1024

export interface OrderedRows {
  readonly rows: Arrangement
  /** By partition: how many rows and groups of it went. Null where no call counts them. */
  readonly gone: KeyedTable | null
  readonly order: readonly SortColumn[]
  readonly looks: Looks
  /** Calls look at all rows that are equal in the order. */
  readonly wholeGroups: boolean
}

/** The rows of a partition that lie below the bound, in order. */
interface Below {
  readonly slots: readonly number[]
  readonly times: readonly number[]
  /** Number of the group of each row. */
  readonly groups: readonly number[]
  /** By column: up to where a row looks; NaN: NULL. */
  readonly values: ReadonlyMap<number, readonly number[]>
}

/**
 * Frees the rows of partitions in the order of a time that no call looks at any more: those before the first row that
 * can still change, or come, less what that one looks back at. Where calls count rows, what went is counted. Between ticks,
 * and as seldom as Release. Cost: the rows below the bound, once the state has grown by a quarter.
 */
export class OrderedRelease {
  readonly #of: OrderedRows
  readonly #time: number
  readonly #bound: BoundOf
  readonly #reaches: readonly ColumnBound[]
  readonly #page = new Int32Array(PAGE)
  readonly #found = new Int32Array(1)
  #swept = Number.NEGATIVE_INFINITY
  #rowsLeft = 0

  /** `reaches`: the columns up to which rows look back, and how far back those that still come do. */
  constructor(of: OrderedRows, time: number, bound: BoundOf, reaches: readonly ColumnBound[]) {
    this.#of = of
    this.#time = time
    this.#bound = bound
    this.#reaches = reaches
  }

  sweep(watermarks: ReadonlyMap<number, number>): void {
    const { rows } = this.#of
    if (!dueForSweep(rows.rows, this.#rowsLeft)) return
    const bound = this.#bound(watermarks)
    if (bound === null || bound <= this.#swept) return
    this.#swept = bound
    const reaches = new Map(
      this.#reaches.map((r) => [r.column, r.bound(watermarks) ?? Number.NEGATIVE_INFINITY] as const),
    )
    const { keys, n } = partitionKeys(rows)
    const going: number[] = []
    for (let p = 0; p < n; p++) {
      const below = this.#below(keys, p, bound)
      const from = this.#of.looks.first ? 1 : 0
      const to = this.#lookedAt(below, bound, reaches)
      if (to <= from) continue
      for (let i = from; i < to; i++) going.push(below.slots[i])
      this.#count(keys, p, below, from, to)
    }
    if (going.length > 0) {
      const slots = Int32Array.from(going)
      const cols = rows.gather(firstColumns(rows.types.length), slots, slots.length)
      rows.apply({ n: slots.length, diffs: rows.diffs(slots, slots.length).map((count) => -count), cols })
    }
    this.#rowsLeft = rows.rows
  }

  #below(keys: readonly Column[], p: number, bound: number): Below {
    const { rows, order, looks } = this.#of
    const { types } = rows
    const valueColumns = [...new Set([...looks.back.values, ...looks.ahead.values])]
    const slots: number[] = []
    const times: number[] = []
    const groups: number[] = []
    const values = new Map(valueColumns.map((c) => [c, [] as number[]]))
    const width = firstColumns(types.length)
    const wanted = new Set([this.#time, ...valueColumns, ...order.map(({ column }) => column)])
    const read = width.filter((c) => wanted.has(c))
    let last: { cols: readonly Column[]; row: number } | null = null
    for (let from = 0; ; from += PAGE) {
      const n = rows.range(keys, p, from, PAGE, this.#page)
      const cols: Column[] = []
      rows.gather(read, this.#page, n).forEach((column, i) => {
        cols[read[i]] = column
      })
      for (let i = 0; i < n; i++) {
        if (rows.diff(this.#page[i]) <= 0) continue
        const time = numberAt(cols[this.#time], i, types[this.#time])
        if (!(time < bound)) return { slots, times, groups, values }
        const same: boolean = last !== null && compareBySort(order, types, last.cols, last.row, cols, i) === 0
        const group = groups.length === 0 ? 0 : groups[groups.length - 1] + (same ? 0 : 1)
        slots.push(this.#page[i])
        times.push(time)
        groups.push(group)
        for (const [c, of] of values) of.push(numberAt(cols[c], i, types[c]))
        last = { cols, row: i }
      }
      if (n < PAGE) return { slots, times, groups, values }
    }
  }

  /** The first row that some call looks at for a row that can still change, or come. */
  #lookedAt(below: Below, bound: number, reaches: ReadonlyMap<number, number>): number {
    const { looks, wholeGroups } = this.#of
    const { slots, times, groups, values } = below
    const n = slots.length
    const groupCount = n === 0 ? 0 : groups[n - 1] + 1
    const startOf = (group: number): number => {
      if (group <= 0) return 0
      const at = groups.indexOf(group)
      return at < 0 ? n : at
    }
    const whole = (at: number): number => (wholeGroups && at < n ? startOf(groups[at]) : at)
    const groupAt = (at: number): number => (at < n ? groups[at] : groupCount)

    let open = n - looks.ahead.rows
    if (looks.ahead.groups > 0) open = Math.min(open, startOf(groupCount - looks.ahead.groups))
    for (const c of looks.ahead.values) {
      const at = values.get(c)!.findIndex((value) => !(value < bound))
      if (at >= 0) open = Math.min(open, at)
    }
    open = whole(Math.max(0, open))

    let looked = open - looks.back.rows
    if (looks.back.groups > 0) looked = Math.min(looked, startOf(groupAt(open) - looks.back.groups))
    for (const c of looks.back.values) {
      const coming = reaches.get(c) ?? Number.NEGATIVE_INFINITY
      const limit = open < n ? Math.min(coming, values.get(c)![open]) : coming
      const at = times.findIndex((time) => !(time < limit))
      if (at >= 0) looked = Math.min(looked, at)
    }
    return whole(Math.max(0, looked))
  }

  #count(keys: readonly Column[], p: number, { slots, groups }: Below, from: number, to: number): void {
    const { gone, rows } = this.#of
    if (gone === null) return
    const own = keys.map((column) => takeRows(column, Int32Array.of(p), 1))
    gone.findOrInsert(own, 1, this.#found)
    const slot = this.#found[0]
    gone.touch(slot)
    let places = 0
    for (let i = from; i < to; i++) places += rows.diff(slots[i])
    gone.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += places
    gone.chunkF64(1, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += groups[to - 1] + 1 - groups[from]
  }
}

function numberAt(column: Column, row: number, type: Parameters<typeof datumAt>[2]): number {
  const value = datumAt(column, row, type)
  return value === null ? Number.NaN : plainNumber(value)
}
