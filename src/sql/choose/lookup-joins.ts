import { SqlError } from '../../base/sql-error.ts'
import type { Logical } from '../../plan/logical.ts'

/** What a row was joined with when it came is kept nowhere: it could not be taken back. */
export function refuseLookup(
  join: Extract<Logical, { kind: 'asofJoin' }>,
  appendOnly: boolean,
  maintained: boolean,
  recursive: boolean,
): void {
  const position = join.position < 0 ? undefined : join.position + 1
  const refuse = (message: string, hint: string) => {
    throw new SqlError('0A000', message, { hint, ...(position !== undefined && { position }) })
  }
  if (recursive)
    refuse('FOR SYSTEM_TIME AS OF PROCTIME() inside a recursive query is not supported', 'Join outside it.')
  if (maintained && !appendOnly) {
    refuse(
      'FOR SYSTEM_TIME AS OF PROCTIME() of rows that may change or go is not supported',
      'The left side must only ever grow: a stream, or a table that is APPEND ONLY or has a WATERMARK. A plain join follows changes of both sides.',
    )
  }
}
