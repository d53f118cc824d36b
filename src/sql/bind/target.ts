import type { Expr, Target } from '../../../grammar/ast.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { sameScalar } from '../../plan/scalar-walk.ts'
import { bindError } from './bind-error.ts'
import type { ExprPlace, Statement } from './context.ts'
import { recordStar } from './expr-record.ts'
import { handled } from './handled.ts'
import { outputName } from './names.ts'
import { findColumn, findTable, type Origin, type ScopeColumn, tryFindUnqualified } from './scope.ts'

/** One output column of a SELECT, over the columns of its FROM clause, slots included. */
export interface BoundTarget {
  readonly name: string
  readonly scalar: Scalar
  readonly origin: Origin | null
  readonly node: Expr
}

/** The select list, stars expanded. */
export function bindTargets(st: Statement, targets: readonly Target[], place: ExprPlace): BoundTarget[] {
  return targets.flatMap((t) => {
    handled(t, ['expr', 'alias'])
    if (t.expr.kind === 'star') {
      return expandStar(t.expr, place).map((c) => ({ name: c.name, scalar: c.expr, origin: c.origin, node: t.expr }))
    }
    if (t.expr.kind === 'fieldStar') {
      const node = t.expr
      return recordStar(st, node, place).map((field) => ({ ...field, origin: null, node }))
    }
    const scalar = st.bind.expr(st, t.expr, place)
    return [
      { name: t.alias?.name ?? outputName(t.expr), scalar, origin: originOf(t.expr, scalar, place), node: t.expr },
    ]
  })
}

type Star = Extract<Expr, { kind: 'star' }>

/** The columns of `*` or `t.*` but for those that EXCEPT names, by their own name or with their table's. */
function expandStar(star: Star, place: ExprPlace): readonly ScopeColumn[] {
  handled(star, ['qualifier', 'except'])
  const all = starColumns(star, place)
  if (star.except.length === 0) return all
  const without = new Set<ScopeColumn>()
  for (const name of star.except) {
    const expr = name.parts.length > 1 ? findColumn(place.scope, name.parts, name).column.expr : null
    const last = name.parts[name.parts.length - 1].name
    const named = all.filter((c) => c.name === last && (expr === null || sameScalar(c.expr, expr)))
    if (named.length === 0) throw bindError('42703', `column "${last}" of * EXCEPT does not exist`, name)
    for (const column of named) {
      if (without.has(column)) throw bindError('42701', `column "${last}" specified more than once`, name)
      without.add(column)
    }
  }
  if (without.size === all.length) throw bindError('42601', '* EXCEPT leaves no column', star)
  return all.filter((c) => !without.has(c))
}

function starColumns(star: Star, place: ExprPlace): readonly ScopeColumn[] {
  if (star.qualifier.length === 0) {
    if (place.scope.tables.length === 0)
      throw bindError('42601', 'SELECT * with no tables specified is not valid', star)
    return place.scope.visible.filter((c) => !c.hidden)
  }
  const names = star.qualifier.map((q) => q.name)
  const schema = names.length > 1 ? names[names.length - 2] : null
  const { scope, table } = findTable(place.scope, schema, names[names.length - 1], star)
  if (scope !== place.scope) throw bindError('0A000', '* of a table of an outer query is not supported', star)
  return table.columns.filter((c) => !c.hidden)
}

/** The catalog column behind a plain column reference: table oid and attribute number of a RowDescription. */
function originOf(node: Expr, scalar: Scalar, place: ExprPlace): Origin | null {
  if (node.kind !== 'column' || scalar.kind !== 'column') return null
  if (node.parts.length === 1) return tryFindUnqualified(place.scope, node.parts[0].name, node)?.column.origin ?? null
  const [alias, name] = node.parts.slice(-2).map((p) => p.name)
  for (const table of place.scope.tables) {
    const found = table.alias === alias && table.columns.find((c) => c.name === name)
    if (found) return found.origin
  }
  return null
}
