import { unreachable } from '../../../base/assert.ts'
import type { Pieces } from '../../../base/slices.ts'
import { SqlError } from '../../../base/sql-error.ts'
import type { ForeignKeyEntry, ReferentialAction } from '../../../catalog/entry.ts'
import type { UniqueKey } from '../../../catalog/unique-key.ts'
import type { Datum, Row } from '../../../types/value.ts'
import { keyReferredTo, keyValues } from '../../foreign-keys.ts'
import { checkKeys, keyOf, keyText, rowOfKey } from '../constraints.ts'
import { GeneratedColumns } from '../generated.ts'
import { type KeyLock, referredUnder } from '../key-locks.ts'
import { RowRules } from '../row-rules.ts'
import { sameRow } from '../same-row.ts'
import { PIECE_ROWS, type RowChange, type WritableTable, type WriteScope } from '../writable.ts'
import { type Change, ChangedRows } from './changed-rows.ts'
import { fits, stored } from './converted.ts'

/** Checks and actions of one statement; beyond it ends with 54000 (keys that change each other in a circle). */
const EVENTS_MAX = 50_000_000

/** A check that waits: whether, of rows and keys as they are then, rows have values whose key is not there. */
export interface WaitingCheck {
  readonly fk: ForeignKeyEntry
  /** Whether it is a row that came, or a key that left. */
  readonly side: 'row' | 'key'
  /** In the order of the foreign key's columns. */
  readonly values: Row
}

export interface TableChanges {
  readonly table: WritableTable
  readonly changes: readonly RowChange[]
}

type Event =
  | { readonly kind: 'row'; readonly fk: ForeignKeyEntry; readonly row: Row; readonly change: Change }
  | { readonly kind: 'key'; readonly fk: ForeignKeyEntry; readonly values: Row; readonly next: Row | null }

/**
 * What follows from the changes of one statement by foreign keys: rows that arrive refer to keys that are there, keys that leave
 * take their rows along, as the constraint says, or stay. As in PostgreSQL checks and actions come after the statement, row by
 * row, those of a key before those of the row itself, those that actions bring about behind all others. Nothing is applied.
 *
 * Cost per changed row and foreign key: one look-up by key; per row that an action changes the same again.
 */
export class ReferentialChanges {
  readonly waiting: WaitingCheck[] = []
  readonly #scope: WriteScope
  readonly #tables = new Map<number, ChangedRows>()
  readonly #locks = new Map<string, KeyLock>()
  readonly #made = new Map<number, { readonly generated: GeneratedColumns; readonly rules: RowRules }>()
  readonly #texts = new Map<UniqueKey, (row: Row) => string>()
  #queue: Event[] = []
  #events = 0

  constructor(scope: WriteScope) {
    this.#scope = scope
  }

  /** Throws what is violated at once; the rest is `waiting`. */
  *run(table: number, changes: readonly RowChange[]): Pieces {
    const rows = this.#rows(table)
    for (const [i, change] of changes.entries()) {
      if (i % PIECE_ROWS === 0) yield
      this.#enqueue(rows, change.old, change.next, rows.add(change))
    }
    while (this.#queue.length > 0) {
      const events = this.#queue
      this.#queue = []
      for (const [i, event] of events.entries()) {
        if (i % PIECE_ROWS === 0) yield
        if (event.kind === 'row') this.#checkRow(event)
        else yield* this.#keyLeft(event)
      }
    }
    for (const each of this.#tables.values()) {
      if (!each.acted) continue
      const { entry } = each.table
      if (entry.primaryKey !== null)
        for (const { old } of each.changes) if (old !== null) each.table.checkLock(keyOf(entry, old))
      yield* checkKeys(each.table, each.changes)
    }
  }

  /** 23503 for the first that does not hold now. */
  *check(waiting: Iterable<WaitingCheck>): Pieces {
    let n = 0
    for (const { fk, side, values } of waiting) {
      if (n++ % PIECE_ROWS === 0) yield
      const mixed = hasNull(values)
      if ((!mixed && this.#has(fk, values)) || !this.#isReferredTo(fk, values)) continue
      const [from, to] = this.#both(fk)
      if (mixed) throw this.#scope.violations.mixed(fk, from)
      throw side === 'row'
        ? this.#scope.violations.missing(fk, from, to, values)
        : this.#scope.violations.referredTo(fk, from, to, values)
    }
  }

  /** All tables that change, the statement's own first. */
  get tables(): readonly TableChanges[] {
    return [...this.#tables.values()].filter(({ changes }) => changes.length > 0)
  }
  /** On the keys that rows refer to, and on those that leave. */
  get locks(): Iterable<KeyLock> {
    return this.#locks.values()
  }

  #rows(table: number): ChangedRows {
    let rows = this.#tables.get(table)
    if (rows === undefined) {
      rows = new ChangedRows(this.#scope.table(table))
      this.#tables.set(table, rows)
    }
    return rows
  }
  #both(fk: ForeignKeyEntry) {
    return [this.#rows(fk.on).table.entry, this.#rows(fk.references).table.entry] as const
  }

  #enqueue({ table }: ChangedRows, old: Row | null, next: Row | null, change: Change): void {
    this.#events++
    if (this.#events > EVENTS_MAX)
      throw new SqlError('54000', `a statement brings about more than ${EVENTS_MAX} changes by foreign keys`)
    if (old !== null) {
      for (const fk of table.foreignKeys.to) {
        const values = fk.referenced.map((c) => old[c]!)
        if (hasNull(values) || (next !== null && sameValues(fk.referenced, old, next))) continue
        this.#lock(fk, values, 'exclusive')
        const waits = (next === null ? fk.onDelete : fk.onUpdate) === 'noAction' && this.#scope.defers(fk)
        if (waits) this.waiting.push({ fk, side: 'key', values })
        else this.#queue.push({ kind: 'key', fk, values, next })
      }
    }
    if (next === null) return
    for (const fk of table.foreignKeys.own) {
      if (old !== null && sameValues(fk.columns, old, next)) continue
      const values = fk.columns.map((c) => next[c]!)
      if (hasNull(values) && (fk.match === 'simple' || values.every((v) => v === null))) continue
      if (this.#scope.defers(fk)) this.waiting.push({ fk, side: 'row', values })
      else this.#queue.push({ kind: 'row', fk, row: next, change })
    }
  }

  #checkRow({ fk, row, change }: Extract<Event, { kind: 'row' }>): void {
    // It went on, or away.
    if (change.next !== row) return
    const values = fk.columns.map((c) => row[c]!)
    if (hasNull(values)) throw this.#scope.violations.mixed(fk, this.#rows(fk.on).table.entry)
    if (!this.#has(fk, values)) throw this.#scope.violations.missing(fk, ...this.#both(fk), values)
    this.#lock(fk, values, 'shared')
  }

  *#keyLeft({ fk, values, next }: Extract<Event, { kind: 'key' }>): Pieces {
    const action = next === null ? fk.onDelete : fk.onUpdate
    switch (action) {
      case 'noAction':
        if (this.#has(fk, values)) return
        return this.#refuse(fk, values)
      case 'restrict':
        return this.#refuse(fk, values)
      case 'cascade':
        if (next === null) return yield* this.#act(fk, values, () => null)
        return yield* this.#act(fk, values, this.#setter(fk, action, fk.columns, next))
      case 'setNull':
      case 'setDefault': {
        const columns = next === null ? (fk.setColumns ?? fk.columns) : fk.columns
        yield* this.#act(fk, values, this.#setter(fk, action, columns, next))
        // Rows whose default is the key that left.
        if (action === 'setDefault' && !this.#has(fk, values)) this.#refuse(fk, values)
        return
      }
      default:
        return unreachable(action)
    }
  }

  /** What an action makes of a row. */
  #setter(fk: ForeignKeyEntry, action: ReferentialAction, columns: readonly number[], next: Row | null) {
    const { entry, types } = this.#rows(fk.on).table
    const to = this.#rows(fk.references).table
    const { program } = this.#scope
    const set = columns.map((column): Datum => {
      if (action === 'setNull') return null
      if (action === 'setDefault') return this.#scope.columnDefault(entry, column)
      const from = fk.referenced[fk.columns.indexOf(column)]!
      return stored(next![from]!, to.types[from]!, types[column]!, program)
    })
    return (row: Row): Row => row.map((value, c) => (columns.includes(c) ? set[columns.indexOf(c)]! : value))
  }

  *#act(fk: ForeignKeyEntry, values: Row, made: (row: Row) => Row | null): Pieces {
    const rows = this.#rows(fk.on)
    const found = this.#referencing(fk, values)
    const { generated, rules } = this.#rules(rows.table)
    const done: { readonly old: Row; readonly next: Row | null; readonly change: Change }[] = []
    for (const [i, old] of found.entries()) {
      if (i % PIECE_ROWS === 0) yield
      const plain = made(old)
      const next = plain === null ? null : generated.row(plain)
      done.push({ old, next, change: rows.act(old, next) })
    }
    yield* rules.checkRows(done.flatMap(({ next }) => (next === null ? [] : [next])))
    for (const { old, next, change } of done) this.#enqueue(rows, old, next, change)
  }
  #rules({ entry, types }: WritableTable) {
    let made = this.#made.get(entry.id)
    if (made === undefined) {
      const { env } = this.#scope.program
      made = { generated: new GeneratedColumns(entry, types, env), rules: new RowRules(entry, types, env) }
      this.#made.set(entry.id, made)
    }
    return made
  }

  #refuse(fk: ForeignKeyEntry, values: Row): void {
    if (this.#isReferredTo(fk, values)) throw this.#scope.violations.referredTo(fk, ...this.#both(fk), values)
  }
  #has(fk: ForeignKeyEntry, values: Row): boolean {
    const to = this.#rows(fk.references)
    if (!values.every((value, i) => fits(value, to.table.types[fk.referenced[i]!]!))) return false
    const key = keyReferredTo(to.table.keys, fk)
    return to.has(keyValues(fk, key, values), key)
  }
  #isReferredTo(fk: ForeignKeyEntry, values: Row): boolean {
    return this.#referencing(fk, values).length > 0
  }
  #referencing(fk: ForeignKeyEntry, values: Row): readonly Row[] {
    const from = this.#rows(fk.on)
    if (!values.every((value, i) => fits(value, from.table.types[fk.columns[i]!]!))) return []
    return from.referencing(fk, values)
  }

  #lock(fk: ForeignKeyEntry, values: Row, mode: 'shared' | 'exclusive'): void {
    const { table } = this.#rows(fk.references)
    const unique = keyReferredTo(table.keys, fk)
    const own = keyValues(fk, unique, values)
    let text = this.#texts.get(unique)
    if (text === undefined) {
      text = keyText(table.entry, unique.columns)
      this.#texts.set(unique, text)
    }
    const key = text(rowOfKey(table.entry, own, unique.columns))
    const object = referredUnder(table.entry, unique)
    const name = `${object}/${key}`
    if (mode === 'exclusive') table.checkLeaving(own, unique)
    if (this.#locks.get(name)?.mode !== 'exclusive') this.#locks.set(name, { object, key, mode })
  }
}

const sameValues = (columns: readonly number[], a: Row, b: Row): boolean =>
  columns.every((c) => a[c] === b[c] || sameRow([a[c]!], [b[c]!]))

const hasNull = (values: Row): boolean => values.some((value) => value === null)
