import type { Target } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Returning } from '../../plan/dml.ts'
import { scalarNullable } from '../../plan/nullable.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { settleUnknown } from '../bind/coerce.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { type FromPlan, scopeOf } from '../bind/from-plan.ts'
import { slotsIn } from '../bind/slot.ts'
import { bindTargets } from '../bind/target.ts'

/** RETURNING: expressions over the row written and, behind it, the columns of FROM or USING. */
export function bindReturning(
  st: Statement,
  targets: readonly Target[],
  table: FromPlan,
  beside: readonly Scalar[] = [],
): Returning | null {
  if (targets.length === 0) return null
  const scope = scopeOf(table, null)
  const place: ExprPlace = { scope, ctes: null, clause: 'RETURNING', aggregates: false, windows: false, rows: false }
  const bound = bindTargets(st, targets, place)
  const exprs = bound.map((t) => {
    const s = settleUnknown(st, t.scalar)
    if (slotsIn(s).size > 0) throw notSupported('a subquery in RETURNING', t.node.span)
    return s
  })
  const row = table.plan.rowType
  return {
    exprs,
    ...(beside.length === 0 ? {} : { beside: beside.map((s) => s.type) }),
    fields: exprs.map((e, i) => ({ name: bound[i].name, type: e.type, nullable: scalarNullable(e, row) })),
  }
}
