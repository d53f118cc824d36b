import type { TableEntry } from '../../catalog/entry.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { Row } from '../../types/value.ts'
import type { LockMode, LockTable } from '../locks.ts'
import { isCompared, keyText, rowOfKey } from './constraints.ts'
import type { RowChange } from './writable.ts'

/** A key in the lock table: those of the primary key stand under the table, others under their index. */
export interface KeyLock {
  readonly object: number
  readonly key: string
  /** Absent: exclusive. */
  readonly mode?: LockMode
}

/**
 * What a transaction locks for its changes: the rows that it changes, by primary key, and whatever is unique that leaves or
 * arrives with them. So who inserts a key that another one is about to insert, or to free, waits for its end.
 */
export function* locksOf(
  entry: TableEntry,
  keys: readonly UniqueKey[],
  changes: readonly RowChange[],
): Generator<KeyLock, void, void> {
  for (const key of keys) {
    const text = keyText(entry, key.columns)
    const of = (row: Row | null) => (row === null || !isCompared(key, row) ? null : text(row))
    const object = lockedUnder(entry, key)
    for (const { old, next } of changes) {
      const was = of(old)
      const is = of(next)
      if (was !== null && (key.id === 0 || was !== is)) yield { object, key: was }
      if (is !== null && is !== was) yield { object, key: is }
    }
  }
}

/** Of rows that are selected FOR UPDATE, updated or deleted by their primary key. */
export function* rowLocks(entry: TableEntry, keys: readonly Row[]): Generator<KeyLock, void, void> {
  const text = keyText(entry)
  for (const key of keys) yield { object: entry.id, key: text(rowOfKey(entry, key)) }
}

/** Gives the lock that somebody holds on a key that a row would take, or null. */
export class ArrivingKeys {
  readonly #locks: LockTable
  readonly #entry: TableEntry
  readonly #texts = new Map<UniqueKey, (row: Row) => string>()

  constructor(locks: LockTable, entry: TableEntry) {
    this.#locks = locks
    this.#entry = entry
  }

  held(row: Row, key: UniqueKey): KeyLock | null {
    if (!this.#locks.any || !isCompared(key, row)) return null
    let text = this.#texts.get(key)
    if (text === undefined) {
      text = keyText(this.#entry, key.columns)
      this.#texts.set(key, text)
    }
    const lock = { object: lockedUnder(this.#entry, key), key: text(row) }
    return this.#locks.isHeld(lock.object, lock.key) ? lock : null
  }
  /** By the key's values, in the order of its columns. */
  heldBy(values: Row, key: UniqueKey): KeyLock | null {
    return this.#locks.any ? this.held(rowOfKey(this.#entry, values, key.columns), key) : null
  }
}

const lockedUnder = (entry: TableEntry, key: UniqueKey): number => (key.id === 0 ? entry.id : key.id)

/** Where it is locked that a key is there: shared by rows that refer to it, exclusively by who takes it away. */
export const referredUnder = (entry: TableEntry, key: UniqueKey): number => -lockedUnder(entry, key)
