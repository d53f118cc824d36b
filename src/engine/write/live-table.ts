import type { Pieces } from '../../base/slices.ts'
import type { ForeignKeyEntry } from '../../catalog/entry.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import type { Row } from '../../types/value.ts'
import type { LockMode, LockTable } from '../locks.ts'
import type { TableRuntime } from '../table.ts'
import { keyText, rowOfKey } from './constraints.ts'
import type { StatementBound } from './evaluated.ts'
import { expand } from './expand.ts'
import { ArrivingKeys, referredUnder } from './key-locks.ts'
import { type RowChange, signedRows, type WritableTable } from './writable.ts'

/** A row that the statement would change, or a key that it relies on, is locked by a transaction. */
export class Locked extends Error {
  readonly table: number
  readonly key: string
  readonly mode: LockMode
  constructor(table: number, key: string, mode: LockMode = 'exclusive') {
    super('locked')
    this.table = table
    this.key = key
    this.mode = mode
  }
}

/** A table as it is in the tick, the tick's earlier statements included; what is applied is gathered, not yet there. */
export class LiveTable implements WritableTable {
  readonly #table: TableRuntime
  readonly #locks: LockTable
  readonly #arriving: ArrivingKeys
  readonly #bound: StatementBound
  readonly changed: Batch[] = []
  readonly #texts = new Map<readonly number[], (row: Row) => string>()

  constructor(table: TableRuntime, locks: LockTable, bound: StatementBound) {
    this.#table = table
    this.#locks = locks
    this.#arriving = new ArrivingKeys(locks, table.entry)
    this.#bound = bound
  }
  get runtime(): TableRuntime {
    return this.#table
  }
  get entry() {
    return this.#table.entry
  }
  get types() {
    return this.#table.types
  }
  get keys() {
    return this.#table.keys
  }
  get foreignKeys() {
    return this.#table.foreignKeys
  }
  lookup(values: Row, of?: UniqueKey): Row | null {
    return this.#table.lookup(values, of)
  }
  met(values: Row, of: UniqueKey): Row | null {
    const held = this.#arriving.heldBy(values, of)
    if (held !== null) throw new Locked(held.object, held.key)
    return this.#table.lookup(values, of)
  }
  isTaken(values: Row, of: UniqueKey): boolean {
    return this.met(values, of) !== null
  }
  isPresent(values: Row, of: UniqueKey): boolean {
    this.#checkReferred(values, of, 'shared')
    return this.#table.lookup(values, of) !== null
  }
  checkLeaving(values: Row, of: UniqueKey): void {
    this.#checkReferred(values, of, 'exclusive')
  }
  referencing(values: Row, fk: ForeignKeyEntry): readonly Row[] {
    return this.#table.referencing(fk).lookup(values)
  }
  count(row: Row): number {
    return this.#table.count(row)
  }
  rows(): Row[] {
    return expand([...this.#table.rows.scan()], this.#table.types)
  }
  *apply(changes: readonly RowChange[]): Pieces {
    for (const { rows, diffs } of signedRows(changes)) {
      const batch = batchFromRows(this.#table.types, rows, diffs)
      this.#bound.add(batch)
      this.changed.push(batch)
      yield
    }
  }
  checkLock(key: Row): void {
    const text = this.#text(this.entry.primaryKey!, key)
    if (this.#locks.isHeld(this.entry.id, text)) throw new Locked(this.entry.id, text)
  }
  /** Those of a batch's rows. */
  checkLocks(rows: readonly Row[]): void {
    const { primaryKey } = this.entry
    if (primaryKey === null || !this.#locks.any) return
    for (const row of rows) this.checkLock(primaryKey.map((c) => row[c]!))
  }
  /** Keys that rows take. */
  checkArriving(rows: readonly Row[], key: UniqueKey): void {
    if (!this.#locks.any) return
    for (const row of rows) {
      const held = this.#arriving.held(row, key)
      if (held !== null) throw new Locked(held.object, held.key)
    }
  }

  #checkReferred(values: Row, of: UniqueKey, mode: LockMode): void {
    if (!this.#locks.any) return
    const object = referredUnder(this.entry, of)
    const text = this.#text(of.columns, values)
    if (this.#locks.isHeld(object, text, mode)) throw new Locked(object, text, mode)
  }
  #text(columns: readonly number[], values: Row): string {
    let text = this.#texts.get(columns)
    if (text === undefined) {
      text = keyText(this.entry, columns)
      this.#texts.set(columns, text)
    }
    return text(rowOfKey(this.entry, values, columns))
  }
}
