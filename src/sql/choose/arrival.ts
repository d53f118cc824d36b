import { SqlError } from '../../base/sql-error.ts'
import type { Logical } from '../../plan/logical.ts'
import { extend } from '../../plan/logical-make.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'

type Arrival = Extract<Logical, { kind: 'arrival' }>

/** When a row came is kept nowhere: it could not be taken back. */
export function refuseArrival(p: Arrival, appendOnly: boolean, maintained: boolean, recursive: boolean): void {
  const position = p.position < 0 ? {} : { position: p.position + 1 }
  if (recursive) {
    throw new SqlError('0A000', 'PROCTIME() as a column inside a recursive query is not supported', {
      hint: 'Select it outside.',
      ...position,
    })
  }
  if (maintained && !appendOnly) {
    throw new SqlError('0A000', 'PROCTIME() as a column of rows that may change or go is not supported', {
      detail:
        'It is the time at which a row came, and belongs to rows that stay: those of a stream, or of a table that is APPEND ONLY or has a WATERMARK.',
      hint: 'Select PROCTIME() in a subquery over the stream, before rows are grouped or replaced. A table can keep the time itself: c timestamptz DEFAULT now().',
      ...position,
    })
  }
}

/** For a query that is computed once: all rows have the statement's now(). */
export const withoutArrival = (plan: Logical): Logical =>
  rewriteLogical(plan, (p) => (p.kind === 'arrival' ? extend(p.input, [nowAt(p)], ['proctime']) : p))

const nowAt = ({ rowType, position }: Arrival): Scalar => ({
  kind: 'call',
  fn: 'proctime()',
  args: [],
  type: rowType[rowType.length - 1].type,
  position,
})
