import type { Pieces } from '../../base/slices.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { ArrangementPin } from '../../state/contract.ts'
import type { Row } from '../../types/value.ts'
import type { TableRuntime } from '../table.ts'
import { duplicateKey, isCompared, keyText, rowOfKey, valuesOf } from '../write/constraints.ts'
import { sameRow } from '../write/same-row.ts'
import { PIECE_ROWS, type RowChange } from '../write/writable.ts'

/** What was read of a key: nothing, that it is free for a row that arrives, whether it is there, its row. More contains less. */
const READ = { nothing: 0, free: 1, present: 2, row: 3 } as const

interface Seen {
  readonly values: Row
  /** At the snapshot. */
  readonly before: Row | null
  /** With the transaction's own changes; undefined: there are none. Several rows only while the key is checked later. */
  own: readonly Row[] | undefined
  read: (typeof READ)[keyof typeof READ]
}

/**
 * What is unique in a table, the primary key among it, as a transaction sees it: the rows of its snapshot with its own changes
 * over them. Remembers what it looked up, for the check at commit. Cost per changed row: one look-up, one entry.
 */
export class KeyOverlay {
  readonly key: UniqueKey
  readonly #table: TableRuntime
  readonly #pin: ArrangementPin
  readonly #text: (row: Row) => string
  /** Of the snapshot's columns, where each stands in the key. */
  readonly #order: readonly number[]
  readonly #seen = new Map<string, Seen>()

  constructor(table: TableRuntime, key: UniqueKey, pin: ArrangementPin) {
    this.#table = table
    this.key = key
    this.#pin = pin
    this.#text = keyText(table.entry, key.columns)
    this.#order = table.rowsOf(key).key.map((c) => key.columns.indexOf(c))
  }

  lookup(values: Row): Row | null {
    const seen = this.#see(values)
    if (seen.own !== undefined) return seen.own[0] ?? null
    seen.read = READ.row
    return seen.before
  }
  isTaken(values: Row): boolean {
    return this.#isThere(values, READ.free)
  }
  isPresent(values: Row): boolean {
    return this.#isThere(values, READ.present)
  }
  remove({ old }: RowChange): void {
    const seen = this.#take(old)
    if (seen !== null) seen.read = READ.row
  }
  put({ next }: RowChange): void {
    if (next === null || !isCompared(this.key, next)) return
    const seen = this.#see(valuesOf(this.key, next))
    if (seen.read === READ.nothing) seen.read = READ.row
    seen.own = [...ownRows(seen), next]
  }

  /** Takes a change back. What was read for it stays read, but that a key is free, which nobody stands by any more. */
  undo({ old, next }: RowChange): void {
    const left = this.#take(next)
    if (left?.own?.length === 0 && left.before === null) left.own = undefined
    this.put({ old: null, next: old })
  }

  /** At commit: 23505 where a key that is inserted, and was not read, is there by now; true where what was read has changed. */
  *changed(): Pieces<boolean> {
    let n = 0
    for (const { values, before, own, read } of this.#seen.values()) {
      if (n++ % PIECE_ROWS === 0) yield
      if (read === READ.nothing || (read === READ.free && own === undefined)) continue
      const now = this.#table.lookup(values, this.key)
      const [arriving] = own ?? []
      if (read === READ.free && before === null && now !== null && arriving !== undefined)
        throw duplicateKey(this.#table.entry, arriving, this.key)
      if (read === READ.row ? !sameRow(before, now) : (before === null) !== (now === null)) return true
    }
    return false
  }

  #take(row: Row | null): Seen | null {
    if (row === null || !isCompared(this.key, row)) return null
    const seen = this.#see(valuesOf(this.key, row))
    seen.own = without(ownRows(seen), row)
    return seen
  }
  #isThere(values: Row, read: Seen['read']): boolean {
    const seen = this.#see(values)
    if (seen.own !== undefined) return seen.own.length > 0
    if (seen.read < read) seen.read = read
    return seen.before !== null
  }
  #see(values: Row): Seen {
    const text = this.#text(rowOfKey(this.#table.entry, values, this.key.columns))
    let seen = this.#seen.get(text)
    if (seen === undefined) {
      const found = this.#pin.lookup(this.#order.map((at) => values[at]!)).find(({ diff }) => diff > 0)
      seen = { values, before: found?.row ?? null, own: undefined, read: READ.nothing }
      this.#seen.set(text, seen)
    }
    return seen
  }
}

const ownRows = ({ own, before }: Seen): readonly Row[] => own ?? (before === null ? [] : [before])

function without(rows: readonly Row[], row: Row): readonly Row[] {
  const at = rows.length === 1 ? 0 : rows.findIndex((each) => sameRow(each, row))
  return rows.filter((_, i) => i !== at)
}
