import { clockRules } from '../../plan/clock-rules.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, conjuncts, constant } from '../../plan/scalar-walk.ts'
import { node, planOf } from '../../render/testing/random-plan.ts'
import { BOOL, INTERVAL, NUMERIC, type SqlType, TEXT, TIMESTAMPTZ } from '../../types/sql-type.ts'

/** Where the virtual clock begins; µs. */
const START = 1_700_000_000_000_000

const call = (fn: string, args: readonly Scalar[], type: SqlType): Scalar => ({
  kind: 'call',
  fn,
  args,
  type,
  position: 3,
})

/**
 * The plan with rows that come and go: `seconds since the start ⋈ a column of whole numbers`, as a filter or as a column,
 * beside the minute. null: it has no such column.
 */
export function followingClock(plan: PhysicalPlan, random: () => number): PhysicalPlan | null {
  const at = plan.types.findIndex((type) => type.kind === 'int4' || type.kind === 'int8')
  if (at < 0) return null
  const now = call('now()', [], TIMESTAMPTZ)
  const since = call('timestamptz_mi(timestamptz,timestamptz)', [now, constant(START, TIMESTAMPTZ)], INTERVAL)
  const seconds = call('extract(text,interval)', [constant('epoch', TEXT), since], NUMERIC)
  const value: Scalar = {
    kind: 'cast',
    arg: column(at, plan.types[at]!),
    explicit: true,
    type: NUMERIC,
    position: -1,
  }
  const operators = ['lt', 'le', 'gt', 'ge', 'eq', 'ne']
  const operator = operators[Math.floor(random() * operators.length)]!
  const test = call(`numeric_${operator}(numeric,numeric)`, [seconds, value], BOOL)
  const columns = plan.types.map((type, c) => column(c, type))
  const minute = call('date_trunc(text,timestamptz)', [constant('minute', TEXT), now], TIMESTAMPTZ)
  const filter = random() < 0.6 ? test : null
  const exprs = filter === null ? [...columns, test] : random() < 0.3 ? [...columns, minute] : columns
  const found = clockRules(filter === null ? [] : conjuncts(filter), exprs)
  if (!('rules' in found)) throw new Error('the plan moves steadily')
  const input = plan.root
  const op = { op: 'temporal', input, filter, exprs, rules: found.rules, fallible: [true] } as const
  const types = exprs.map((e) => e.type)
  return planOf([...plan.nodes, node(op, types)])
}
