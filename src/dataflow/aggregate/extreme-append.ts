import { CHUNK_MASK, CHUNK_SHIFT, type KeyedTable } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { columnBuilder } from '../../types/column-build.ts'
import { columnKindOf } from '../../types/column-kind.ts'
import { datumAt, isNullAt } from '../../types/column-read.ts'
import { type Compare, compareFor, compareForm } from '../../types/compare.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Value } from '../../types/value.ts'
import { type Accumulator, type AccumulatorInput, NO_STATE } from './accumulator.ts'

const NO_MARKS: Int32Array = new Int32Array(0)
const NO_NUMBERS: Float64Array = new Float64Array(0)

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
  /** Numbers without NaN: no need to call `compare`. */
  private readonly ordered: boolean

  constructor(type: SqlType, max: boolean) {
    this.type = type
    this.max = max
    this.compare = compareFor(type)
    this.ordered = columnKindOf(type) === 'f64' && !['bool', 'float4', 'float8'].includes(type.kind)
  }
  bind(table: KeyedTable, first: number): void {
    this.table = table
    this.first = first
  }
  update({ n, slots, args }: AccumulatorInput): void {
    const column = args[0]
    if (this.ordered && column.kind === 'f64' && column.nulls === null) {
      this.updateNumbers(n, slots, column.data)
      return
    }
    for (let i = 0; i < n; i++) {
      if (isNullAt(column, i)) continue
      const slot = slots[i]
      const chunk = slot >> CHUNK_SHIFT
      const at = slot & CHUNK_MASK
      const marks = this.table.chunkI32(this.first, chunk)
      if (column.kind === 'f64' && this.type.kind !== 'bool' && marks[at] < 2) {
        const numbers = this.table.chunkF64(this.first + 1, chunk)
        if (marks[at] === 0 || this.replaces(column.data[i], numbers[at])) numbers[at] = column.data[i]
        marks[at] = 1
      } else this.updateValue(slot, datumAt(column, i, this.type) as Value)
    }
  }
  /** Numbers whose order is that of JS. */
  private updateNumbers(n: number, slots: Int32Array, data: Float64Array): void {
    let held = -1
    let marks: Int32Array = NO_MARKS
    let numbers: Float64Array = NO_NUMBERS
    for (let i = 0; i < n; i++) {
      const slot = slots[i]
      if (slot >> CHUNK_SHIFT !== held) {
        held = slot >> CHUNK_SHIFT
        marks = this.table.chunkI32(this.first, held)
        numbers = this.table.chunkF64(this.first + 1, held)
      }
      const at = slot & CHUNK_MASK
      if (marks[at] === 2) this.updateValue(slot, data[i])
      else if (marks[at] === 0 || (this.max ? data[i] > numbers[at] : data[i] < numbers[at])) {
        numbers[at] = data[i]
        marks[at] = 1
      }
    }
  }
  private updateValue(slot: number, value: Value): void {
    const chunk = slot >> CHUNK_SHIFT
    const at = slot & CHUNK_MASK
    const old = this.valueOf(slot)
    if (old !== null && !this.replaces(value, old)) return
    const number = typeof value === 'number'
    this.table.chunkI32(this.first, chunk)[at] = number ? 1 : 2
    this.table.chunkF64(this.first + 1, chunk)[at] = number ? value : 0
    this.table.chunkAny(this.first + 2, chunk)[at] = number ? undefined : value
  }
  /** Of equal values the least written form stays, as where rows are retracted. */
  private replaces(value: Value, old: Value): boolean {
    const order = this.compare(value, old)
    if (order === 0) return compareForm(value, old) < 0
    return this.max ? order > 0 : order < 0
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
    if (this.ordered) {
      const numbers = this.numbers(slots, n)
      if (numbers !== null) return numbers
    }
    const out = columnBuilder(this.type, n)
    for (let i = 0; i < n; i++) out.append(this.valueOf(slots[i]))
    return out.finish()
  }
  /** Null when some group has no number. */
  private numbers(slots: Int32Array, n: number): Column | null {
    const data = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      const chunk = slots[i] >> CHUNK_SHIFT
      const at = slots[i] & CHUNK_MASK
      if (this.table.chunkI32(this.first, chunk)[at] !== 1) return null
      data[i] = this.table.chunkF64(this.first + 1, chunk)[at]
    }
    return { kind: 'f64', data, nulls: null }
  }
  state() {
    return NO_STATE
  }
}
