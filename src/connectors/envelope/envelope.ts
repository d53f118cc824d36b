import type { Column } from '../../types/column.ts'
import type { Refusal } from '../format/format.ts'
import type { RecordWalk } from '../kafka/record-walk.ts'

/**
 * What a record means: which payloads it needs and what rows they make.
 *
 * Laws: `append` adds some rows to every payload column and says how many, or adds nothing and returns the reason for the
 * dead letter, or what has to be waited for. `finish` hands on what was appended since the last time.
 */
export interface Envelope {
  append(record: RecordWalk): number | Refusal
  finish(n: number): EnvelopeRows
}

export interface EnvelopeRows {
  readonly value: Column[]
  readonly key: Column[]
  readonly deletes: Uint8Array | null
  /** Columns behind those of the source: see ChangesInput. */
  readonly more?: readonly Column[]
}
