import type { Column } from '../../types/column.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'

/**
 * One column of a structure: a value per slot, in chunks of typed arrays. Reading a slot never written is undefined.
 *
 * Two equalities: `equals` is SQL's group equality (1.0 = 1.00, -0 = 0: for keys); `identical` also demands the same
 * representation, so that a retraction removes exactly the row that was inserted.
 */
export interface StateColumn {
  readonly type: SqlType
  set(slot: number, from: Column, row: number): void
  /** `set` of row i into slots[i], i < n. */
  setAll(slots: Int32Array, from: Column, n: number): void
  /** Frees what the value holds; the slot may be set again. */
  clear(slot: number): void
  equals(slot: number, other: Column, row: number): boolean
  identical(slot: number, other: Column, row: number): boolean
  /** `equals` of two slots. */
  same(a: number, b: number): boolean
  isNull(slot: number): boolean
  /** btree order of two slots, NULL largest. */
  compare(a: number, b: number): number
  /** Order of the representations of two equal values; 0 = indistinguishable. */
  compareForm(a: number, b: number): number
  datum(slot: number): Datum
  gather(slots: Int32Array, n: number): Column
  /** By chunk, the array of a chunk of plain doubles, null where there are NULLs or bigints: the fast path of probes. */
  readonly plain: readonly (Float64Array | null)[] | null
  bytes(): number
  reset(): void
}
