import {
  type Arrangement,
  CHUNK_MASK,
  CHUNK_SHIFT,
  type KeyedTable,
  type SortColumn,
  type StateFactory,
  type StateStructure,
} from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { nullColumn, takeRows } from '../../types/column-shape.ts'
import type { Forms } from '../../types/forms.ts'
import { INT8, type SqlType } from '../../types/sql-type.ts'
import { firstPresent } from '../first-present.ts'
import { KeyForms } from '../key-forms.ts'
import { firstColumns, withoutNullKeys } from '../keys.ts'
import { TouchedSlots } from '../touched-slots.ts'
import type { Accumulator, AccumulatorInput } from './accumulator.ts'

export interface ModeSpec {
  readonly stateId: string
  readonly keyTypes: readonly SqlType[]
  readonly valueType: SqlType
  /** Of the values: of two that are equally frequent the first. */
  readonly order: SortColumn
  readonly forms?: Forms | undefined
}

/**
 * mode: the most frequent value. State: each distinct value of each group with its count, once by value and once in
 * order of the counts, and its forms. Cost per changed row: O(log n). Retraction: counts.
 */
export class ModeAccumulator implements Accumulator {
  readonly columns = [] as const
  private readonly spec: ModeSpec
  private readonly counts: KeyedTable
  /** Key, count, value. */
  private readonly ranked: Arrangement
  private readonly forms: KeyForms | null
  private readonly touched = new TouchedSlots()

  constructor(spec: ModeSpec, states: StateFactory) {
    this.spec = spec
    const { stateId, keyTypes, valueType, order } = spec
    const keys = keyTypes.length
    const types = [...keyTypes, valueType]
    this.counts = states.keyedTable({ id: `${stateId}/counts`, keyTypes: types, columns: ['f64'] })
    this.ranked = states.arrangement({
      id: `${stateId}/ranked`,
      types: [...keyTypes, INT8, valueType],
      key: firstColumns(keys),
      order: [
        { column: keys, desc: true, nullsFirst: false },
        { ...order, column: keys + 1 },
      ],
    })
    this.forms = KeyForms.over(`${stateId}/forms`, types, spec.forms, states, keys)
  }
  bind(_table: KeyedTable, _first: number): void {}
  update({ n, diffs, keys, order }: AccumulatorInput): void {
    const present = withoutNullKeys({ n, diffs, cols: [...keys, order[0]] }, [keys.length])
    if (present.n > 0) this.count(present.cols, present.n, present.diffs)
  }
  private count(written: readonly Column[], n: number, diffs: Int32Array): void {
    const { counts, touched } = this
    const plain = this.forms === null ? written : this.forms.plain(written, n)
    this.forms?.apply(plain, written, n, diffs)
    const values = new Int32Array(n)
    counts.findOrInsert(plain, n, values)
    const rows: number[] = []
    const before: number[] = []
    for (let i = 0; i < n; i++) {
      const known = touched.n
      const at = touched.add(values[i])
      if (at === known) {
        rows.push(i)
        before.push(this.countOf(values[i]))
      }
      counts.touch(values[i])
      counts.chunkF64(0, values[i] >> CHUNK_SHIFT)[values[i] & CHUNK_MASK] += diffs[i]
    }
    const after = rows.map((_, at) => this.countOf(touched.slots[at]))
    for (let at = 0; at < after.length; at++) if (after[at] === 0) counts.remove(touched.slots[at])
    touched.clear()
    this.rank(plain, rows, before, -1, after)
    this.rank(plain, rows, after, 1, before)
  }
  /** Puts the values with these counts in, or takes them out; those whose count is the same stay. */
  private rank(
    plain: readonly Column[],
    rows: readonly number[],
    counts: readonly number[],
    sign: number,
    others: readonly number[],
  ): void {
    const changed = rows.map((_, at) => at).filter((at) => counts[at] > 0 && counts[at] !== others[at])
    const n = changed.length
    if (n === 0) return
    const taken = Int32Array.from(changed, (at) => rows[at])
    const cols = plain.map((column) => takeRows(column, taken, n))
    const count: Column = { kind: 'f64', data: Float64Array.from(changed, (at) => counts[at]), nulls: null }
    const value = cols.pop()!
    this.ranked.apply({ n, diffs: new Int32Array(n).fill(sign), cols: [...cols, count, value] })
  }
  isZero(): boolean {
    return true
  }
  results(_slots: Int32Array, n: number, keys: readonly Column[]): Column {
    const found = new Int32Array(n)
    const place = new Int32Array(n)
    const groups = new Int32Array(n)
    let some = 0
    for (let i = 0; i < n; i++) {
      const slot = firstPresent(this.ranked, keys, i)
      place[i] = slot < 0 ? -1 : some
      if (slot < 0) continue
      groups[some] = i
      found[some++] = slot
    }
    if (some === 0) return nullColumn(this.spec.valueType, n)
    const [value] = this.ranked.gather([this.spec.keyTypes.length + 1], found, some)
    const plain = [...keys.map((column) => takeRows(column, groups, some)), value]
    const shown = (this.forms === null ? plain : this.forms.written(plain, some)).at(-1)!
    return some === n ? shown : takeRows(shown, place, n)
  }
  state(): readonly StateStructure[] {
    return [this.counts, this.ranked, ...(this.forms?.state() ?? [])]
  }
  private countOf(slot: number): number {
    return this.counts.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
}
