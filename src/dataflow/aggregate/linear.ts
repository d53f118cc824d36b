import type { KeyedTable } from '../../state/contract.ts'
import { CHUNK_MASK, CHUNK_SHIFT } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import { columnBuilder } from '../../types/column-build.ts'
import { datumAt } from '../../types/column-read.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Value } from '../../types/value.ts'
import type { RowErrors } from '../contract.ts'
import { type Accumulator, type AccumulatorInput, NO_STATE } from './accumulator.ts'

/** Records an error of the result; the result is then NULL. */
export type Fail = (sqlstate: string, message: string) => null

/**
 * An aggregate whose state is a sum over rows, exact whatever their order: a row adds its share times its diff, and two
 * states add up to that of both their rows. Groups add and retract, windows merge runs of rows. Rows with a NULL
 * argument add nothing.
 */
export interface Linear<S = unknown> {
  zero(): S
  add(state: S, values: readonly Value[], diff: number): void
  /** A state of its own; neither of the two changes. */
  merge(a: S, b: S): S
  isZero(state: S): boolean
  result(state: S, fail: Fail): Datum
}

/**
 * The state of a linear aggregate in all groups. State: its object a group. Cost per changed row: one addition.
 * Retraction: adds the negated share.
 */
export class LinearAccumulator implements Accumulator {
  readonly columns = ['any'] as const
  private table!: KeyedTable
  private first = 0
  private readonly linear: Linear
  private readonly argTypes: readonly SqlType[]
  private readonly type: SqlType

  constructor(linear: Linear, argTypes: readonly SqlType[], type: SqlType) {
    this.linear = linear
    this.argTypes = argTypes
    this.type = type
  }
  bind(table: KeyedTable, first: number): void {
    this.table = table
    this.first = first
  }
  update({ n, slots, diffs, args }: AccumulatorInput): void {
    const { linear, argTypes } = this
    const values = new Array<Value>(args.length)
    for (let i = 0; i < n; i++) {
      let known = 0
      for (; known < args.length; known++) {
        const column = args[known]
        const value =
          column.kind === 'f64' && column.nulls === null ? column.data[i] : datumAt(column, i, argTypes[known])
        if (value === null) break
        values[known] = value
      }
      if (known < args.length) continue
      const states = this.table.chunkAny(this.first, slots[i] >> CHUNK_SHIFT)
      const at = slots[i] & CHUNK_MASK
      const state = states[at] ?? linear.zero()
      linear.add(state, values, diffs[i])
      states[at] = linear.isZero(state) ? undefined : state
    }
  }
  isZero(slot: number): boolean {
    return this.stateOf(slot) === undefined
  }
  results(slots: Int32Array, n: number, _keys: readonly Column[], errors: RowErrors): Column {
    const out = columnBuilder(this.type, n)
    for (let i = 0; i < n; i++) {
      const state = this.stateOf(slots[i]) ?? this.linear.zero()
      out.append(
        this.linear.result(state, (sqlstate, message) => {
          errors.add(i, sqlstate, message, -1)
          return null
        }),
      )
    }
    return out.finish()
  }
  state() {
    return NO_STATE
  }
  private stateOf(slot: number): unknown {
    return this.table.chunkAny(this.first, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
}
