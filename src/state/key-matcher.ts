import type { Column } from '../types/column.ts'
import type { StateColumn } from './columns/state-column.ts'
import { CHUNK_MASK, CHUNK_SHIFT } from './contract.ts'

/** How a hash index tells whether a slot is the one that is looked for. */
export interface Matcher {
  matches(slot: number, probe: readonly Column[], row: number): boolean
  /** slots[i] ≥ 0 becomes -2 where it does not match probe row i. */
  verify(slots: Int32Array, probe: readonly Column[], n: number): void
}

/** What `verify` leaves for a candidate that is another key. */
export const MISMATCH = -2

/** SQL's group equality of a slot's key with a probe row; numbers without NULLs are the case worth a fast path. */
export class KeyMatcher implements Matcher {
  private readonly columns: readonly StateColumn[]

  constructor(columns: readonly StateColumn[]) {
    this.columns = columns
  }
  matches(slot: number, probe: readonly Column[], row: number): boolean {
    for (let c = 0; c < this.columns.length; c++) if (!this.columns[c].equals(slot, probe[c], row)) return false
    return true
  }
  verify(slots: Int32Array, probe: readonly Column[], n: number): void {
    for (let c = 0; c < this.columns.length; c++) this.verifyColumn(this.columns[c], slots, probe[c], n)
  }
  private verifyColumn(own: StateColumn, slots: Int32Array, column: Column, n: number): void {
    const plain = own.plain
    if (plain === null || column.kind !== 'f64' || column.nulls !== null) {
      for (let i = 0; i < n; i++) if (slots[i] >= 0 && !own.equals(slots[i], column, i)) slots[i] = MISMATCH
      return
    }
    const data = column.data
    for (let i = 0; i < n; i++) {
      const slot = slots[i]
      if (slot < 0) continue
      const chunk = plain[slot >> CHUNK_SHIFT]
      if (chunk !== null && chunk[slot & CHUNK_MASK] === data[i]) continue
      // NaN equals NaN, but NaN !== NaN: the slow path decides.
      if (!own.equals(slot, column, i)) slots[i] = MISMATCH
    }
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
  verify(slots: Int32Array, probe: readonly Column[], n: number): void {
    for (let i = 0; i < n; i++) if (slots[i] >= 0 && !this.matches(slots[i], probe, i)) slots[i] = MISMATCH
  }
}
