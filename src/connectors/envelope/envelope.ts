import type { Column } from '../../types/column.ts'
import type { RecordWalk } from '../kafka/record-walk.ts'

/**
 * What a record means: which payloads it needs and what row they make.
 *
 * Laws: `append` adds one row to every payload column and returns null, or adds nothing and returns the reason for the
 * dead letter. `finish` hands on what was appended since the last time.
 */
export interface Envelope {
  append(record: RecordWalk): string | null
  finish(n: number): { readonly value: Column[]; readonly key: Column[]; readonly deletes: Uint8Array | null }
}
