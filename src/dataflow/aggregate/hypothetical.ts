import { unreachable } from '../../base/assert.ts'
import type { Hypothetical } from '../../functions/function.ts'
import type { Arrangement, KeyedTable, SortColumn, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { buildColumn } from '../../types/column-build.ts'
import { takeRows } from '../../types/column-shape.ts'
import { plainColumn } from '../../types/forms.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { consolidateLong } from '../consolidate.ts'
import { firstColumns } from '../keys.ts'
import type { Accumulator, AccumulatorInput } from './accumulator.ts'
import { type DirectArgument, DirectValues } from './direct.ts'

export interface HypotheticalSpec {
  readonly stateId: string
  readonly kind: Hypothetical
  readonly keyTypes: readonly SqlType[]
  readonly orderTypes: readonly SqlType[]
  /** `column` counts within the order's columns. */
  readonly order: readonly SortColumn[]
  /** The hypothetical row: one a column of the order. */
  readonly direct: readonly DirectArgument[]
  readonly argTypes: readonly SqlType[]
}

/**
 * rank, dense_rank, percent_rank and cume_dist of a row that is not there: the group's rows in order. State: each distinct
 * row of the order's values, in their plain forms, with its count. Cost per changed row, and per touched group:
 * O(log n). Retraction: counts.
 */
export class HypotheticalAccumulator implements Accumulator {
  readonly columns: Accumulator['columns']
  private readonly spec: HypotheticalSpec
  private readonly direct: DirectValues
  private readonly rows: Arrangement

  constructor(spec: HypotheticalSpec, states: StateFactory) {
    this.spec = spec
    this.direct = new DirectValues(spec.direct, spec.argTypes)
    this.columns = this.direct.columns
    const keys = spec.keyTypes.length
    this.rows = states.arrangement({
      id: spec.stateId,
      types: [...spec.keyTypes, ...spec.orderTypes],
      key: firstColumns(keys),
      order: spec.order.map((key) => ({ ...key, column: keys + key.column })),
      copies: true,
    })
  }
  bind(table: KeyedTable, first: number): void {
    this.direct.bind(table, first)
  }
  update(input: AccumulatorInput): void {
    this.direct.update(input)
    const { n, diffs, keys, order } = input
    const cols = [...keys, ...order.map((column, k) => plainColumn(this.spec.orderTypes[k], column, n))]
    if (n > 0) this.rows.apply(consolidateLong({ n, diffs, cols }))
  }
  isZero(): boolean {
    return true
  }
  results(slots: Int32Array, n: number, keys: readonly Column[]): Column {
    const data = new Float64Array(n)
    for (let i = 0; i < n; i++) data[i] = this.resultOf(slots[i], keys, i)
    return { kind: 'f64', data, nulls: null }
  }
  private resultOf(slot: number, keys: readonly Column[], group: number): number {
    const { kind, orderTypes } = this.spec
    const count = this.rows.copies(keys, group)
    const own = Int32Array.of(group)
    const row = [
      ...keys.map((column) => takeRows(column, own, 1)),
      ...orderTypes.map((type, k) => plainColumn(type, buildColumn(type, [this.direct.of(k, slot)]), 1)),
    ]
    switch (kind) {
      case 'rank':
        return this.rows.seekRow(row, 0, false).copies + 1
      case 'dense_rank':
        return this.rows.seekRow(row, 0, false).slots + 1
      case 'percent_rank':
        return count === 0 ? 0 : this.rows.seekRow(row, 0, false).copies / count
      case 'cume_dist':
        return (this.rows.seekRow(row, 0, true).copies + 1) / (count + 1)
      default:
        return unreachable(kind)
    }
  }
  state(): readonly StateStructure[] {
    return [this.rows]
  }
}
