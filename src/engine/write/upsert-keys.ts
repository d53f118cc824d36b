import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { Row } from '../../types/value.ts'
import { duplicateKey, isCompared, keyText, valuesOf } from './constraints.ts'
import type { WritableTable } from './writable.ts'

/** One unique key of a table as INSERT … ON CONFLICT sees it: the table's rows, and over them what the statement did so far. */
export class UpsertKey {
  readonly #table: WritableTable
  readonly #key: UniqueKey
  readonly #text: (row: Row) => string
  /** null: the row under this key left. */
  readonly #own = new Map<string, Row | null>()

  constructor(table: WritableTable, key: UniqueKey) {
    this.#table = table
    this.#key = key
    const text = keyText(table.entry, key.columns)
    // A row is looked up, then put there.
    let last: Row | null = null
    let lastText = ''
    this.#text = (row) => {
      if (row !== last) {
        last = row
        lastText = text(row)
      }
      return lastText
    }
  }

  /** The row that one like this would meet. */
  find(row: Row): Row | null {
    if (!isCompared(this.#key, row)) return null
    const own = this.#own.get(this.#text(row))
    return own === undefined ? this.#table.met(valuesOf(this.#key, row), this.#key) : own
  }
  /** 23505 where the row would meet another. */
  check(row: Row): void {
    if (!isCompared(this.#key, row)) return
    const own = this.#own.get(this.#text(row))
    const taken = own === undefined ? this.#table.isTaken(valuesOf(this.#key, row), this.#key) : own !== null
    if (taken) throw duplicateKey(this.#table.entry, row, this.#key)
  }
  put(row: Row): void {
    if (isCompared(this.#key, row)) this.#own.set(this.#text(row), row)
  }
  remove(row: Row): void {
    if (isCompared(this.#key, row)) this.#own.set(this.#text(row), null)
  }
  /** Whether it is the key over these columns. */
  isOver(columns: readonly number[]): boolean {
    const own = this.#key.columns
    return own.length === columns.length && own.every((c) => columns.includes(c))
  }
}
