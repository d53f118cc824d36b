import { assert } from '../../base/assert.ts'
import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { ForeignKeyEntry, TableEntry } from '../../catalog/entry.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { ArrangementPin } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows, rowAt } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { ForeignKeys } from '../foreign-keys.ts'
import type { TableRuntime } from '../table.ts'
import { keyText } from '../write/constraints.ts'
import { rowText } from '../write/same-row.ts'
import { PIECE_ROWS, type RowChange, signedRows, type WritableTable } from '../write/writable.ts'
import type { KeyOverlay } from './key-overlay.ts'
import type { PartsRead } from './parts-read.ts'
import type { ReferencingOverlay } from './referencing-overlay.ts'

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
  /** Tables without primary key: own change of the count, by whole row. */
  readonly #ownCounts = new Map<string, { readonly row: Row; n: number }>()
  readonly #text: (row: Row) => string
  /** What was read of it otherwise than by key; told before `scan`. */
  readonly parts: PartsRead

  /** As they were when it was first seen: rows are checked against these. */
  readonly keys: readonly UniqueKey[]
  readonly foreignKeys: ForeignKeys
  readonly #overlays: readonly KeyOverlay[]
  readonly #referencing: readonly ReferencingOverlay[]
  readonly #rules: number

  constructor(
    table: TableRuntime,
    pin: ArrangementPin,
    of: {
      readonly keys: readonly KeyOverlay[]
      readonly referencing: readonly ReferencingOverlay[]
      readonly parts: PartsRead
    },
    grow: (bytes: number) => void,
  ) {
    this.#table = table
    this.keys = table.keys
    this.#rules = table.rules
    this.foreignKeys = table.foreignKeys
    this.#overlays = of.keys
    this.#referencing = of.referencing
    this.parts = of.parts
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

  lookup(values: Row, of: UniqueKey = this.keys[0]!): Row | null {
    return this.#by(of).lookup(values)
  }
  /** Locks of keys are taken before anything is applied: `Transaction` waits for them. */
  met(values: Row, of: UniqueKey): Row | null {
    return this.lookup(values, of)
  }
  isTaken(values: Row, of: UniqueKey): boolean {
    return this.#by(of).isTaken(values)
  }
  isPresent(values: Row, of: UniqueKey): boolean {
    return this.#by(of).isPresent(values)
  }
  referencing(values: Row, fk: ForeignKeyEntry): readonly Row[] {
    return this.#referencing.find((each) => each.fk === fk)!.rows(values)
  }
  count(row: Row): number {
    return (this.#pin.lookup(row)[0]?.diff ?? 0) + (this.#ownCounts.get(this.#text(row))?.n ?? 0)
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
    for (const overlay of this.#overlays) {
      for (const [i, change] of changes.entries()) {
        if (i % PIECE_ROWS === 0) yield
        overlay.remove(change)
      }
      for (const [i, change] of changes.entries()) {
        if (i % PIECE_ROWS === 0) yield
        overlay.put(change)
      }
    }
    for (const [i, change] of changes.entries()) {
      if (i % PIECE_ROWS === 0) yield
      this.#changes.push(change)
      for (const overlay of this.#referencing) overlay.apply(change)
      if (this.entry.primaryKey === null) this.#count(change)
    }
  }
  get length(): number {
    return this.#changes.length
  }
  /** Takes back all changes but the first. What was read for them stays read. */
  undo(kept: number): void {
    while (this.#changes.length > kept) {
      const change = this.#changes.pop()!
      const back = { old: change.next, next: change.old }
      for (const overlay of this.#overlays) overlay.undo(change)
      for (const overlay of this.#referencing) overlay.apply(back)
      if (this.entry.primaryKey === null) this.#count(back)
    }
  }
  /** Locks were taken before: `Transaction` waits for them. */
  checkLock(): void {}
  checkLeaving(): void {}

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
    for (const overlay of this.#overlays) if (yield* overlay.changed()) throw failed()
    for (const overlay of this.#referencing) if (yield* overlay.changed()) throw failed()
    for (const { row, n } of this.#ownCounts.values()) if (n < 0 && this.#table.count(row) + n < 0) throw failed()
  }
  /** The transaction's own changes, batch by batch. */
  *changes(): Generator<Batch> {
    for (const { rows, diffs } of signedRows(this.#changes)) yield batchFromRows(this.types, rows, diffs)
  }

  #by(key: UniqueKey): KeyOverlay {
    const found = this.#overlays.find((each) => each.key === key)
    assert(found !== undefined, `the transaction knows ${key.name}`)
    return found
  }
  #count({ old, next }: RowChange): void {
    if (old !== null) this.#add(old, -1)
    if (next !== null) this.#add(next, 1)
  }
  #add(row: Row, n: number): void {
    const text = this.#text(row)
    const known = this.#ownCounts.get(text)
    if (known === undefined) this.#ownCounts.set(text, { row, n })
    else known.n += n
  }
}

/** What a changed row takes, about. */
function rowBytes(row: Row | null): number {
  let bytes = 0
  for (const value of row ?? []) bytes += typeof value === 'string' ? 4 + value.length : 8
  return bytes
}
