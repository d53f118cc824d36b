import type { Arrangement, KeyedTable, StateStructure } from '../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../types/batch.ts'
import { negateBatch, takeBatch } from '../types/batch-build.ts'
import type { Column } from '../types/column.ts'
import { datumAt } from '../types/column-read.ts'
import type { SqlType } from '../types/sql-type.ts'

/** The lowest value that may still change, given the watermarks of the tick; null: not known yet. */
export type BoundOf = (watermarks: ReadonlyMap<number, number>) => number | null

/** Up to here every chance to release is taken; beyond, when the state grew by a quarter since the last one. */
const SWEEP_ALWAYS_ROWS = 4096

/** Whether a structure of so many rows, of which the last sweep left so many, is looked through. */
export const dueForSweep = (rows: number, rowsLeft: number): boolean =>
  rows > 0 && (rows <= SWEEP_ALWAYS_ROWS || rows >= rowsLeft + rowsLeft / 4)

/**
 * Frees the rows of one structure whose value in a column is below a bound that only rises. Between ticks: what goes
 * could no longer meet anything, so that outputs are the same whenever it goes.
 * Cost: all rows of the structure, but only once it has grown by a quarter, so O(1) for each row that was added.
 */
export class Release {
  readonly #structure: Arrangement | KeyedTable
  readonly #column: number
  readonly #type: SqlType
  readonly #bound: BoundOf
  #swept = Number.NEGATIVE_INFINITY
  #rowsLeft = 0

  constructor(structure: StateStructure, column: number, bound: BoundOf) {
    this.#structure = structure as Arrangement | KeyedTable
    this.#column = column
    this.#bound = bound
    this.#type = ('keyTypes' in this.#structure ? this.#structure.keyTypes : this.#structure.types)[column]
  }

  /** Whether it frees something now. */
  sweep(watermarks: ReadonlyMap<number, number>): void {
    if (!dueForSweep(this.#structure.rows, this.#rowsLeft)) return
    const bound = this.#bound(watermarks)
    if (bound === null || bound <= this.#swept) return
    this.#swept = bound
    if ('keyTypes' in this.#structure) this.#keyed(this.#structure, bound)
    else this.#arranged(this.#structure, bound)
    this.#rowsLeft = this.#structure.rows
  }

  #arranged(arrangement: Arrangement, bound: number): void {
    const gone: Batch[] = []
    for (const batch of arrangement.scan()) {
      const rows = this.#below(batch.cols[this.#column], batch.n, bound)
      if (rows.length > 0) gone.push(negateBatch(takeBatch(batch, rows, rows.length)))
    }
    for (const batch of gone) arrangement.apply(batch)
  }

  #keyed(table: KeyedTable, bound: number): void {
    const slots = Int32Array.from(table.slots())
    for (let start = 0; start < slots.length; start += BATCH_ROWS_MAX) {
      const part = slots.subarray(start, start + BATCH_ROWS_MAX)
      const column = table.gatherKeys(part, part.length)[this.#column]
      for (const i of this.#below(column, part.length, bound)) table.remove(part[i])
    }
  }

  #below(column: Column, n: number, bound: number): Int32Array {
    const rows = new Int32Array(n)
    let found = 0
    for (let i = 0; i < n; i++) {
      const value = datumAt(column, i, this.#type)
      if (value !== null && Number(value) < bound) rows[found++] = i
    }
    return rows.subarray(0, found)
  }
}
