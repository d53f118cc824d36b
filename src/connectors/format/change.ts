import type { Column } from '../../types/column.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { Refusal } from './format.ts'

/** A change of a row, as Debezium tells it: what is common to its encodings. */
export interface Change {
  /** c, u, d, r (snapshot), t (truncate), m (message); anything else is a fault. */
  readonly op: string
  readonly hasBefore: boolean
  readonly hasAfter: boolean
  /** Where in its database the change was made, as a text that sorts; null where it does not say, or not reliably. */
  readonly position: string | null
  /** Part of a snapshot that a connector begins with. */
  readonly snapshot: boolean
}

/** `nothing`: a message that is about no row, such as where a transaction begins; `tombstone`: no value after all. */
export type Opened = Change | 'nothing' | 'tombstone' | { readonly refusal: Refusal }

/**
 * Takes the payloads of change events apart.
 *
 * Laws: `open` appends nothing; the calls after it speak of that payload. `after`, `before` and `key` append one row each and
 * return null, or append nothing and return the reason why not; of `before` and `key` only the key's columns count, the others
 * are NULL. `kept`: columns of the row that `after` appended last whose values were not sent, as they did not change.
 */
export interface ChangeDecoder {
  readonly fields: RowType
  open(bytes: Uint8Array, start: number, length: number): Opened
  after(): string | null
  before(): string | null
  key(bytes: Uint8Array, start: number, length: number): Refusal | null
  /** A row of NULLs. */
  skip(): void
  readonly kept: readonly number[]
  truncate(n: number): void
  finish(): Column[]
}

/** What Debezium sends for a value that the database did not give it: an unchanged value kept out of line. */
export const UNAVAILABLE = '__debezium_unavailable_value'
export const UNAVAILABLE_BYTES = Buffer.from(UNAVAILABLE)
export const UNAVAILABLE_BASE64 = UNAVAILABLE_BYTES.toString('base64')

/** The parts of `source` that say where a change was made. */
export const SOURCE_PARTS = [
  'connector',
  'snapshot',
  'sequence',
  'commit_lsn',
  'change_lsn',
  'event_serial_no',
] as const
export type SourceParts = Readonly<Record<(typeof SOURCE_PARTS)[number], string | null>>

/**
 * PostgreSQL's `sequence` (the last commit before the change, the change) grows with every change in the order in which they
 * are sent, SQL Server's commit and change numbers do too. Other databases' positions may go back when another server takes
 * over: by them nothing is left out.
 */
export function sourcePosition(parts: SourceParts): string | null {
  if (parts.connector === 'postgresql' && parts.sequence !== null) {
    const match = /^\["?(null|\d{1,20})"?,\s*"(\d{1,20})"\]$/.exec(parts.sequence)
    if (match === null) return null
    const commit = match[1] === 'null' ? '0' : match[1]
    return `p${commit.padStart(20, '0')}/${match[2].padStart(20, '0')}`
  }
  if (parts.connector === 'sqlserver' && parts.commit_lsn && parts.change_lsn) {
    return `s${parts.commit_lsn}/${parts.change_lsn}/${(parts.event_serial_no ?? '0').padStart(20, '0')}`
  }
  return null
}

/** True for a snapshot that a connector begins with; one that runs beside changes begins nothing anew. */
export function beginsAnew(op: string, snapshot: string | null): boolean {
  return op === 'r' && snapshot !== 'incremental' && snapshot !== 'false'
}
