import type { Arrangement, KeyedTable, SortColumn, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { isNullAt } from '../../types/column-read.ts'
import { nullColumn, takeRows } from '../../types/column-shape.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { firstPresent } from '../first-present.ts'
import { firstColumns } from '../keys.ts'
import type { Accumulator, AccumulatorInput } from './accumulator.ts'

export interface PickedSpec {
  readonly stateId: string
  readonly keyTypes: readonly SqlType[]
  readonly type: SqlType
  readonly orderTypes: readonly SqlType[]
  /** `column` counts within the order's columns. */
  readonly order: readonly SortColumn[]
  /** The last row in the order, not the first. */
  readonly last: boolean
  /** The second argument stands before the order (arg_min, arg_max). */
  readonly byArgument: boolean
  /** Rows with a NULL argument are left out. */
  readonly skipsNulls: boolean
}

/**
 * any_value, first_value and last_value by an order, arg_min and arg_max: the value of one row of the group, the first in
 * its order; of equal ones that with the least value (of the last: the greatest), so that the rows alone decide. State:
 * each distinct row of each group, with its count. Cost per changed row: O(log n). Retraction: counts.
 */
export class PickedAccumulator implements Accumulator {
  readonly columns = [] as const
  private readonly spec: PickedSpec
  private readonly rows: Arrangement
  private readonly column: number

  constructor(spec: PickedSpec, states: StateFactory) {
    this.spec = spec
    const keys = spec.keyTypes.length
    this.column = keys + spec.orderTypes.length
    const order = spec.order.map((key) => ({ ...key, column: keys + key.column }))
    const value = { column: this.column, desc: false, nullsFirst: false }
    this.rows = states.arrangement({
      id: spec.stateId,
      types: [...spec.keyTypes, ...spec.orderTypes, spec.type],
      key: firstColumns(keys),
      order: spec.last ? [...order, value].map(reversed) : order,
    })
  }
  bind(_table: KeyedTable, _first: number): void {}
  update({ n, diffs, keys, args, order }: AccumulatorInput): void {
    const by = this.spec.byArgument ? [args[1], ...order] : order
    const cols = [...keys, ...by, args[0]]
    if (!this.spec.skipsNulls || args.every(({ nulls }) => nulls === null)) {
      if (n > 0) this.rows.apply({ n, diffs, cols })
      return
    }
    const rows = new Int32Array(n)
    let kept = 0
    for (let i = 0; i < n; i++) if (!args.some((arg) => isNullAt(arg, i))) rows[kept++] = i
    if (kept === 0) return
    const some = new Int32Array(kept)
    for (let k = 0; k < kept; k++) some[k] = diffs[rows[k]]
    this.rows.apply({ n: kept, diffs: some, cols: cols.map((column) => takeRows(column, rows, kept)) })
  }
  isZero(): boolean {
    return true
  }
  results(_slots: Int32Array, n: number, keys: readonly Column[]): Column {
    const found = new Int32Array(n)
    const place = new Int32Array(n)
    let some = 0
    for (let i = 0; i < n; i++) {
      const slot = firstPresent(this.rows, keys, i)
      place[i] = slot < 0 ? -1 : some
      if (slot >= 0) found[some++] = slot
    }
    if (some === 0) return nullColumn(this.spec.type, n)
    const [column] = this.rows.gather([this.column], found, some)
    return some === n ? column : takeRows(column, place, n)
  }
  state(): readonly StateStructure[] {
    return [this.rows]
  }
}

const reversed = ({ column, desc, nullsFirst }: SortColumn): SortColumn => ({
  column,
  desc: !desc,
  nullsFirst: !nullsFirst,
})
