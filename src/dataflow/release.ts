import type { Arrangement, KeyedTable, StateStructure } from '../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../types/batch.ts'
import { negateBatch, takeBatch } from '../types/batch-build.ts'
import type { Column } from '../types/column.ts'
import { datumAt } from '../types/column-read.ts'
import { plainNumber } from '../types/plain-number.ts'
import type { SqlType } from '../types/sql-type.ts'

/** The lowest value that may still change, given the watermarks of the tick; null: not known yet. */
export type BoundOf = (watermarks: ReadonlyMap<number, number>) => number | null

/** Up to here every chance to release is taken; beyond, when the state grew by a quarter since the last one. */
const SWEEP_ALWAYS_ROWS = 4096

/** Whether a structure of so many rows, of which the last sweep left so many, is looked through. */
export const dueForSweep = (rows: number, rowsLeft: number): boolean =>
  rows > 0 && (rows <= SWEEP_ALWAYS_ROWS || rows >= rowsLeft + rowsLeft / 4)

/** A column, and what its values are closed below. */
export interface ColumnBound {
  readonly column: number
  readonly bound: BoundOf
}

/**
 * Frees the rows of one structure whose values in columns are below bounds that only rise: that of `any` column, where
 * each alone says that nothing meets the row; or `all` that are not NULL, where each says so for one of several readers,
 * who never meet a NULL. Between ticks: what goes could no longer meet anything, so that outputs are the same whenever it
 * goes.
 * Cost: all rows of the structure, but only once it has grown by a quarter, so O(1) for each row that was added.
 */
export class Release {
  readonly #structure: Arrangement | KeyedTable
  readonly #columns: readonly ColumnBound[]
  readonly #types: readonly SqlType[]
  readonly #which: 'any' | 'all'
  #swept: readonly number[]
  #rowsLeft = 0

  constructor(structure: StateStructure, columns: readonly ColumnBound[], which: 'any' | 'all') {
    this.#structure = structure as Arrangement | KeyedTable
    this.#columns = columns
    this.#which = which
    this.#types = 'keyTypes' in this.#structure ? this.#structure.keyTypes : this.#structure.types
    this.#swept = columns.map(() => Number.NEGATIVE_INFINITY)
  }

  /** Whether it frees something now. */
  sweep(watermarks: ReadonlyMap<number, number>): void {
    if (!dueForSweep(this.#structure.rows, this.#rowsLeft)) return
    const bounds = this.#columns.map(({ bound }) => bound(watermarks) ?? Number.NEGATIVE_INFINITY)
    if (bounds.every((bound, i) => bound <= this.#swept[i])) return
    this.#swept = bounds
    if ('keyTypes' in this.#structure) this.#keyed(this.#structure, bounds)
    else this.#arranged(this.#structure, bounds)
    this.#rowsLeft = this.#structure.rows
  }

  #arranged(arrangement: Arrangement, bounds: readonly number[]): void {
    const gone: Batch[] = []
    for (const batch of arrangement.scan()) {
      const rows = this.#below(batch.cols, batch.n, bounds)
      if (rows.length > 0) gone.push(negateBatch(takeBatch(batch, rows, rows.length)))
    }
    for (const batch of gone) arrangement.apply(batch)
  }

  #keyed(table: KeyedTable, bounds: readonly number[]): void {
    const slots = Int32Array.from(table.slots())
    for (let start = 0; start < slots.length; start += BATCH_ROWS_MAX) {
      const part = slots.subarray(start, start + BATCH_ROWS_MAX)
      for (const i of this.#below(table.gatherKeys(part, part.length), part.length, bounds)) table.remove(part[i])
    }
  }

  #below(cols: readonly Column[], n: number, bounds: readonly number[]): Int32Array {
    const below = new Uint8Array(n)
    const open = new Uint8Array(n)
    this.#columns.forEach(({ column }, c) => {
      for (let i = 0; i < n; i++) {
        const value = datumAt(cols[column], i, this.#types[column])
        if (value === null) continue
        if (plainNumber(value) < bounds[c]) below[i] = 1
        else open[i] = 1
      }
    })
    const rows = new Int32Array(n)
    let found = 0
    for (let i = 0; i < n; i++) if (below[i] === 1 && (this.#which === 'any' || open[i] === 0)) rows[found++] = i
    return rows.subarray(0, found)
  }
}
