import type { KeyedTable } from '../../state/contract.ts'
import { createState } from '../../state/factory.ts'
import type { Column } from '../../types/column.ts'
import type { SqlType } from '../../types/sql-type.ts'

/** The keys of one statement, to find the first that comes twice. */
export class KeyedProbe {
  readonly #keys: KeyedTable
  #slots = new Int32Array(64)

  constructor(types: readonly SqlType[]) {
    this.#keys = createState().keyedTable({ id: 'keys', keyTypes: types, columns: ['i32'] })
  }

  /** The first of n rows whose key an earlier row had, or -1. */
  firstAgain(columns: readonly Column[], n: number): number {
    if (this.#slots.length < n) this.#slots = new Int32Array(n)
    const before = this.#keys.rows
    this.#keys.findOrInsert(columns, n, this.#slots)
    // Every key new: nothing to look for.
    if (this.#keys.rows - before === n) return -1
    const seen = new Set<number>()
    for (let i = 0; i < n; i++) {
      const slot = this.#slots[i]!
      // Slots are given in order: what is below was there before this batch.
      if (slot < before || seen.has(slot)) return i
      seen.add(slot)
    }
    return -1
  }
}
