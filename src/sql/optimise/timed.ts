import { WATERMARK_COLUMN } from '../../catalog/watermark.ts'
import type { Logical } from '../../plan/logical.ts'
import { visitLogical } from '../../plan/logical-walk.ts'
import type { Facts } from './rule.ts'

/**
 * Whether something with an event time is read. What time closes and frees, and with it which late rows are left out,
 * follows from the operators above: they stay those that the query has, whatever is read of them and however many rows
 * there are. What stands behind a name of WITH is not looked at, and counts.
 */
export function timed(p: Logical, facts: Facts): boolean {
  let found = false
  visitLogical(p, (x) => {
    if (x.kind === 'ref' || (x.kind === 'get' && (hasWatermark(x) || facts.closesTime?.(x.object) === true)))
      found = true
  })
  return found
}

/** The same without the bounds of materialized views, which leave out no row of their readers. */
export const leavesOutLate = (p: Logical): boolean => timed(p, { primaryKey: () => null })

const hasWatermark = ({ rowType }: Extract<Logical, { kind: 'get' }>): boolean =>
  rowType.some((f) => f.name === WATERMARK_COLUMN)
