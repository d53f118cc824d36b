import type { Select } from '../../../grammar/ast.ts'
import { bindError } from './bind-error.ts'
import type { Statement } from './context.ts'
import { timeToLive } from './fixed-micros.ts'
import type { FromPlan } from './from-plan.ts'

/** Binds a FROM clause under the STATE_TTL of its SELECT; each name must be that of a relation there. */
export function withLives(st: Statement, node: Select, bind: () => FromPlan): FromPlan {
  const around = st.lives
  const micros = new Map<string, number>()
  for (const { relation, ttl } of node.stateTtl ?? []) {
    micros.set(relation, timeToLive(st, ttl, node))
  }
  st.lives = { micros, used: new Set() }
  try {
    const from = bind()
    for (const name of micros.keys()) {
      if (!st.lives.used.has(name))
        throw bindError('42P01', `STATE_TTL names "${name}", which FROM does not have`, node)
    }
    return from
  } finally {
    st.lives = around
  }
}

/** The relation with its rows leaving by the clock, where STATE_TTL names it. */
export function mortal(st: Statement, from: FromPlan, position: number): FromPlan {
  const [table] = from.tables
  const ttlMicros = table === undefined ? undefined : st.lives?.micros.get(table.alias)
  if (ttlMicros === undefined) return from
  st.lives?.used.add(table.alias)
  const { plan } = from
  // A key still determines the other columns: rows only leave.
  return { ...from, plan: { kind: 'expire', input: plan, ttlMicros, rowType: plan.rowType, position } }
}
