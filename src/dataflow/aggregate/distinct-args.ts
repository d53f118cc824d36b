import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  type KeyedTable,
  type StateFactory,
  type StateStructure,
} from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import type { Forms } from '../../types/forms.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { RowErrors } from '../contract.ts'
import { identicalRows } from '../identical.ts'
import { KeyForms } from '../key-forms.ts'
import { TouchedSlots } from '../touched-slots.ts'
import type { Accumulator, AccumulatorInput } from './accumulator.ts'

export interface DistinctArgumentsSpec {
  readonly stateId: string
  readonly keyTypes: readonly SqlType[]
  readonly argTypes: readonly SqlType[]
  /** Equal values may be written differently: sum and avg tell that. */
  readonly forms?: Forms | undefined
}

/**
 * agg(DISTINCT x): counts each value in each group and hands only appearing and vanishing values to the aggregate; and
 * a value in another form, where the least one that is written changes.
 * State: each distinct value of each group with its count, and its forms. Cost per changed row: O(1), with forms
 * O(log n). Retraction: counts.
 */
export class DistinctArguments implements Accumulator {
  readonly columns: Accumulator['columns']
  private readonly inner: Accumulator
  private readonly counts: KeyedTable
  private readonly forms: KeyForms | null
  private readonly touched = new TouchedSlots()

  constructor(spec: DistinctArgumentsSpec, inner: Accumulator, states: StateFactory) {
    this.inner = inner
    this.columns = inner.columns
    const keyTypes = [...spec.keyTypes, ...spec.argTypes]
    this.counts = states.keyedTable({ id: spec.stateId, keyTypes, columns: ['f64'] })
    const first = spec.keyTypes.length
    this.forms = KeyForms.over(`${spec.stateId}/forms`, keyTypes, spec.forms, states, first)
  }
  bind(table: KeyedTable, first: number): void {
    this.inner.bind(table, first)
  }
  update(input: AccumulatorInput): void {
    const { n, slots, diffs, keys, args } = input
    const { forms } = this
    const written = [...keys, ...args]
    const plain = forms === null ? written : forms.plain(written, n)
    const values = new Int32Array(n)
    this.counts.findOrInsert(plain, n, values)
    const before = new Float64Array(n)
    const rows = new Int32Array(n)
    for (let i = 0; i < n; i++) {
      const known = this.touched.n
      const at = this.touched.add(values[i])
      if (at === known) {
        before[at] = this.countOf(values[i])
        rows[at] = i
      }
      this.counts.touch(values[i])
      this.counts.chunkF64(0, values[i] >> CHUNK_SHIFT)[values[i] & CHUNK_MASK] += diffs[i]
    }
    const changed = this.touched.n
    const after = new Float64Array(changed)
    for (let at = 0; at < changed; at++) {
      after[at] = this.countOf(this.touched.slots[at])
      if (after[at] === 0) this.counts.remove(this.touched.slots[at])
    }
    this.touched.clear()
    const take = (columns: readonly Column[]) => columns.map((column) => takeRows(column, rows, changed))
    const groups = Int32Array.from({ length: changed }, (_, at) => slots[rows[at]])
    const first = keys.length
    if (forms === null) {
      const signs = Int32Array.from({ length: changed }, (_, at) => Number(after[at] > 0) - Number(before[at] > 0))
      this.hand(take(written), first, groups, signs)
      return
    }
    const touched = take(plain)
    const was = forms.written(touched, changed)
    forms.apply(plain, written, n, diffs)
    const is = forms.written(touched, changed)
    const gone = new Int32Array(changed)
    const come = new Int32Array(changed)
    for (let at = 0; at < changed; at++) {
      if (before[at] > 0 && after[at] > 0 && identicalRows(was, at, is, at)) continue
      gone[at] = -Number(before[at] > 0)
      come[at] = Number(after[at] > 0)
    }
    this.hand(was, first, groups, gone)
    this.hand(is, first, groups, come)
  }
  /** Those of the values, behind `first` key columns, whose diff is not 0. */
  private hand(cols: readonly Column[], first: number, slots: Int32Array, signs: Int32Array): void {
    const rows = new Int32Array(signs.length)
    let n = 0
    for (let at = 0; at < signs.length; at++) if (signs[at] !== 0) rows[n++] = at
    if (n === 0) return
    const some = cols.map((column) => takeRows(column, rows, n))
    const diffs = new Int32Array(n)
    const groups = new Int32Array(n)
    for (let k = 0; k < n; k++) {
      diffs[k] = signs[rows[k]]
      groups[k] = slots[rows[k]]
    }
    this.inner.update({ n, slots: groups, diffs, keys: some.slice(0, first), args: some.slice(first), order: [] })
  }
  isZero(slot: number): boolean {
    return this.inner.isZero(slot)
  }
  results(slots: Int32Array, n: number, keys: readonly Column[], errors: RowErrors): Column {
    return this.inner.results(slots, n, keys, errors)
  }
  state(): readonly StateStructure[] {
    return [this.counts, ...(this.forms?.state() ?? []), ...this.inner.state()]
  }
  private countOf(slot: number): number {
    return this.counts.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
}
