import type { Column } from '../../types/column.ts'
import type { RowType } from '../../types/sql-type.ts'

/**
 * Turns payloads (the value or the key of a record) into columns, one row per payload.
 *
 * Laws: `decode` and `decodeNull` append exactly one row and return null, or append nothing and return the reason why
 * not. `skip` appends a row of NULLs. Validity is judged over all fields.
 */
export interface PayloadDecoder {
  /** The columns that it fills, in order. */
  readonly fields: RowType
  decode(bytes: Uint8Array, start: number, length: number): string | null
  /** The record has no payload. */
  decodeNull(): string | null
  skip(): void
  /** Takes back every row from the nth on. */
  truncate(n: number): void
  /** Hands the columns on and begins anew. */
  finish(): Column[]
}
