import type { Pieces } from '../../base/slices.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { ArrangementPin } from '../../state/contract.ts'
import type { Row } from '../../types/value.ts'
import type { TableRuntime } from '../table.ts'
import { duplicateKey, isCompared, keyText, rowOfKey, valuesOf } from '../write/constraints.ts'
import { PIECE_ROWS, type RowChange } from '../write/writable.ts'

/**
 * A unique key of a table as a transaction sees it, beside the primary key: the rows of its snapshot with its own changes
 * over them. Remembers what it looked up, for the check at commit.
 */
export class UniqueOverlay {
  readonly key: UniqueKey
  readonly #table: TableRuntime
  readonly #pin: ArrangementPin
  readonly #text: (row: Row) => string
  readonly #own = new Map<string, Row | null>()
  readonly #read = new Map<string, Row>()
  /** Of those, the ones of which nothing was read but that they are free for a row that arrives. */
  readonly #onlyFree = new Set<string>()

  constructor(table: TableRuntime, key: UniqueKey, pin: ArrangementPin) {
    this.#table = table
    this.key = key
    this.#pin = pin
    this.#text = keyText(table.entry, key.columns)
  }

  lookup(values: Row): Row | null {
    const text = this.#text(this.#rowOf(values))
    const own = this.#own.get(text)
    if (own !== undefined) return own
    this.#read.set(text, values)
    this.#onlyFree.delete(text)
    return this.#atSnapshot(values)
  }
  isTaken(values: Row): boolean {
    const text = this.#text(this.#rowOf(values))
    const own = this.#own.get(text)
    if (own !== undefined) return own !== null
    if (!this.#read.has(text)) {
      this.#read.set(text, values)
      this.#onlyFree.add(text)
    }
    return this.#atSnapshot(values) !== null
  }
  remove({ old }: RowChange): void {
    if (old === null || !isCompared(this.key, old)) return
    const text = this.#text(old)
    this.#read.set(text, valuesOf(this.key, old))
    this.#own.set(text, null)
  }
  put({ next }: RowChange): void {
    if (next === null || !isCompared(this.key, next)) return
    const text = this.#text(next)
    this.#read.set(text, valuesOf(this.key, next))
    this.#own.set(text, next)
  }

  /** At commit: 23505 where a key that is inserted, and was not read, is there by now; true where what was read has changed. */
  *changed(same: (a: Row | null, b: Row | null) => boolean): Pieces<boolean> {
    let seen = 0
    for (const [text, values] of this.#read) {
      if (seen++ % PIECE_ROWS === 0) yield
      const before = this.#atSnapshot(values)
      const now = this.#table.lookup(values, this.key)
      const own = this.#own.get(text)
      if (before === null && now !== null && own != null && this.#onlyFree.has(text))
        throw duplicateKey(this.#table.entry, own, this.key)
      if (!same(before, now)) return true
    }
    return false
  }

  #atSnapshot(values: Row): Row | null {
    const ordered = this.#table.uniqueRows(this.key.id).rows.key.map((c) => values[this.key.columns.indexOf(c)]!)
    return this.#pin.lookup(ordered).find(({ diff }) => diff > 0)?.row ?? null
  }
  #rowOf(values: Row): Row {
    return rowOfKey(this.#table.entry, values, this.key.columns)
  }
}
