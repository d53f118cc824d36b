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
  if (await isReferredTo(connection, table)) return null
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

/** Its rows hold others, or take them along: those would not be put back. */
async function isReferredTo(connection: PgConnection, table: string): Promise<boolean> {
  const relation = `'${table.replaceAll("'", "''")}'::regclass`
  const sql = `SELECT 1 FROM pg_constraint WHERE contype = 'f' AND confrelid = ${relation} LIMIT 1`
  return ((await connection.query(sql)).at(-1)?.rows.length ?? 0) > 0
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
  for (let at = 0; at < removed.rows.length; at += ROWS_PER_INSERT) {
    const rows = removed.rows.slice(at, at + ROWS_PER_INSERT)
    try {
      await connection
        .query(insertText(removed, rows))
        .catch(async () => connection.query(insertText(removed, rows, await generated(connection, removed.table))))
    } catch (error) {
      throw new ChurnError(`rows deleted from ${removed.table} cannot be put back: ${(error as Error).message}`)
    }
  }
}

/** `made`: columns that take no values; where they are known, identity columns are told to take theirs. */
function insertText(removed: Removed, rows: readonly TextRow[], made?: ReadonlySet<string>): string {
  const kept = removed.columns.flatMap((column, i) => (made?.has(column.name) ? [] : [i]))
  const columns = kept.map((i) => name(removed.columns[i])).join(', ')
  const values = rows.map((row) => `(${kept.map((i) => literal(row[i])).join(', ')})`).join(', ')
  const overriding = made === undefined ? '' : ' OVERRIDING SYSTEM VALUE'
  return `INSERT INTO ${removed.table} (${columns})${overriding} VALUES ${values}`
}

/** Columns that are made of the others. */
async function generated(connection: PgConnection, table: string): Promise<ReadonlySet<string>> {
  const relation = `'${table.replaceAll("'", "''")}'::regclass`
  const found = await connection.query(
    `SELECT attname FROM pg_attribute WHERE attrelid = ${relation} AND attgenerated <> ''`,
  )
  return new Set(found.at(-1)?.rows.map(([column]) => String(column)))
}

const name = (column: ResultColumn): string => `"${column.name.replaceAll('"', '""')}"`

/** An unknown literal takes the column's type. E'' strings are avoided: backslashes are plain in standard strings. */
function literal(value: string | null): string {
  return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`
}
