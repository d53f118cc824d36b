import type { Column } from '../../types/column.ts'
import type { RowType } from '../../types/sql-type.ts'

/**
 * Turns payloads (the value or the key of a record) into columns, one row per payload.
 *
 * Laws: `decode` and `decodeNull` append exactly one row and return null, or append nothing and return the reason why
 * not: a text, with which the record is a dead letter, or what has to be waited for before it can be tried again. `skip`
 * appends a row of NULLs. Validity is judged over all fields.
 */
export interface PayloadDecoder {
  /** The columns that it fills, in order. */
  readonly fields: RowType
  decode(bytes: Uint8Array, start: number, length: number): Refusal | null
  /** The record has no payload. */
  decodeNull(): string | null
  skip(): void
  /** Takes back every row from the nth on. */
  truncate(n: number): void
  /** Hands the columns on and begins anew. */
  finish(): Column[]
}

export type Refusal = string | Wait

/** Something is missing that is not in the record: the schema that it was written with. */
export interface Wait {
  /** Resolves when the record may be tried again; rejects within a time limit with a ServiceError. */
  ready(): Promise<void>
}

/** Says of which payload a text speaks. */
export function refusalOf(what: string, refusal: Refusal): Refusal {
  return typeof refusal === 'string' ? `${what}: ${refusal}` : refusal
}
