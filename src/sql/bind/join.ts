import type { FromItem } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import { extend, join } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { conjunction, shiftColumns, TRUE } from '../../plan/scalar-walk.ts'
import { bindError } from './bind-error.ts'
import { unify } from './coerce.ts'
import type { CteScope, ExprPlace, Statement } from './context.ts'
import { bindCondition } from './expr-condition.ts'
import { type FromPlan, nullableFrom, scopeOf, shiftFrom } from './from-plan.ts'
import { holdsSubquery, type JoinType, joinOnSubqueries } from './join-on.ts'
import { callOperator } from './overload.ts'
import type { Scope, ScopeColumn, ScopeTable } from './scope.ts'

type JoinItem = Extract<FromItem, { kind: 'join' }>

/** What a JOIN makes of its two sides and its condition. */
export interface JoinMaking {
  readonly make: typeof join
  /** How the columns of the last name of USING compare. */
  readonly lastUsing: '=' | '>='
  /** Its condition says more than which rows meet. */
  readonly timed: boolean
}
const PLAIN: JoinMaking = { make: join, lastUsing: '=', timed: false }

/** A JOIN of two bound sides with ON, USING, NATURAL or none of them. */
export function bindJoin(
  st: Statement,
  item: JoinItem,
  type: JoinType,
  left: FromPlan,
  right: FromPlan,
  parent: Scope | null,
  ctes: CteScope | null,
  making: JoinMaking = PLAIN,
): FromPlan {
  const { make, timed } = making
  const width = left.plan.rowType.length
  const moved = shiftFrom(right, width)
  if (item.using || item.natural) return joinUsing(st, item, type, left, right, making)
  const names = { tables: [...left.tables, ...moved.tables], visible: [...left.visible, ...moved.visible] }
  const conditions = [item.matchCondition, item.on].filter((c) => c !== undefined)
  if (conditions.length === 0) return { plan: make(type, left.plan, right.plan, TRUE, st.position(item)), ...names }
  const scope = scopeOf(names, parent)
  const place: ExprPlace = { scope, ctes, clause: 'JOIN conditions', aggregates: false, windows: false, rows: false }
  const on = conjunction(conditions.map((c) => bindCondition(st, c, place, 'JOIN/ON')))
  const after = afterJoin(type, left, moved)
  if (holdsSubquery(st, on)) {
    if (timed) throw notSupported('a subquery in the condition of an ASOF or temporal join', conditions[0].span)
    const position = st.position(conditions[0])
    return { plan: joinOnSubqueries(st, type, left.plan, right.plan, on, scope, position, make), ...after }
  }
  return { plan: make(type, left.plan, right.plan, on, st.position(item)), ...after }
}

function afterJoin(
  type: JoinType,
  left: FromPlan,
  right: Pick<FromPlan, 'tables' | 'visible'>,
): Pick<FromPlan, 'tables' | 'visible'> {
  const l = type === 'right' || type === 'full' ? nullableFrom(left) : left
  const r = type === 'left' || type === 'full' ? nullableFrom(right) : right
  return { tables: [...l.tables, ...r.tables], visible: [...l.visible, ...r.visible] }
}

/** USING merges the columns: one column of the name, from the side that is never missing. */
function joinUsing(
  st: Statement,
  item: JoinItem,
  type: JoinType,
  left: FromPlan,
  right: FromPlan,
  making: JoinMaking,
): FromPlan {
  const width = left.plan.rowType.length
  const common = item.using
    ? item.using.map((u) => u.name)
    : left.visible
        .map((c) => c.name)
        .filter((n, i, all) => all.indexOf(n) === i && right.visible.some((c) => c.name === n))
  const last = common[common.length - 1]
  const merged: ScopeColumn[] = []
  const on: Scalar[] = []
  const computed: Scalar[] = []
  const sides = afterJoin(type, left, shiftFrom(right, width))
  for (const name of common) {
    const at = item.using?.find((u) => u.name === name) ?? item
    const l = only(left.visible, name, 'left')
    const r = only(right.visible, name, 'right')
    const rightExpr = shiftColumns(r.expr, width)
    const { type: common, scalars } = unify(
      st,
      [
        { scalar: l.expr, at: item },
        { scalar: rightExpr, at: item },
      ],
      'JOIN/USING',
    )
    const compare = name === last ? making.lastUsing : '='
    on.push(callOperator(st, compare, [l.expr, rightExpr], at))
    // Of two that are equal the one that is of the common type already.
    const equal = type === 'inner' && compare === '='
    const fromRight = type === 'right' || (equal && scalars[0] !== l.expr && scalars[1] === rightExpr)
    const nullable = type === 'full' ? l.nullable || r.nullable : fromRight ? r.nullable : l.nullable
    const expr: Scalar =
      type === 'full' ? { kind: 'coalesce', args: scalars, type: common } : scalars[fromRight ? 1 : 0]
    if (expr.kind !== 'column') computed.push(expr)
    merged.push({
      name,
      expr,
      nullable,
      origin: expr.kind === 'column' ? (fromRight ? r.origin : l.origin) : null,
    })
  }
  let plan = making.make(type, left.plan, right.plan, conjunction(on), st.position(item))
  if (computed.length > 0) {
    const base = plan.rowType.length
    plan = extend(
      plan,
      computed,
      computed.map((_, i) => merged.filter((m) => m.expr.kind !== 'column')[i].name),
    )
    for (const [i, m] of merged.entries()) {
      const at = computed.indexOf(m.expr)
      if (at >= 0) merged[i] = { ...m, expr: { kind: 'column', index: base + at, type: m.expr.type } }
    }
  }
  const rest = sides.visible.filter((c) => !common.includes(c.name))
  const { usingAlias } = item
  const alias: ScopeTable[] = usingAlias ? [{ alias: usingAlias.name, schema: null, columns: merged, key: null }] : []
  return { plan, tables: [...sides.tables, ...alias], visible: [...merged, ...rest] }
}

function only(columns: readonly ScopeColumn[], name: string, side: 'left' | 'right'): ScopeColumn {
  const found = columns.filter((c) => c.name === name)
  if (found.length === 0) {
    throw bindError('42703', `column "${name}" specified in USING clause does not exist in ${side} table`, undefined)
  }
  if (found.length > 1) {
    throw bindError('42702', `common column name "${name}" appears more than once in ${side} table`, undefined)
  }
  return found[0]
}
