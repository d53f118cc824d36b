import type { KeyedTable, StateColumnKind, StateStructure } from '../../state/contract.ts'
import type { Column } from '../../types/column.ts'
import type { RowErrors } from '../contract.ts'

/** Rows handed to one accumulator: those that its FILTER passes, with what they aggregate. */
export interface AccumulatorInput {
  readonly n: number
  /** Slot of each row's group. */
  readonly slots: Int32Array
  readonly diffs: Int32Array
  readonly keys: readonly Column[]
  readonly args: readonly Column[]
  /** Columns of ORDER BY inside the call. */
  readonly order: readonly Column[]
}

/**
 * The state of one aggregate call in all groups. Everything kept in the group table's columns is linear in the rows
 * (each row adds its share times its diff), so that an all-zero group can be dropped and comes back unharmed.
 */
export interface Accumulator {
  /** Columns that it wants in the group table. */
  readonly columns: readonly StateColumnKind[]
  /** `first`: where its columns start. */
  bind(table: KeyedTable, first: number): void
  update(input: AccumulatorInput): void
  /** True when this group's columns are as those of a new group. */
  isZero(slot: number): boolean
  /** Results of n groups; an error of group i is recorded under i. */
  results(slots: Int32Array, n: number, keys: readonly Column[], errors: RowErrors): Column
  /** Structures beside the group table. */
  state(): readonly StateStructure[]
}

export const NO_STATE: readonly StateStructure[] = []
