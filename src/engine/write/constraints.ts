import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import { keyEncoder } from '../../codec/key.ts'
import type { Datum, Row } from '../../types/value.ts'
import { textOf } from './failing-row.ts'
import { PIECE_ROWS, type RowChange, type WritableTable } from './writable.ts'

/** Keys of one table as strings that are equal exactly when SQL holds the keys equal. */
export function keyText(
  entry: TableEntry,
  columns: readonly number[] = entry.primaryKey ?? entry.columns.map((_, i) => i),
): (row: Row) => string {
  const encoder = keyEncoder(columns.map((c) => ({ type: entry.columns[c]!.type })))
  return (row) => Buffer.from(encoder.encodeRow(columns.map((c) => row[c]!))).toString('latin1')
}

export function keyOf(entry: TableEntry, row: Row): Row {
  return entry.primaryKey!.map((c) => row[c]!)
}

/** A row with this key, the primary one or another, and NULLs beside it: what `keyText` reads a key from. */
export function rowOfKey(entry: TableEntry, key: Row, columns: readonly number[] = entry.primaryKey!): Row {
  const row: Datum[] = new Array(entry.columns.length).fill(null)
  columns.forEach((c, i) => {
    row[c] = key[i]!
  })
  return row
}

/** The values of a row under a key. */
export const valuesOf = (key: UniqueKey, row: Row): Row => key.columns.map((c) => row[c]!)

/** Whether rows with these values are compared at all. */
export const isCompared = (key: UniqueKey, row: Row): boolean =>
  !key.nullsDistinct || key.columns.every((c) => row[c] !== null)

/**
 * Checks what is unique over a whole statement: rows leaving first, then rows arriving. So `SET id = id + 1` over
 * consecutive keys succeeds, as the SQL standard has it (PostgreSQL checks row by row unless deferrable).
 */
export function* checkKeys(table: WritableTable, changes: readonly RowChange[]): Pieces {
  for (const key of table.keys) yield* checkKey(table, changes, key)
}

function* checkKey(table: WritableTable, changes: readonly RowChange[], key: UniqueKey): Pieces {
  const { entry } = table
  const text = keyText(entry, key.columns)
  const leaving = new Set<string>()
  for (const [i, { old }] of changes.entries()) {
    if (i % PIECE_ROWS === 0) yield
    if (old !== null) leaving.add(text(old))
  }
  const arriving = new Set<string>()
  for (const [i, { next }] of changes.entries()) {
    if (i % PIECE_ROWS === 0) yield
    if (next === null || !isCompared(key, next)) continue
    const own = text(next)
    if (arriving.has(own) || (!leaving.has(own) && table.isTaken(valuesOf(key, next), key)))
      throw duplicateKey(entry, next, key)
    arriving.add(own)
  }
}

export function duplicateKey(entry: TableEntry, row: Row, key: UniqueKey): SqlError {
  return new SqlError('23505', `duplicate key value violates unique constraint "${key.name}"`, {
    detail: `Key ${keyDetail(entry, row, key)} already exists.`,
    table: entry.name,
    constraint: key.name,
  })
}

/** `(a, b)=(1, x)` */
export function keyDetail(entry: TableEntry, row: Row, { columns }: UniqueKey): string {
  const names = columns.map((c) => entry.columns[c]!.name).join(', ')
  return `(${names})=(${columns.map((c) => textOf(row[c]!, entry.columns[c]!.type)).join(', ')})`
}
