import type { Expr } from '../../../grammar/ast.ts'
import { filter } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { bindError } from './bind-error.ts'
import type { ExprPlace, Statement } from './context.ts'
import { bindCondition } from './expr-condition.ts'
import type { Scope, ScopeColumn } from './scope.ts'
import { slotsIn } from './slot.ts'
import type { Stage } from './stage.ts'
import type { BoundTarget } from './target.ts'

/** QUALIFY: what WHERE is to rows, over window functions. Names of the select list are in reach where no column has them. */
export function bindQualify(st: Statement, node: Expr, targets: readonly BoundTarget[], place: ExprPlace): Scalar {
  const own = place.scope
  const outputs = targets.flatMap((t, i): ScopeColumn[] => {
    const taken = own.visible.some((c) => c.name === t.name) || targets.findIndex((o) => o.name === t.name) < i
    return taken ? [] : [{ name: t.name, expr: t.scalar, nullable: true, origin: null }]
  })
  const scope: Scope = { ...own, visible: [...own.visible, ...outputs], base: own }
  const condition = bindCondition(st, node, { ...place, scope, rows: false, clause: 'QUALIFY' }, 'QUALIFY')
  const windows = [condition, ...targets.map((t) => t.scalar)].some((s) =>
    [...slotsIn(s)].some((n) => st.slots[n].kind === 'window'),
  )
  if (!windows) {
    throw bindError('42P20', 'QUALIFY needs a window function, in it or in the select list', node, {
      hint: 'Conditions on rows belong to WHERE, those on groups to HAVING.',
    })
  }
  return condition
}

/** Behind the window functions, before DISTINCT and ORDER BY. */
export function qualify(stage: Stage, condition: Scalar, position: number): void {
  const predicate = stage.resolve(condition)
  stage.plan = filter(stage.plan, predicate, position)
}
