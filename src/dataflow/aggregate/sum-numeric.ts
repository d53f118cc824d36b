import { CHUNK_MASK, CHUNK_SHIFT, type KeyedTable } from '../../state/contract.ts'
import type { Column, NumColumn } from '../../types/column.ts'
import { columnBuilder } from '../../types/column-build.ts'
import { scaleAt } from '../../types/column-read.ts'
import { makeNumeric, NUMERIC_INFINITY, NUMERIC_MINUS_INFINITY, NUMERIC_NAN, pow10 } from '../../types/numeric.ts'
import { numericDiv } from '../../types/numeric-arith.ts'
import { NUMERIC } from '../../types/sql-type.ts'
import type { Numeric } from '../../types/value.ts'
import { type Accumulator, type AccumulatorInput, NO_STATE } from './accumulator.ts'
import { ExactSum } from './exact-sum.ts'

/** What does not fit the group's main scale: sums of other scales and of huge mantissas, counts of NaN and ±Infinity. */
interface Rest {
  /** scale → [sum of mantissas, count of rows]. */
  scales: Map<number, [bigint, number]>
  nan: number
  inf: number
  minusInf: number
}

/**
 * sum and avg over numeric, exact. The display scale is the largest among the group's rows, as in PostgreSQL.
 * State: 28 B a group while all rows have one scale. Cost per changed row: two additions. Retraction: subtracts, per
 * scale, so that the result's scale also comes back.
 */
export class SumNumericAccumulator implements Accumulator {
  /** Count at the main scale, sum (two columns), main scale + 1, rest. */
  readonly columns = ['f64', 'f64', 'f64', 'i32', 'any'] as const
  private table!: KeyedTable
  private first = 0
  private sum!: ExactSum
  private readonly average: boolean

  constructor(average: boolean) {
    this.average = average
  }
  bind(table: KeyedTable, first: number): void {
    this.table = table
    this.first = first
    this.sum = new ExactSum(table, first + 1)
  }
  update({ n, slots, diffs, args }: AccumulatorInput): void {
    const column = args[0] as NumColumn
    const { nulls, data } = column
    for (let i = 0; i < n; i++) {
      if (nulls !== null && nulls[i] === 1) continue
      const mantissa = data[i]
      if (!Number.isNaN(mantissa)) this.add(slots[i], mantissa, scaleAt(column, i), diffs[i])
      else this.addRest(slots[i], column.big!.get(i)!, scaleAt(column, i), diffs[i])
    }
  }
  private add(slot: number, mantissa: number, scale: number, diff: number): void {
    const at = slot & CHUNK_MASK
    const scales = this.table.chunkI32(this.first + 3, slot >> CHUNK_SHIFT)
    const counts = this.table.chunkF64(this.first, slot >> CHUNK_SHIFT)
    if (scales[at] !== scale + 1) {
      if (scales[at] !== 0 && !(counts[at] === 0 && this.sum.isZero(slot))) {
        this.addRest(slot, mantissa, scale, diff)
        return
      }
      scales[at] = scale + 1
    }
    counts[at] += diff
    this.sum.add(slot, mantissa, diff)
  }
  private addRest(slot: number, mantissa: number | bigint, scale: number, diff: number): void {
    const chunk = this.table.chunkAny(this.first + 4, slot >> CHUNK_SHIFT) as (Rest | undefined)[]
    const old = chunk[slot & CHUNK_MASK]
    const rest: Rest = old ?? { scales: new Map(), nan: 0, inf: 0, minusInf: 0 }
    if (typeof mantissa === 'number' && !Number.isFinite(mantissa)) {
      if (Number.isNaN(mantissa)) rest.nan += diff
      else if (mantissa > 0) rest.inf += diff
      else rest.minusInf += diff
    } else {
      const [sum, count] = rest.scales.get(scale) ?? [0n, 0]
      const next: [bigint, number] = [sum + BigInt(mantissa) * BigInt(diff), count + diff]
      if (next[0] === 0n && next[1] === 0) rest.scales.delete(scale)
      else rest.scales.set(scale, next)
    }
    const empty = rest.scales.size === 0 && rest.nan === 0 && rest.inf === 0 && rest.minusInf === 0
    chunk[slot & CHUNK_MASK] = empty ? undefined : rest
  }
  isZero(slot: number): boolean {
    const count = this.table.chunkF64(this.first, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
    return count === 0 && this.sum.isZero(slot) && this.restOf(slot) === undefined
  }
  private restOf(slot: number): Rest | undefined {
    return (this.table.chunkAny(this.first + 4, slot >> CHUNK_SHIFT) as (Rest | undefined)[])[slot & CHUNK_MASK]
  }
  results(slots: Int32Array, n: number): Column {
    const out = columnBuilder(NUMERIC, n)
    for (let i = 0; i < n; i++) out.append(this.resultOf(slots[i]))
    return out.finish()
  }
  private resultOf(slot: number): Numeric | null {
    const mainCount = this.table.chunkF64(this.first, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
    const mainScale = this.table.chunkI32(this.first + 3, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] - 1
    const rest = this.restOf(slot)
    if (rest === undefined) {
      if (mainCount <= 0) return null
      return this.finish(makeNumeric(this.sum.value(slot), mainScale), mainCount)
    }
    let count = mainCount + rest.nan + rest.inf + rest.minusInf
    // A scale counts while a row has it; sums of any scale count, also where counts cancel for a while.
    const counts = new Map<number, number>([[mainScale, mainCount]])
    let finest = Math.max(0, mainScale)
    for (const [scale, [, rows]] of rest.scales) {
      count += rows
      counts.set(scale, (counts.get(scale) ?? 0) + rows)
      finest = Math.max(finest, scale)
    }
    if (count <= 0) return null
    if (rest.nan > 0 || (rest.inf > 0 && rest.minusInf > 0)) return NUMERIC_NAN
    if (rest.inf > 0) return NUMERIC_INFINITY
    if (rest.minusInf > 0) return NUMERIC_MINUS_INFINITY
    let sum = mainScale < 0 ? 0n : BigInt(this.sum.value(slot)) * pow10(finest - mainScale)
    for (const [scale, [part]] of rest.scales) sum += part * pow10(finest - scale)
    let shown = 0
    for (const [scale, rows] of counts) if (rows > 0 && scale > shown) shown = scale
    for (; finest > shown && sum % 10n === 0n; finest--) sum /= 10n
    return this.finish(makeNumeric(sum, finest), count)
  }
  private finish(sum: Numeric, count: number): Numeric {
    return this.average ? numericDiv(sum, makeNumeric(count, 0)) : sum
  }
  state() {
    return NO_STATE
  }
}
