import type { KeyedTable } from '../../state/contract.ts'
import { CHUNK_MASK, CHUNK_SHIFT } from '../../state/contract.ts'
import type { Column, F64Column } from '../../types/column.ts'
import { type Accumulator, type AccumulatorInput, NO_STATE } from './accumulator.ts'

/**
 * bool_and and bool_or, by the counts of true and false. State: 16 B a group. Cost per changed row: one addition.
 * Retraction: subtracts.
 */
export class BoolAccumulator implements Accumulator {
  /** Counts of false, of true. */
  readonly columns = ['f64', 'f64'] as const
  private table!: KeyedTable
  private first = 0
  private readonly all: boolean

  constructor(all: boolean) {
    this.all = all
  }
  bind(table: KeyedTable, first: number): void {
    this.table = table
    this.first = first
  }
  update({ n, slots, diffs, args }: AccumulatorInput): void {
    const { data, nulls } = args[0] as F64Column
    for (let i = 0; i < n; i++) {
      if (nulls !== null && nulls[i] === 1) continue
      const slot = slots[i]
      this.table.chunkF64(this.first + (data[i] !== 0 ? 1 : 0), slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += diffs[i]
    }
  }
  isZero(slot: number): boolean {
    return this.count(0, slot) === 0 && this.count(1, slot) === 0
  }
  results(slots: Int32Array, n: number): Column {
    const data = new Float64Array(n)
    let nulls: Uint8Array | null = null
    for (let i = 0; i < n; i++) {
      const no = this.count(0, slots[i])
      const yes = this.count(1, slots[i])
      if (no <= 0 && yes <= 0) {
        nulls ??= new Uint8Array(n)
        nulls[i] = 1
      } else data[i] = (this.all ? no <= 0 : yes > 0) ? 1 : 0
    }
    return { kind: 'f64', data, nulls }
  }
  state() {
    return NO_STATE
  }
  private count(which: 0 | 1, slot: number): number {
    return this.table.chunkF64(this.first + which, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
}
