import type { Arrangement, KeyedTable, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { nullColumn, takeRows } from '../../types/column-shape.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { consolidateLong } from '../consolidate.ts'
import { firstPresent } from '../first-present.ts'
import { firstColumns, withoutNullKeys } from '../keys.ts'
import type { Accumulator, AccumulatorInput } from './accumulator.ts'

/**
 * min and max under retraction: the group's values in order. State: each distinct value of each group, with its count.
 * Cost per changed row: O(log n). Retraction: counts; values of negative count are skipped.
 */
export class ExtremeAccumulator implements Accumulator {
  readonly columns = [] as const
  private readonly values: Arrangement
  private readonly type: SqlType
  private readonly column: number

  constructor(
    spec: { stateId: string; max: boolean; keyTypes: readonly SqlType[]; type: SqlType },
    states: StateFactory,
  ) {
    this.type = spec.type
    this.column = spec.keyTypes.length
    this.values = states.arrangement({
      id: spec.stateId,
      types: [...spec.keyTypes, spec.type],
      key: firstColumns(this.column),
      order: [{ column: this.column, desc: spec.max, nullsFirst: false }],
    })
  }
  bind(_table: KeyedTable, _first: number): void {}
  update({ n, diffs, keys, args }: AccumulatorInput): void {
    const present = withoutNullKeys({ n, diffs, cols: [...keys, args[0]] }, [keys.length])
    // Values of one group often come many at a time: once each, they cost one walk down the tree.
    if (present.n > 0) this.values.apply(consolidateLong(present))
  }
  isZero(): boolean {
    return true
  }
  results(_slots: Int32Array, n: number, keys: readonly Column[]): Column {
    const found = new Int32Array(n)
    const place = new Int32Array(n)
    let some = 0
    for (let i = 0; i < n; i++) {
      const slot = firstPresent(this.values, keys, i)
      place[i] = slot < 0 ? -1 : some
      if (slot >= 0) found[some++] = slot
    }
    if (some === 0) return nullColumn(this.type, n)
    const [column] = this.values.gather([this.column], found, some)
    return some === n ? column : takeRows(column, place, n)
  }
  state(): readonly StateStructure[] {
    return [this.values]
  }
}
