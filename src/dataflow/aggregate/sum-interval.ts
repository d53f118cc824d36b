import { divideInterval } from '../../functions/scalar/interval-math.ts'
import type { KeyedTable } from '../../state/contract.ts'
import type { AnyColumn, Column } from '../../types/column.ts'
import type { Interval } from '../../types/value.ts'
import type { RowErrors } from '../contract.ts'
import { type Accumulator, type AccumulatorInput, NO_STATE } from './accumulator.ts'
import { CountAccumulator } from './count.ts'
import { ExactSum } from './exact-sum.ts'

const INT4_MAX = 2147483647

/**
 * sum and avg over interval: three exact sums. State: 56 B a group. Cost per changed row: four additions. Retraction:
 * subtracts.
 */
export class SumIntervalAccumulator implements Accumulator {
  readonly columns = ['f64', 'f64', 'f64', 'f64', 'f64', 'f64', 'f64'] as const
  private readonly count = new CountAccumulator()
  private parts: ExactSum[] = []
  private readonly average: boolean

  constructor(average: boolean) {
    this.average = average
  }
  bind(table: KeyedTable, first: number): void {
    this.count.bind(table, first)
    this.parts = [1, 3, 5].map((offset) => new ExactSum(table, first + offset))
  }
  update(input: AccumulatorInput): void {
    this.count.update(input)
    const { data, nulls } = input.args[0] as AnyColumn
    for (let i = 0; i < input.n; i++) {
      if (nulls !== null && nulls[i] === 1) continue
      const value = data[i] as Interval
      const slot = input.slots[i]
      this.parts[0].add(slot, value.months, input.diffs[i])
      this.parts[1].add(slot, value.days, input.diffs[i])
      const micros: number | bigint = value.micros
      if (typeof micros === 'number') this.parts[2].add(slot, micros, input.diffs[i])
      else this.parts[2].addBig(slot, (micros as bigint) * BigInt(input.diffs[i]))
    }
  }
  isZero(slot: number): boolean {
    return this.count.isZero(slot) && this.parts.every((part) => part.isZero(slot))
  }
  results(slots: Int32Array, n: number, _keys: readonly Column[], errors: RowErrors): Column {
    const data = new Array<Interval | null>(n).fill(null)
    const nulls = new Uint8Array(n)
    // Where intervals end; what is divided comes back.
    const microsMax = this.average ? 2 ** 63 : Number.MAX_SAFE_INTEGER
    for (let i = 0; i < n; i++) {
      const count = this.count.countOf(slots[i])
      const [months, days, micros] = this.parts.map((part) => Number(part.value(slots[i])))
      if (count <= 0) nulls[i] = 1
      else if (Math.abs(months) > INT4_MAX || Math.abs(days) > INT4_MAX || Math.abs(micros) > microsMax) {
        errors.add(i, '22008', 'interval out of range', -1)
      } else data[i] = this.average ? divideInterval({ months, days, micros }, count) : { months, days, micros }
    }
    return { kind: 'any', data, nulls }
  }
  state() {
    return NO_STATE
  }
}
