import type { Query } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import { INT8 } from '../../types/sql-type.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { coerce, constantValue } from '../bind/coerce.ts'
import { EMPTY_SCOPE } from '../bind/scope.ts'
import type { PlannedSubscribe, PlanningContext } from '../planned.ts'
import { bindEnv } from './env.ts'
import { planSubscribe } from './subscribe.ts'

/** ksqlDB's `SELECT … EMIT CHANGES [LIMIT n]`: the rows that there are, then every row that comes; n of them. */
export function planPushQuery(node: Query, context: PlanningContext): PlannedSubscribe {
  const { limit, ...query } = node
  const [order] = query.orderBy
  if (order) throw notSupported('ORDER BY with EMIT CHANGES', order.span)
  if (query.offset) throw notSupported('OFFSET with EMIT CHANGES', query.offset.span)
  const planned = planSubscribe(
    { kind: 'subscribe', query, withinTimestampOrderBy: [], with: [], span: node.span },
    context,
  )
  return { ...planned, request: { ...planned.request, push: { limit: limit ? rowsOf(limit, context) : null } } }
}

function rowsOf(limit: NonNullable<Query['limit']>, context: PlanningContext): number | null {
  const st = newStatement(bindEnv(context))
  const place = { scope: EMPTY_SCOPE, ctes: null, clause: 'LIMIT', aggregates: false, windows: false, rows: false }
  const value = constantValue(st, coerce(st, st.bind.expr(st, limit, place), INT8, 'assignment', limit))
  if (value === undefined) throw bindError('0A000', 'LIMIT of EMIT CHANGES is a constant', limit)
  if (value !== null && Number(value) < 0) throw bindError('2201W', 'LIMIT must not be negative', limit)
  return value === null ? null : Number(value)
}
