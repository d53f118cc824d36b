import { CHUNK_MASK, CHUNK_SHIFT, type KeyedTable } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { type Accumulator, type AccumulatorInput, NO_STATE } from './accumulator.ts'

/**
 * count(*) and count(x). State: 8 B a group. Cost per changed row: one addition. Retraction: subtracts.
 */
export class CountAccumulator implements Accumulator {
  readonly columns = ['f64'] as const
  private table!: KeyedTable
  private column = 0

  bind(table: KeyedTable, first: number): void {
    this.table = table
    this.column = first
  }
  update({ n, slots, diffs, args }: AccumulatorInput): void {
    const nulls = args.length === 0 ? null : args[0].nulls
    let held = -1
    let counts = new Float64Array(0)
    for (let i = 0; i < n; i++) {
      if (nulls !== null && nulls[i] === 1) continue
      const slot = slots[i]
      if (slot >> CHUNK_SHIFT !== held) {
        held = slot >> CHUNK_SHIFT
        counts = this.table.chunkF64(this.column, held) as Float64Array<ArrayBuffer>
      }
      counts[slot & CHUNK_MASK] += diffs[i]
    }
  }
  isZero(slot: number): boolean {
    return this.countOf(slot) === 0
  }
  results(slots: Int32Array, n: number): Column {
    const data = new Float64Array(n)
    for (let i = 0; i < n; i++) data[i] = this.countOf(slots[i])
    return { kind: 'f64', data, nulls: null }
  }
  state() {
    return NO_STATE
  }
  countOf(slot: number): number {
    return this.table.chunkF64(this.column, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
}
