import type { Expr } from '../../../grammar/ast.ts'
import type { Scalar } from '../../plan/scalar.ts'
import type { Place } from './bind-error.ts'
import type { ExprPlace, Statement } from './context.ts'
import { bindRowSubquery } from './expr-subquery.ts'
import { callOperator } from './overload.ts'
import { compareLists, rowFields } from './row-compare.ts'

/** `a op b`: of values, of two rows, of a row and the only row of a subquery. */
export function bindComparison(
  st: Statement,
  op: string,
  left: Expr,
  right: Expr,
  place: ExprPlace,
  at: Place,
): Scalar {
  if (left.kind === 'row') {
    if (right.kind === 'subquery') return bindRowSubquery(st, left, op, right.query, place, at)
    if (right.kind === 'row') {
      const [l, r] = rowFields(st, left, right, place, at)
      return compareLists(st, op, l, r, at)
    }
  }
  return callOperator(st, op, [st.bind.expr(st, left, place), st.bind.expr(st, right, place)], at)
}
