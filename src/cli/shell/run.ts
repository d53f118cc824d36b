/** Runs one statement and shows what comes: a table, a COPY's lines, or changes as they happen. */
import type { PgConnection } from '../client/connection.ts'
import { QueryError, type ResultColumn, renderMessage } from '../client/result.ts'
import { renderTable } from './table.ts'

export interface ShellOutput {
  out(text: string): void
  err(text: string): void
}

const LIVE = /^\s*(subscribe)\b/i

/** False when the server answered with an error, which is then shown. */
export async function runStatement(connection: PgConnection, sql: string, output: ShellOutput): Promise<boolean> {
  try {
    if (LIVE.test(sql)) await runLive(connection, sql, output)
    else await runPlain(connection, sql, output)
    return true
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    output.err(`${renderMessage(error.server)}${pointTo(sql, error.server.position)}\n`)
    return false
  }
}

async function runPlain(connection: PgConnection, sql: string, output: ShellOutput): Promise<void> {
  const results = await connection.query(sql, { onCopyData: (text) => output.out(text) })
  for (const result of results) {
    if (result.columns.length > 0) output.out(renderTable(result.columns, result.rows))
    else if (result.tag !== '') output.out(`${result.tag}\n`)
  }
}

/** One line a change, tab-separated under one header, at once. */
async function runLive(connection: PgConnection, sql: string, output: ShellOutput): Promise<void> {
  let headed = false
  await connection.query(sql, {
    onRow(row, columns: readonly ResultColumn[]) {
      if (!headed) output.out(`${columns.map((c) => c.name).join('\t')}\n`)
      headed = true
      output.out(`${row.map((value) => value ?? '').join('\t')}\n`)
    },
  })
}

/** The line of the error with a caret below. `position` counts characters from 1. */
export function pointTo(sql: string, position: number | null): string {
  if (position === null || position < 1) return ''
  const before = [...sql].slice(0, position - 1).join('')
  const number = before.split('\n').length
  const column = before.length - (before.lastIndexOf('\n') + 1)
  const label = `LINE ${number}: `
  return `\n${label}${sql.split('\n')[number - 1] ?? ''}\n${' '.repeat(label.length + column)}^`
}
