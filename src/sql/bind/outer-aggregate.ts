import { SqlError } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import type { Call } from './call-parts.ts'
import type { ExprPlace, Statement } from './context.ts'
import { findColumn, type Scope } from './scope.ts'
import { slotsIn } from './slot.ts'

/**
 * An aggregate belongs to the nearest query whose columns it reads: in a subquery `max(o.a)` is the outer query's, and
 * one value for all rows of the subquery. Null for those of the query that they stand in.
 */
export function outerAggregate(
  st: Statement,
  node: Call,
  place: ExprPlace,
  bind: (place: ExprPlace) => Scalar,
): Scalar | null {
  if (st.places.length === 0) return null
  const scopes = scopesRead(st, [node.args, node.orderBy, node.filter], place.scope)
  if (scopes === null || scopes.size === 0) return null
  let scope: Scope | null = place.scope
  while (scope && !scopes.has(base(scope))) scope = scope.parent
  if (!scope || base(scope) === base(place.scope)) return null
  const target = base(scope)
  const outer = st.places.findLast((p) => base(p.scope) === target)
  const { name } = node.name.parts[node.name.parts.length - 1]
  return outer ? st.outer(target, bind(outer), true, name, node) : null
}

const base = (scope: Scope): Scope => scope.base ?? scope

/** The scopes that the columns in the syntax are of; null where a subquery in it, or an unknown name, hides that. */
function scopesRead(st: Statement, syntax: unknown, scope: Scope, into: Set<Scope> = new Set()): Set<Scope> | null {
  if (syntax === null || typeof syntax !== 'object') return into
  if (Array.isArray(syntax)) return syntax.every((s) => scopesRead(st, s, scope, into)) ? into : null
  const node = syntax as { kind?: string; parts?: Parameters<typeof findColumn>[1]; span: { start: number } }
  if (node.kind === 'query') return null
  if (node.kind !== 'column' || !node.parts) return scopesRead(st, Object.values(syntax), scope, into)
  try {
    return into.add(base(findColumn(scope, node.parts, node, st.env.database).scope))
  } catch (e) {
    if (!(e instanceof SqlError)) throw e
    return null
  }
}

/** The aggregates of a query that stand in its subqueries: as they are seen from there. */
export function aggregatesOfSubqueries(st: Statement, scope: Scope): Scalar[] {
  return st.slots.flatMap((slot) => {
    if (slot.kind !== 'outer' || slot.scope !== base(scope)) return []
    return [...slotsIn(slot.expr)].some((n) => st.slots[n].kind === 'aggregate') ? [slot.expr] : []
  })
}
