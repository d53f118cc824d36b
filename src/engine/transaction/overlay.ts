import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { ArrangementPin } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows, rowAt } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { TableRuntime } from '../table.ts'
import { duplicateKey, keyOf, keyText, rowOfKey } from '../write/constraints.ts'
import { PIECE_ROWS, type RowChange, signedRows, type WritableTable } from '../write/writable.ts'
import type { PartsRead } from './parts-read.ts'
import type { UniqueOverlay } from './unique-overlay.ts'

/**
 * One table as a transaction sees it: the rows of its snapshot with the transaction's own changes over them. Remembers
 * which keys and parts of it were read, for the check at commit.
 */
export class TableOverlay implements WritableTable {
  readonly types: readonly SqlType[]
  readonly #table: TableRuntime
  readonly #pin: ArrangementPin
  /** Counts the transaction's changes; throws when they become too many. */
  readonly #grow: (bytes: number) => void
  readonly #changes: RowChange[] = []
  /** Newest own row by key; null = deleted. Tables without primary key: own change of the count, by whole row. */
  readonly #own = new Map<string, Row | null>()
  readonly #ownCounts = new Map<string, number>()
  readonly #keysRead = new Map<string, Row>()
  /** Of those, the ones of which nothing was read but that they are free for a row that arrives. */
  readonly #onlyFree = new Set<string>()
  readonly #text: (row: Row) => string
  /** What was read of it otherwise than by key; told before `scan`. */
  readonly parts: PartsRead

  /** As they were when it was first seen: rows are checked against these. */
  readonly keys: readonly UniqueKey[]
  readonly #uniques: readonly UniqueOverlay[]
  readonly #rules: number

  constructor(
    table: TableRuntime,
    pin: ArrangementPin,
    uniques: readonly UniqueOverlay[],
    parts: PartsRead,
    grow: (bytes: number) => void,
  ) {
    this.#table = table
    this.keys = table.keys
    this.#rules = table.rules
    this.#uniques = uniques
    this.parts = parts
    this.#grow = grow
    this.#pin = pin
    this.types = table.types
    this.#text = keyText(table.entry)
  }

  get entry(): TableEntry {
    return this.#table.entry
  }
  /** False: the table was dropped since, whatever has its name now; or something else is unique in it. */
  isOf(table: TableRuntime | undefined): boolean {
    return table === this.#table && table.keys === this.keys && table.rules === this.#rules
  }
  get written(): boolean {
    return this.#changes.length > 0
  }

  lookup(key: Row, of: UniqueKey | undefined = this.keys[0]): Row | null {
    const unique = this.#uniques.find((each) => each.key === of)
    if (unique !== undefined) return unique.lookup(key)
    const text = this.#keyText(key)
    const own = this.#own.get(text)
    if (own !== undefined) return own
    this.#keysRead.set(text, key)
    this.#onlyFree.delete(text)
    return this.#atSnapshot(key)
  }
  /** Locks of keys are taken before anything is applied: `Transaction` waits for them. */
  met(key: Row, of: UniqueKey): Row | null {
    return this.lookup(key, of)
  }
  isTaken(key: Row, of: UniqueKey): boolean {
    const unique = this.#uniques.find((each) => each.key === of)
    if (unique !== undefined) return unique.isTaken(key)
    const text = this.#keyText(key)
    const own = this.#own.get(text)
    if (own !== undefined) return own !== null
    if (!this.#keysRead.has(text)) {
      this.#keysRead.set(text, key)
      this.#onlyFree.add(text)
    }
    return this.#atSnapshot(key) !== null
  }
  count(row: Row): number {
    return (this.#pin.lookup(row)[0]?.diff ?? 0) + (this.#ownCounts.get(this.#text(row)) ?? 0)
  }
  rows(): Row[] {
    this.parts.addAll()
    const counts = new Map<string, { row: Row; n: number }>()
    for (const batch of this.scan()) {
      for (let i = 0; i < batch.n; i++) {
        const row = rowAt(batch, i, this.types)
        const text = row.length === 0 ? '' : rowText(row)
        const known = counts.get(text)
        if (known === undefined) counts.set(text, { row, n: batch.diffs[i]! })
        else known.n += batch.diffs[i]!
      }
    }
    return [...counts.values()].flatMap(({ row, n }) => new Array<Row>(Math.max(n, 0)).fill(row))
  }
  /** Snapshot and own changes: a Z-set, not consolidated. What is read of it is told to `parts`. */
  *scan(): Iterable<Batch> {
    yield* this.#pin.scan()
    yield* this.changes()
  }
  *apply(changes: readonly RowChange[]): Pieces {
    // Before anything changes: a statement that fails is undone by the end of its transaction, but not in part.
    for (const [i, { old, next }] of changes.entries()) {
      if (i % PIECE_ROWS === 0) yield
      this.#grow(rowBytes(old) + rowBytes(next))
    }
    for (const unique of this.#uniques) {
      for (const change of changes) unique.remove(change)
      for (const change of changes) unique.put(change)
    }
    for (const [i, change] of changes.entries()) {
      if (i % PIECE_ROWS === 0) yield
      this.#changes.push(change)
      if (this.entry.primaryKey === null) {
        if (change.old !== null) this.#add(change.old, -1)
        if (change.next !== null) this.#add(change.next, 1)
        continue
      }
      if (change.old !== null) {
        this.#keysRead.set(this.#text(change.old), keyOf(this.entry, change.old))
        this.#own.set(this.#text(change.old), null)
      }
    }
    if (this.entry.primaryKey === null) return
    for (const [i, { next }] of changes.entries()) {
      if (i % PIECE_ROWS === 0) yield
      if (next !== null) this.#own.set(this.#text(next), next)
    }
  }
  /** Locks were taken before: `Transaction` waits for them. */
  checkLock(): void {}

  /**
   * At commit, inside the tick: fails when what was read, the absence of a key too, has changed since (40001), or a key
   * that is inserted, and was not read, is there by now (23505). Then `changes` are safe to stage.
   */
  *validate(readTick: number): Pieces {
    const failed = () =>
      new SqlError('40001', 'could not serialize access due to concurrent update', {
        table: this.entry.name,
        hint: 'The transaction might succeed if retried.',
      })
    // What others changed in the tick that commits is staged: it counts as it does after the tick.
    if (this.#table.changedTick <= readTick && this.#table.staged.length === 0) return
    if (yield* this.parts.changed()) throw failed()
    for (const unique of this.#uniques) if (yield* unique.changed(sameRow)) throw failed()
    if (this.entry.primaryKey === null) {
      for (const [text, n] of this.#ownCounts) if (n < 0 && this.#countNow(text) + n < 0) throw failed()
      return
    }
    let seen = 0
    for (const [text, key] of this.#keysRead) {
      if (seen++ % PIECE_ROWS === 0) yield
      const before = this.#atSnapshot(key)
      const now = this.#table.lookup(key)
      const own = this.#own.get(text)
      if (before === null && now !== null && own != null && this.#onlyFree.has(text))
        throw duplicateKey(this.entry, own, this.keys[0]!)
      if (!sameRow(before, now)) throw failed()
    }
  }
  /** The transaction's own changes, batch by batch. */
  *changes(): Generator<Batch> {
    for (const { rows, diffs } of signedRows(this.#changes)) yield batchFromRows(this.types, rows, diffs)
  }

  #atSnapshot(key: Row): Row | null {
    return this.#pin.lookup(key).find(({ diff }) => diff > 0)?.row ?? null
  }
  #keyText(key: Row): string {
    return this.#text(rowOfKey(this.entry, key))
  }
  #add(row: Row, n: number): void {
    const text = this.#text(row)
    this.#ownCounts.set(text, (this.#ownCounts.get(text) ?? 0) + n)
    this.#rowsByText.set(text, row)
  }
  readonly #rowsByText = new Map<string, Row>()
  #countNow(text: string): number {
    return this.#table.count(this.#rowsByText.get(text)!)
  }
}

function sameRow(a: Row | null, b: Row | null): boolean {
  if (a === null || b === null) return a === b
  return rowText(a) === rowText(b)
}

/** What a changed row takes, about. */
function rowBytes(row: Row | null): number {
  let bytes = 0
  for (const value of row ?? []) bytes += typeof value === 'string' ? 4 + value.length : 8
  return bytes
}

function rowText(row: Row): string {
  return JSON.stringify(row, (_, v) =>
    typeof v === 'bigint'
      ? `${v}n`
      : Object.is(v, -0)
        ? '-0'
        : typeof v === 'number' && !Number.isFinite(v)
          ? String(v)
          : v,
  )
}
