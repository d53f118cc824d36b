/**
 * Random deletes of table rows, then the inserts that restore the contents. `DELETE … RETURNING *` says exactly which
 * rows went, so that restoring needs no knowledge of the types.
 */
import type { PgConnection } from '../client/connection.ts'
import { QueryError, type ResultColumn } from '../client/result.ts'
import type { TextRow } from './format.ts'
import type { Random } from './random.ts'

/** Larger tables are churned in some of their rows only. */
const ROWS_READ_MAX = 500
const ROWS_CHOSEN_MAX = 5
const ROWS_PER_INSERT = 100

export class ChurnError extends Error {}

/** Rows taken out of one table. */
export interface Removed {
  readonly table: string
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly TextRow[]
}

export async function removeRows(connection: PgConnection, table: string, random: Random): Promise<Removed | null> {
  const read = (await connection.query(`SELECT * FROM ${table} LIMIT ${ROWS_READ_MAX + 1}`)).at(-1)
  if (!read || read.rows.length === 0) return null
  const all = read.rows.length <= ROWS_READ_MAX && random() < 0.25
  try {
    return await remove(connection, table, all ? '' : ` WHERE ${condition(read.columns, read.rows, random)}`)
  } catch (error) {
    // A type without equality (json) cannot be compared: then all rows go.
    if (!(error instanceof QueryError) || all || read.rows.length > ROWS_READ_MAX) throw error
    return remove(connection, table, '')
  }
}

async function remove(connection: PgConnection, table: string, where: string): Promise<Removed> {
  const result = (await connection.query(`DELETE FROM ${table}${where} RETURNING *`)).at(-1)
  return { table, columns: result?.columns ?? [], rows: result?.rows ?? [] }
}

function condition(columns: readonly ResultColumn[], rows: readonly TextRow[], random: Random): string {
  const count = 1 + Math.floor(random() * ROWS_CHOSEN_MAX)
  const chosen = Array.from({ length: count }, () => rows[Math.floor(random() * rows.length)])
  const same = (row: TextRow): string =>
    row
      .map((value, i) => (value === null ? `${name(columns[i])} IS NULL` : `${name(columns[i])} = ${literal(value)}`))
      .join(' AND ')
  return chosen.map((row) => `(${same(row)})`).join(' OR ')
}

export async function restoreRows(connection: PgConnection, removed: Removed): Promise<void> {
  const columns = removed.columns.map(name).join(', ')
  for (let at = 0; at < removed.rows.length; at += ROWS_PER_INSERT) {
    const rows = removed.rows.slice(at, at + ROWS_PER_INSERT)
    const values = rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ')
    try {
      await connection.query(`INSERT INTO ${removed.table} (${columns}) VALUES ${values}`)
    } catch (error) {
      throw new ChurnError(`rows deleted from ${removed.table} cannot be put back: ${(error as Error).message}`)
    }
  }
}

const name = (column: ResultColumn): string => `"${column.name.replaceAll('"', '""')}"`

/** An unknown literal takes the column's type. E'' strings are avoided: backslashes are plain in standard strings. */
function literal(value: string | null): string {
  return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`
}
