import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import { keyEncoder } from '../../codec/key.ts'
import type { Datum, Row } from '../../types/value.ts'
import { textOf } from './failing-row.ts'
import { PIECE_ROWS, type RowChange, type WritableTable } from './writable.ts'

/** Keys of one table as strings that are equal exactly when SQL holds the keys equal. */
export function keyText(entry: TableEntry): (row: Row) => string {
  const columns = entry.primaryKey ?? entry.columns.map((_, i) => i)
  const encoder = keyEncoder(columns.map((c) => ({ type: entry.columns[c]!.type })))
  return (row) => Buffer.from(encoder.encodeRow(columns.map((c) => row[c]!))).toString('latin1')
}

export function keyOf(entry: TableEntry, row: Row): Row {
  return entry.primaryKey!.map((c) => row[c]!)
}

/** A row with this primary key and NULLs beside it: what `keyText` reads a key from. */
export function rowOfKey(entry: TableEntry, key: Row): Row {
  const row: Datum[] = new Array(entry.columns.length).fill(null)
  entry.primaryKey!.forEach((c, i) => {
    row[c] = key[i]!
  })
  return row
}

/**
 * Checks the primary key over a whole statement: rows leaving first, then rows arriving. So `SET id = id + 1` over
 * consecutive keys succeeds, as the SQL standard has it (PostgreSQL checks row by row unless deferrable).
 */
export function* checkPrimaryKey(table: WritableTable, changes: readonly RowChange[]): Pieces {
  const { entry } = table
  if (entry.primaryKey === null) return
  const text = keyText(entry)
  const leaving = new Set<string>()
  for (const [i, { old }] of changes.entries()) {
    if (i % PIECE_ROWS === 0) yield
    if (old !== null) leaving.add(text(old))
  }
  const arriving = new Set<string>()
  for (const [i, { next }] of changes.entries()) {
    if (i % PIECE_ROWS === 0) yield
    if (next === null) continue
    const key = text(next)
    if (arriving.has(key) || (!leaving.has(key) && table.lookup(keyOf(entry, next)) !== null))
      throw duplicateKey(entry, next)
    arriving.add(key)
  }
}

export function duplicateKey(entry: TableEntry, row: Row): SqlError {
  const columns = entry.primaryKey!
  const names = columns.map((c) => entry.columns[c]!.name).join(', ')
  const values = columns.map((c) => textOf(row[c]!, entry.columns[c]!.type)).join(', ')
  const constraint = `${entry.name}_pkey`
  return new SqlError('23505', `duplicate key value violates unique constraint "${constraint}"`, {
    detail: `Key (${names})=(${values}) already exists.`,
    table: entry.name,
    constraint,
  })
}
