import type { SqlType } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Datum, Row } from '../../types/value.ts'

/** Of each value, as PostgreSQL has it: longer ones end in three dots. */
const VALUE_BYTES_MAX = 64

/** DETAIL of a row that a constraint refuses. */
export function failingRow(row: Row, types: readonly SqlType[]): string {
  return `Failing row contains (${row.map((v, i) => clipped(textOf(v, types[i]!))).join(', ')}).`
}

export function textOf(value: Datum, type: SqlType): string {
  return value === null ? 'null' : formatText(value, type)
}

function clipped(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= VALUE_BYTES_MAX) return text
  let end = VALUE_BYTES_MAX
  // Not within a character.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return `${bytes.toString('utf8', 0, end)}...`
}
