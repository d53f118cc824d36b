import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  type KeyedTable,
  type StateFactory,
  type StateStructure,
} from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { RowErrors } from '../contract.ts'
import { TouchedSlots } from '../touched-slots.ts'
import type { Accumulator, AccumulatorInput } from './accumulator.ts'

/**
 * agg(DISTINCT x): counts each value in each group and hands only appearing and vanishing values to the aggregate.
 * State: each distinct value of each group with its count. Cost per changed row: O(1). Retraction: counts.
 */
export class DistinctArguments implements Accumulator {
  readonly columns: Accumulator['columns']
  private readonly inner: Accumulator
  private readonly counts: KeyedTable
  private readonly touched = new TouchedSlots()

  constructor(
    spec: { readonly stateId: string; readonly keyTypes: readonly SqlType[]; readonly argTypes: readonly SqlType[] },
    inner: Accumulator,
    states: StateFactory,
  ) {
    this.inner = inner
    this.columns = inner.columns
    this.counts = states.keyedTable({
      id: spec.stateId,
      keyTypes: [...spec.keyTypes, ...spec.argTypes],
      columns: ['f64'],
    })
  }
  bind(table: KeyedTable, first: number): void {
    this.inner.bind(table, first)
  }
  update(input: AccumulatorInput): void {
    const { n, slots, diffs, keys, args } = input
    const values = new Int32Array(n)
    this.counts.findOrInsert([...keys, ...args], n, values)
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
    let changed = 0
    const signs = new Int32Array(this.touched.n)
    for (let at = 0; at < this.touched.n; at++) {
      const after = this.countOf(this.touched.slots[at])
      const sign = Number(after > 0) - Number(before[at] > 0)
      if (after === 0) this.counts.remove(this.touched.slots[at])
      if (sign === 0) continue
      rows[changed] = rows[at]
      signs[changed++] = sign
    }
    this.touched.clear()
    if (changed === 0) return
    const groups = new Int32Array(changed)
    for (let k = 0; k < changed; k++) groups[k] = slots[rows[k]]
    const take = (column: Column) => takeRows(column, rows, changed)
    this.inner.update({
      n: changed,
      slots: groups,
      diffs: signs,
      keys: keys.map(take),
      args: args.map(take),
      order: [],
    })
  }
  isZero(slot: number): boolean {
    return this.inner.isZero(slot)
  }
  results(slots: Int32Array, n: number, keys: readonly Column[], errors: RowErrors): Column {
    return this.inner.results(slots, n, keys, errors)
  }
  state(): readonly StateStructure[] {
    return [this.counts, ...this.inner.state()]
  }
  private countOf(slot: number): number {
    return this.counts.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
}
