import type { Arrangement, KeyedTable, SortColumn, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { columnBuilder } from '../../types/column-build.ts'
import { datumAt } from '../../types/column-read.ts'
import { compareDatum } from '../../types/compare.ts'
import { arrayOf, type SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { consolidateLong } from '../consolidate.ts'
import { firstColumns, withoutNullKeys } from '../keys.ts'
import type { Accumulator, AccumulatorInput } from './accumulator.ts'
import { type DirectArgument, DirectValues } from './direct.ts'

export interface GreatestSpec {
  readonly stateId: string
  readonly keyTypes: readonly SqlType[]
  readonly valueType: SqlType
  /** The direction that the array has: a top-k is descending. */
  readonly order: SortColumn
  /** Equal values count once. */
  readonly distinct: boolean
  /** How many. */
  readonly direct: readonly DirectArgument[]
  readonly argTypes: readonly SqlType[]
}

const PAGE = 64

/**
 * topk and topkdistinct: an array of the first k values in order. State: each distinct value of each group, with its
 * count. Cost per changed row: O(log n); of a touched group: O(log n + k). Retraction: counts; negative ones are skipped.
 */
export class GreatestAccumulator implements Accumulator {
  readonly columns: Accumulator['columns']
  private readonly spec: GreatestSpec
  private readonly direct: DirectValues
  private readonly values: Arrangement
  private readonly page = new Int32Array(PAGE)

  constructor(spec: GreatestSpec, states: StateFactory) {
    this.spec = spec
    this.direct = new DirectValues(spec.direct, spec.argTypes)
    this.columns = this.direct.columns
    const keys = spec.keyTypes.length
    this.values = states.arrangement({
      id: spec.stateId,
      types: [...spec.keyTypes, spec.valueType],
      key: firstColumns(keys),
      order: [{ ...spec.order, column: keys }],
    })
  }
  bind(table: KeyedTable, first: number): void {
    this.direct.bind(table, first)
  }
  update(input: AccumulatorInput): void {
    this.direct.update(input)
    const { n, diffs, keys, order } = input
    const present = withoutNullKeys({ n, diffs, cols: [...keys, order[0]] }, [keys.length])
    if (present.n > 0) this.values.apply(consolidateLong(present))
  }
  isZero(): boolean {
    return true
  }
  results(slots: Int32Array, n: number, keys: readonly Column[]): Column {
    const out = columnBuilder(arrayOf(this.spec.valueType), n)
    for (let i = 0; i < n; i++) {
      const k = this.direct.of(0, slots[i])
      out.append(k === null ? null : this.first(Math.max(0, k as number), keys, i))
    }
    return out.finish()
  }
  /** Null where the group has no value at all. */
  private first(k: number, keys: readonly Column[], group: number): Datum {
    const { valueType, distinct, keyTypes } = this.spec
    const items: Datum[] = []
    let any = false
    for (let from = 0; ; from += PAGE) {
      const n = this.values.range(keys, group, from, PAGE, this.page)
      const [column] = this.values.gather([keyTypes.length], this.page, n)
      for (let at = 0; at < n; at++) {
        const count = this.values.diff(this.page[at])
        if (count <= 0) continue
        any = true
        if (items.length >= k) return items
        const value = datumAt(column, at, valueType)
        const repeats = distinct && items.length > 0 && compareDatum(valueType, items[items.length - 1], value) === 0
        const copies = repeats ? 0 : distinct ? 1 : Math.min(count, k - items.length)
        for (let c = 0; c < copies; c++) items.push(value)
      }
      if (n < PAGE) return any ? items : null
    }
  }
  state(): readonly StateStructure[] {
    return [this.values]
  }
}
