import { SqlError } from '../../base/sql-error.ts'
import type { Arrangement, KeyedTable, SortColumn, StateFactory, StateStructure } from '../../state/contract.ts'
import { accumulated } from '../../types/array-value.ts'
import type { Column } from '../../types/column.ts'
import { columnBuilder } from '../../types/column-build.ts'
import { datumAt } from '../../types/column-read.ts'
import { compareAt } from '../../types/compare.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import type { RowErrors } from '../contract.ts'
import { firstColumns } from '../keys.ts'
import type { Accumulator, AccumulatorInput } from './accumulator.ts'

export interface OrderedSpec {
  readonly stateId: string
  readonly kind: 'string_agg' | 'array_agg'
  readonly distinct: boolean
  readonly type: SqlType
  readonly keyTypes: readonly SqlType[]
  readonly argTypes: readonly SqlType[]
  readonly orderTypes: readonly SqlType[]
  /** `column` counts within the ORDER BY columns. */
  readonly order: readonly SortColumn[]
}

const PAGE = 1024

/**
 * string_agg and array_agg (of arrays: one array of a dimension more): the group's rows in order, ties by the row order. State: each distinct row of each group.
 * Cost per changed row: O(log n), and the group's rows once a tick. Retraction: counts; negative ones are skipped.
 */
export class OrderedAccumulator implements Accumulator {
  readonly columns = [] as const
  private readonly spec: OrderedSpec
  private readonly rows: Arrangement
  private readonly argColumns: readonly number[]
  private readonly page = new Int32Array(PAGE)

  constructor(spec: OrderedSpec, states: StateFactory) {
    this.spec = spec
    const keys = spec.keyTypes.length
    const first = keys + spec.orderTypes.length
    this.argColumns = spec.argTypes.map((_, i) => first + i)
    this.rows = states.arrangement({
      id: spec.stateId,
      types: [...spec.keyTypes, ...spec.orderTypes, ...spec.argTypes],
      key: firstColumns(keys),
      order: spec.order.map((key) => ({ ...key, column: keys + key.column })),
    })
  }
  bind(_table: KeyedTable, _first: number): void {}
  update({ n, diffs, keys, args, order }: AccumulatorInput): void {
    if (n > 0) this.rows.apply({ n, diffs, cols: [...keys, ...order, ...args] })
  }
  isZero(): boolean {
    return true
  }
  results(_slots: Int32Array, n: number, keys: readonly Column[], errors: RowErrors): Column {
    const out = columnBuilder(this.spec.type, n)
    for (let i = 0; i < n; i++) {
      try {
        out.append(this.spec.kind === 'array_agg' ? this.arrayOf(keys, i) : this.joinedOf(keys, i))
      } catch (e) {
        if (!(e instanceof SqlError)) throw e
        errors.add(i, e.sqlstate, e.message, -1)
        out.appendNull()
      }
    }
    return out.finish()
  }
  private arrayOf(keys: readonly Column[], group: number): Datum {
    const items: Datum[] = []
    this.walk(keys, group, (args, row, count) => {
      const item = datumAt(args[0], row, this.spec.argTypes[0])
      for (let k = 0; k < count; k++) items.push(item)
    })
    if (items.length === 0) return null
    return this.spec.argTypes[0].kind === 'array' ? accumulated(items) : items
  }
  private joinedOf(keys: readonly Column[], group: number): Datum {
    const parts: (string | Uint8Array)[] = []
    this.walk(keys, group, (args, row, count) => {
      const part = datumAt(args[0], row, this.spec.argTypes[0]) as string | Uint8Array | null
      if (part === null) return
      const between =
        args.length < 2 ? null : (datumAt(args[1], row, this.spec.argTypes[1]) as string | Uint8Array | null)
      for (let k = 0; k < count; k++) {
        if (parts.length > 0 && between !== null) parts.push(between)
        parts.push(part)
      }
    })
    if (parts.length === 0) return null
    if (this.spec.type.kind === 'bytea') return new Uint8Array(Buffer.concat(parts as Uint8Array[]))
    return parts.join('')
  }
  /** The group's rows in order; with DISTINCT each value of the arguments once. */
  private walk(
    keys: readonly Column[],
    group: number,
    visit: (args: Column[], row: number, count: number) => void,
  ): void {
    let last: { cols: Column[]; row: number } | null = null
    for (let from = 0; ; from += PAGE) {
      const n = this.rows.range(keys, group, from, PAGE, this.page)
      const args = this.rows.gather(this.argColumns, this.page, n)
      for (let k = 0; k < n; k++) {
        const count = this.rows.diff(this.page[k])
        if (count <= 0) continue
        if (this.spec.distinct) {
          if (last !== null && this.equal(last.cols, last.row, args, k)) continue
          last = { cols: args, row: k }
          visit(args, k, 1)
        } else visit(args, k, count)
      }
      if (n < PAGE) return
    }
  }
  /** SQL's equality, whatever the form: of jsonb bytes do not tell it. */
  private equal(a: readonly Column[], i: number, b: readonly Column[], j: number): boolean {
    return this.spec.argTypes.every((type, c) => compareAt(type, a[c], i, b[c], j) === 0)
  }
  state(): readonly StateStructure[] {
    return [this.rows]
  }
}
