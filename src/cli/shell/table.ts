/** Rows as an aligned table, as psql shows them. */
import type { ResultColumn } from '../client/result.ts'

/** int2, int4, int8, oid, float4, float8, numeric: aligned to the right. */
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 1700])

export function renderTable(columns: readonly ResultColumn[], rows: readonly (readonly (string | null)[])[]): string {
  const cells = rows.map((row) => row.map((value) => (value ?? '').split('\n')))
  const widths = columns.map((column, c) =>
    Math.max(displayWidth(column.name), ...cells.flatMap((row) => row[c].map(displayWidth)), 0),
  )
  const header = columns.map((column, c) => ` ${centre(column.name, widths[c])} `).join('|')
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+')
  const lines = cells.flatMap((row) => renderRow(row, columns, widths))
  const count = `(${rows.length} row${rows.length === 1 ? '' : 's'})`
  return `${[header, rule, ...lines, count].map((line) => line.trimEnd()).join('\n')}\n`
}

/** A value of several lines makes a row of several lines; `+` marks what goes on. */
function renderRow(row: readonly string[][], columns: readonly ResultColumn[], widths: readonly number[]): string[] {
  const height = Math.max(1, ...row.map((lines) => lines.length))
  return Array.from({ length: height }, (_, l) =>
    row
      .map((lines, c) => {
        const text = lines[l] ?? ''
        const space = ' '.repeat(widths[c] - displayWidth(text))
        const more = l < lines.length - 1 ? '+' : ' '
        return NUMBERS.has(columns[c].typeOid) ? ` ${space}${text}${more}` : ` ${text}${space}${more}`
      })
      .join('|'),
  )
}

function centre(text: string, width: number): string {
  const space = width - displayWidth(text)
  return `${' '.repeat(Math.floor(space / 2))}${text}${' '.repeat(Math.ceil(space / 2))}`
}

const WIDE =
  /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Emoji_Presentation}|[\uff01-\uff60]/u

/** Columns on a terminal: combining marks take none, East Asian letters two. */
export function displayWidth(text: string): number {
  let width = 0
  for (const char of text) width += /\p{Mark}/u.test(char) ? 0 : WIDE.test(char) ? 2 : 1
  return width
}
