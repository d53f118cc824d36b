import { CHUNK_MASK, CHUNK_SHIFT, type KeyedTable } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { columnBuilder } from '../../types/column-build.ts'
import { datumAt, isNullAt } from '../../types/column-read.ts'
import { type Compare, compareFor } from '../../types/compare.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Value } from '../../types/value.ts'
import { type Accumulator, type AccumulatorInput, NO_STATE } from './accumulator.ts'

/**
 * min and max when no retraction ever comes: the extreme alone. State: 4 to 8 B a group and the value, if it is no
 * number. Cost per changed row: one comparison. Retraction: none, the plan says append-only.
 */
export class AppendOnlyExtreme implements Accumulator {
  /** 0 none, 1 in the number column, 2 among the values; number; any other value. */
  readonly columns = ['i32', 'f64', 'any'] as const
  private table!: KeyedTable
  private first = 0
  private readonly type: SqlType
  private readonly max: boolean
  private readonly compare: Compare

  constructor(type: SqlType, max: boolean) {
    this.type = type
    this.max = max
    this.compare = compareFor(type)
  }
  bind(table: KeyedTable, first: number): void {
    this.table = table
    this.first = first
  }
  update({ n, slots, args }: AccumulatorInput): void {
    const column = args[0]
    for (let i = 0; i < n; i++) {
      if (isNullAt(column, i)) continue
      const slot = slots[i]
      const chunk = slot >> CHUNK_SHIFT
      const at = slot & CHUNK_MASK
      const marks = this.table.chunkI32(this.first, chunk)
      if (column.kind === 'f64' && this.type.kind !== 'bool' && marks[at] < 2) {
        const numbers = this.table.chunkF64(this.first + 1, chunk)
        const order = marks[at] === 0 ? 0 : this.compare(column.data[i], numbers[at])
        if (marks[at] === 0 || (this.max ? order > 0 : order < 0)) numbers[at] = column.data[i]
        marks[at] = 1
      } else this.updateValue(slot, datumAt(column, i, this.type) as Value)
    }
  }
  private updateValue(slot: number, value: Value): void {
    const chunk = slot >> CHUNK_SHIFT
    const at = slot & CHUNK_MASK
    const old = this.valueOf(slot)
    if (old !== null) {
      const order = this.compare(value, old)
      if (this.max ? order <= 0 : order >= 0) return
    }
    const number = typeof value === 'number'
    this.table.chunkI32(this.first, chunk)[at] = number ? 1 : 2
    this.table.chunkF64(this.first + 1, chunk)[at] = number ? value : 0
    this.table.chunkAny(this.first + 2, chunk)[at] = number ? undefined : value
  }
  private valueOf(slot: number): Value | null {
    const chunk = slot >> CHUNK_SHIFT
    const at = slot & CHUNK_MASK
    const mark = this.table.chunkI32(this.first, chunk)[at]
    if (mark === 0) return null
    return mark === 1
      ? this.table.chunkF64(this.first + 1, chunk)[at]
      : (this.table.chunkAny(this.first + 2, chunk)[at] as Value)
  }
  isZero(slot: number): boolean {
    return this.valueOf(slot) === null
  }
  results(slots: Int32Array, n: number): Column {
    const out = columnBuilder(this.type, n)
    for (let i = 0; i < n; i++) out.append(this.valueOf(slots[i]))
    return out.finish()
  }
  state() {
    return NO_STATE
  }
}
