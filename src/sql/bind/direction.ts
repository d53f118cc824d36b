import type { OrderItem } from '../../../grammar/ast.ts'
import { bindError } from './bind-error.ts'

/** ASC or DESC, or the operator that says so: ORDER BY … USING >. */
export function direction(item: OrderItem): { desc: boolean; nullsFirst: boolean } {
  if (item.using !== undefined && item.using !== '<' && item.using !== '>') {
    throw bindError('42809', `operator ${item.using} is not a valid ordering operator`, item, {
      hint: 'Ordering operators must be "<" or ">" members of btree operator families.',
    })
  }
  const desc = item.using === undefined ? item.direction === 'DESC' : item.using === '>'
  return { desc, nullsFirst: item.nulls ? item.nulls === 'FIRST' : desc }
}
