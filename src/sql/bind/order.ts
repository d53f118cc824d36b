import type { Expr, OrderItem } from '../../../grammar/ast.ts'
import type { SortKey } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, sameScalar } from '../../plan/scalar-walk.ts'
import type { RowType } from '../../types/sql-type.ts'
import { bindError } from './bind-error.ts'
import { refuseUnordered } from './comparable.ts'
import type { ExprPlace, Statement } from './context.ts'
import { direction } from './direction.ts'
import { handled } from './handled.ts'
import type { BoundTarget } from './target.ts'

export interface OrderKey {
  readonly expr: Scalar
  readonly desc: boolean
  readonly nullsFirst: boolean
}

/** A sort key of a bound query, over the columns of its plan. */
export const orderKey = (key: SortKey, row: RowType): OrderKey => ({
  expr: column(key.column, row[key.column].type),
  desc: key.desc,
  nullsFirst: key.nullsFirst,
})

/** ORDER BY: an ordinal, the name of an output column, else an expression over the FROM clause. */
export function bindOrderItems(
  st: Statement,
  items: readonly OrderItem[],
  targets: readonly BoundTarget[],
  place: ExprPlace,
): OrderKey[] {
  return items.map((item) => {
    handled(item, ['expr', 'direction', 'nulls', 'using'])
    const expr = orderExpr(st, item.expr, targets, place)
    refuseUnordered(expr, item.expr)
    return { expr, ...direction(item) }
  })
}

function orderExpr(st: Statement, node: Expr, targets: readonly BoundTarget[], place: ExprPlace): Scalar {
  const ordinal = ordinalTarget(node, targets, place.clause)
  if (ordinal) return ordinal.scalar
  if (node.kind === 'column' && node.parts.length === 1) {
    const named = namedTarget(node.parts[0].name, targets, place.clause, node)
    if (named) return named.scalar
  }
  return st.bind.expr(st, node, place)
}

/** `ORDER BY 2`: an integer constant counts output columns; other constants mean nothing. */
export function ordinalTarget(node: Expr, targets: readonly BoundTarget[], clause: string): BoundTarget | undefined {
  if (node.kind === 'string' || node.kind === 'null' || (node.kind === 'number' && !node.integer)) {
    throw bindError('42601', `non-integer constant in ${clause}`, node)
  }
  if (node.kind === 'unary' && node.op === '-' && node.operand.kind === 'number' && node.operand.integer) {
    throw bindError('42P10', `${clause} position -${node.operand.text} is not in select list`, node)
  }
  if (node.kind !== 'number') return undefined
  const at = Number(node.text)
  if (at < 1 || at > targets.length)
    throw bindError('42P10', `${clause} position ${node.text} is not in select list`, node)
  return targets[at - 1]
}

export function namedTarget(
  name: string,
  targets: readonly BoundTarget[],
  clause: string,
  at: Expr,
): BoundTarget | undefined {
  const found = targets.filter((t) => t.name === name)
  if (found.some((t) => !sameScalar(t.scalar, found[0].scalar))) {
    throw bindError('42702', `${clause} "${name}" is ambiguous`, at)
  }
  return found[0]
}
