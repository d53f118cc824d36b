import type { Column } from '../types/column.ts'
import type { StateColumn } from './columns/state-column.ts'
import { CHUNK_MASK, CHUNK_SHIFT } from './contract.ts'

/** How a hash index tells whether a slot is the one that is looked for. */
export interface Matcher {
  matches(slot: number, probe: readonly Column[], row: number): boolean
}

/** SQL's group equality of a slot's key with a probe row. One number without NULLs is the case worth a fast path. */
export class KeyMatcher implements Matcher {
  private readonly columns: readonly StateColumn[]
  private readonly single: StateColumn | null

  constructor(columns: readonly StateColumn[]) {
    this.columns = columns
    this.single = columns.length === 1 ? columns[0] : null
  }
  matches(slot: number, probe: readonly Column[], row: number): boolean {
    if (this.single !== null) {
      const column = probe[0]
      if (column.kind === 'f64' && column.nulls === null) {
        const data = this.single.plainF64(slot >> CHUNK_SHIFT)
        // NaN equals NaN, but NaN !== NaN: the slow path decides.
        if (data !== null && data[slot & CHUNK_MASK] === column.data[row]) return true
      }
      return this.single.equals(slot, column, row)
    }
    for (let c = 0; c < this.columns.length; c++) if (!this.columns[c].equals(slot, probe[c], row)) return false
    return true
  }
}

/** Identity of whole rows, representation included. */
export class RowMatcher implements Matcher {
  private readonly columns: readonly StateColumn[]

  constructor(columns: readonly StateColumn[]) {
    this.columns = columns
  }
  matches(slot: number, probe: readonly Column[], row: number): boolean {
    for (let c = 0; c < this.columns.length; c++) if (!this.columns[c].identical(slot, probe[c], row)) return false
    return true
  }
}
