import { CHUNK_MASK, CHUNK_SHIFT, type KeyedTable } from '../../state/contract.ts'
import type { Column, F64Column } from '../../types/column.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { RowErrors } from '../contract.ts'
import { type Accumulator, type AccumulatorInput, NO_STATE } from './accumulator.ts'
import { CountAccumulator } from './count.ts'
import { addMultiple, addToExpansion, roundExpansion } from './expansion.ts'

/** What two partials cannot hold. */
interface Rest {
  /** All partials, when there are more than two (the columns are then 0). */
  partials: number[]
  /** Partials of the values beyond HUGE, scaled by 2^-SHRINK, so that sums of them stay finite. */
  huge: number[]
  nan: number
  inf: number
  minusInf: number
}

const HUGE = 2 ** 960
const SHRINK = 2 ** -200
const GROW = 2 ** 200

/**
 * sum and avg over float4 and float8: exact, rounded once; NaN and ±Infinity are counted apart.
 * State: 24 B a group, more only while a group's exact sum needs more than two floats. Cost per changed row: two exact
 * additions. Retraction: adds the negated value, exactly.
 */
export class SumFloatAccumulator implements Accumulator {
  /** Count, small partial, large partial, rest. */
  readonly columns = ['f64', 'f64', 'f64', 'any'] as const
  private readonly count = new CountAccumulator()
  private table!: KeyedTable
  private first = 0
  private readonly type: SqlType
  private readonly average: boolean

  constructor(type: SqlType, average: boolean) {
    this.type = type
    this.average = average
  }
  bind(table: KeyedTable, first: number): void {
    this.table = table
    this.first = first
    this.count.bind(table, first)
  }
  update(input: AccumulatorInput): void {
    this.count.update(input)
    const { data, nulls } = input.args[0] as F64Column
    for (let i = 0; i < input.n; i++) {
      if (nulls !== null && nulls[i] === 1) continue
      this.add(input.slots[i], data[i], input.diffs[i])
    }
  }
  private add(slot: number, value: number, diff: number): void {
    const chunk = slot >> CHUNK_SHIFT
    const at = slot & CHUNK_MASK
    const rests = this.table.chunkAny(this.first + 3, chunk) as (Rest | undefined)[]
    if (rests[at] !== undefined || !(value < HUGE && value > -HUGE) || (diff !== 1 && diff !== -1)) {
      this.addSlowly(slot, value, diff)
      return
    }
    const small = this.table.chunkF64(this.first + 1, chunk)
    const large = this.table.chunkF64(this.first + 2, chunk)
    const x = diff < 0 ? -value : value
    // Two exact additions; the branch-free form needs no order of magnitudes.
    const s = x + small[at]
    const sTail = x - (s - (s - x)) + (small[at] - (s - x))
    const t = s + large[at]
    const tTail = s - (t - (t - s)) + (large[at] - (t - s))
    const u = sTail + tTail
    const uTail = sTail - (u - (u - sTail)) + (tTail - (u - sTail))
    if (uTail === 0) {
      const sum = t + u
      large[at] = sum + 0
      small[at] = t - (sum - (sum - t)) + (u - (sum - t)) + 0
    } else this.addSlowly(slot, value, diff)
  }
  private addSlowly(slot: number, value: number, diff: number): void {
    const chunk = slot >> CHUNK_SHIFT
    const at = slot & CHUNK_MASK
    const rests = this.table.chunkAny(this.first + 3, chunk) as (Rest | undefined)[]
    const small = this.table.chunkF64(this.first + 1, chunk)
    const large = this.table.chunkF64(this.first + 2, chunk)
    const rest: Rest = rests[at] ?? { partials: [], huge: [], nan: 0, inf: 0, minusInf: 0 }
    addToExpansion(rest.partials, small[at])
    addToExpansion(rest.partials, large[at])
    if (Number.isNaN(value)) rest.nan += diff
    else if (value === Infinity) rest.inf += diff
    else if (value === -Infinity) rest.minusInf += diff
    else if (Math.abs(value) >= HUGE) addMultiple(rest.huge, value * SHRINK, diff)
    else addMultiple(rest.partials, value, diff)
    const fits = rest.partials.length <= 2
    large[at] = fits ? (rest.partials.pop() ?? 0) : 0
    small[at] = fits ? (rest.partials.pop() ?? 0) : 0
    const empty =
      rest.partials.length + rest.huge.length === 0 && rest.nan === 0 && rest.inf === 0 && rest.minusInf === 0
    rests[at] = empty ? undefined : rest
  }
  isZero(slot: number): boolean {
    const chunk = slot >> CHUNK_SHIFT
    const at = slot & CHUNK_MASK
    return (
      this.count.isZero(slot) &&
      this.table.chunkF64(this.first + 1, chunk)[at] === 0 &&
      this.table.chunkF64(this.first + 2, chunk)[at] === 0 &&
      (this.table.chunkAny(this.first + 3, chunk)[at] as Rest | undefined) === undefined
    )
  }
  results(slots: Int32Array, n: number, _keys: readonly Column[], errors: RowErrors): Column {
    const data = new Float64Array(n)
    let nulls: Uint8Array | null = null
    for (let i = 0; i < n; i++) {
      const count = this.count.countOf(slots[i])
      if (count <= 0) {
        nulls ??= new Uint8Array(n)
        nulls[i] = 1
        continue
      }
      const sum = this.sumOf(slots[i])
      if (sum === undefined) errors.add(i, '22003', 'value out of range: overflow', -1)
      else data[i] = this.average ? sum / count : sum
    }
    return { kind: 'f64', data, nulls }
  }
  /** undefined: finite rows whose sum the type cannot hold. */
  private sumOf(slot: number): number | undefined {
    const chunk = slot >> CHUNK_SHIFT
    const at = slot & CHUNK_MASK
    const small = this.table.chunkF64(this.first + 1, chunk)[at]
    const large = this.table.chunkF64(this.first + 2, chunk)[at]
    const rest = this.table.chunkAny(this.first + 3, chunk)[at] as Rest | undefined
    if (rest === undefined) return this.fitted(small + large)
    const partials: number[] = []
    addToExpansion(partials, small)
    addToExpansion(partials, large)
    if (rest.nan > 0 || (rest.inf > 0 && rest.minusInf > 0)) return NaN
    if (rest.inf > 0) return Infinity
    if (rest.minusInf > 0) return -Infinity
    for (const partial of rest.partials) addToExpansion(partials, partial)
    if (Math.abs(roundExpansion(rest.huge)) * GROW === Infinity) return undefined
    for (const partial of rest.huge) addToExpansion(partials, partial * GROW)
    return this.fitted(roundExpansion(partials))
  }
  private fitted(exact: number): number | undefined {
    const sum = this.type.kind === 'float4' ? Math.fround(exact) : exact
    return Number.isFinite(sum) ? sum : undefined
  }
  state() {
    return NO_STATE
  }
}
