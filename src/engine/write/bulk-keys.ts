import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { KeyedTable } from '../../state/contract.ts'
import { createState } from '../../state/factory.ts'
import type { Batch } from '../../types/batch.ts'
import { rowAt, takeBatch } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { equalRows } from '../../types/hash.ts'
import type { TableRuntime } from '../table.ts'
import { duplicateKey } from './constraints.ts'

/**
 * One unique key of a statement's rows as columns: rows leaving first, then rows arriving, as `checkKeys` has it for rows. Cost per row: one look-up in the table, one in the statement's own keys.
 */
export class KeyCheck {
  readonly #table: TableRuntime
  readonly #key: UniqueKey
  readonly #arrived: KeyedTable
  #leaving: KeyedTable | null = null
  #slots = new Int32Array(64)

  constructor(table: TableRuntime, key: UniqueKey) {
    this.#table = table
    this.#key = key
    this.#arrived = this.#keyedTable('arriving')
  }

  leave(batch: Batch): void {
    this.#leaving ??= this.#keyedTable('leaving')
    this.#leaving.findOrInsert(this.#columns(batch), batch.n, this.#room(batch.n))
  }

  /** Throws 23505 for a key that is there and does not leave, or that comes twice. */
  arrive(all: Batch): void {
    const batch = this.#compared(all)
    const keys = this.#columns(batch)
    const free = this.#leaving === null ? batch : this.#staying(batch, keys)
    const taken = this.#table.firstPresent(this.#columns(free), free.n, this.#key)
    if (taken >= 0) throw this.#duplicate(free, taken)
    const repeated = this.firstRepeated(batch)
    if (repeated >= 0) throw this.#duplicate(batch, repeated)
  }

  /** The first row whose key came before it, or that is there several times; -1: none. */
  firstRepeated(batch: Batch): number {
    const again = this.#firstAgain(this.#columns(batch), batch.n)
    return again >= 0 ? again : batch.diffs.subarray(0, batch.n).findIndex((diff) => diff > 1)
  }

  /** Rows whose key (the leading columns are the table's) did not come before, each counted once. */
  firstOfEach(batch: Batch): Batch {
    const before = this.#arrived.rows
    const slots = this.#room(batch.n)
    this.#arrived.findOrInsert(this.#columns(batch), batch.n, slots)
    const rows = new Int32Array(batch.n)
    let n = 0
    // Slots are given in order: the first row of a new key has the next one.
    for (let i = 0; i < batch.n; i++) if (slots[i] === before + n) rows[n++] = i
    const first = n === batch.n ? batch : takeBatch(batch, rows, n)
    return { ...first, diffs: new Int32Array(first.n).fill(1) }
  }

  /** Without the rows whose NULLs keep them from being compared. */
  #compared(batch: Batch): Batch {
    return compared(batch, this.#key)
  }

  /** Without the rows whose key leaves. */
  #staying(batch: Batch, keys: readonly Column[]): Batch {
    const slots = this.#room(batch.n)
    this.#leaving!.find(keys, batch.n, slots)
    const rows = new Int32Array(batch.n)
    let n = 0
    for (let i = 0; i < batch.n; i++) if (slots[i]! < 0) rows[n++] = i
    return takeBatch(batch, rows, n)
  }

  /** The first of n rows whose key an earlier row had, or -1. */
  #firstAgain(keys: readonly Column[], n: number): number {
    const before = this.#arrived.rows
    const slots = this.#room(n)
    this.#arrived.findOrInsert(keys, n, slots)
    if (this.#arrived.rows - before === n) return -1
    for (let i = 0, fresh = before; i < n; i++) if (slots[i] !== fresh++) return i
    return -1
  }

  #duplicate(batch: Batch, row: number) {
    return duplicateKey(this.#table.entry, rowAt(batch, row, this.#table.types), this.#key)
  }
  #columns(batch: Batch): Column[] {
    return this.#key.columns.map((c) => batch.cols[c]!)
  }
  #room(n: number): Int32Array {
    if (this.#slots.length < n) this.#slots = new Int32Array(n)
    return this.#slots
  }
  #keyedTable(id: string): KeyedTable {
    const keyTypes = this.#key.columns.map((c) => this.#table.types[c]!)
    return createState().keyedTable({ id, keyTypes, columns: [] })
  }
}

/** Whether no row's key changes, as SQL compares keys. */
export function sameKeys({ columns }: UniqueKey, old: Batch, next: Batch): boolean {
  const was = columns.map((c) => old.cols[c]!)
  const is = columns.map((c) => next.cols[c]!)
  for (let i = 0; i < old.n; i++) if (!equalRows(was, i, is, i)) return false
  return true
}

/** The rows of a batch that a key compares: all, or those without a NULL in it. */
export function compared(batch: Batch, { columns, nullsDistinct }: UniqueKey): Batch {
  const nulls = nullsDistinct ? columns.flatMap((c) => batch.cols[c]!.nulls ?? []) : []
  if (nulls.length === 0) return batch
  const rows = new Int32Array(batch.n)
  let n = 0
  for (let i = 0; i < batch.n; i++) if (nulls.every((of) => of[i] === 0)) rows[n++] = i
  return n === batch.n ? batch : takeBatch(batch, rows, n)
}
