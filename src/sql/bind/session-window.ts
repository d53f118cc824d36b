import type { Expr, Select } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { WindowFrame } from '../../dataflow/window/spec.ts'
import type { Logical } from '../../plan/logical.ts'
import { extend, filter } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, constant, isNull } from '../../plan/scalar-walk.ts'
import type { WindowCall } from '../../plan/window.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Interval } from '../../types/value.ts'
import { isArrival } from './arrival.ts'
import { bindError, type Place } from './bind-error.ts'
import { settleUnknown } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { slotsIn } from './slot.ts'
import { DEFAULT_FRAME } from './window-frame.ts'

const INTERVAL: SqlType = { kind: 'interval' }

/**
 * Sessions of the rows with equal `keys`: a row belongs to the session of the one before when it comes no later than
 * `gap` after it. They start with their first row and end `gap` after their last. Two columns at the end of the plan.
 */
export function sessionWindows(
  st: Statement,
  plan: Logical,
  time: Scalar,
  gap: Interval,
  keys: readonly Scalar[],
  at: Place,
): { plan: Logical; start: Scalar; end: Scalar } {
  if (gap.months !== 0) throw notSupported('a session gap of months', at.span)
  if (gap.days < 0 || gap.micros < 0 || (gap.days === 0 && gap.micros === 0)) {
    throw bindError('22023', 'session gap must be greater than zero', at)
  }
  const position = st.position(at)
  const type: SqlType = { kind: time.type.kind }
  const present = isArrival(st, plan, time) ? plan : filter(plan, isNull(time, true), position)
  const width = plan.rowType.length
  const limit = later(time, gap, position)
  const named = ['session_time', 'session_limit', ...keys.map((_, i) => `session_key${i}`)]
  const input = extend(present, [time, limit, ...keys], named)
  const call = (fn: 'session_start' | 'session_end', frame: Partial<WindowFrame>): WindowCall => ({
    fn,
    aggregate: null,
    args: [{ column: width }, { column: width + 1 }],
    argTypes: [type, type],
    filter: null,
    ignoreNulls: false,
    frame: { ...DEFAULT_FRAME, mode: 'rows', ...frame },
    type,
  })
  const sessions: Logical = {
    kind: 'window',
    input,
    partition: keys.map((_, i) => width + 2 + i),
    order: [{ column: width, desc: false, nullsFirst: false }],
    calls: [
      call('session_start', { start: { kind: 'first' }, end: { kind: 'offset', by: 0 } }),
      call('session_end', { start: { kind: 'offset', by: 0 }, end: { kind: 'last' } }),
    ],
    rowType: [...input.rowType, ...['window_start', 'window_end'].map((name) => ({ name, type, nullable: false }))],
    position,
  }
  const made = input.rowType.length
  return { plan: sessions, start: column(made, type), end: column(made + 1, type) }
}

/** A time and a length; both of fixed length, a day being 24 hours. */
function later(time: Scalar, gap: Interval, position: number): Scalar {
  const { kind } = time.type
  const length = constant({ months: 0, days: 0, micros: gap.days * 86_400_000_000 + gap.micros }, INTERVAL)
  const fn = `${kind}_pl_interval(${kind},interval)`
  return { kind: 'call', fn, args: [time, length], type: { kind }, position }
}

/** ksqlDB's sessions end with their last row. */
export function lastRowTime(plan: Logical, end: Scalar, gap: Interval): { plan: Logical; end: Scalar } {
  const back = { months: 0, days: 0, micros: -(gap.days * 86_400_000_000 + gap.micros) }
  const last = extend(plan, [later(end, back, -1)], ['windowend'])
  return { plan: last, end: column(plan.rowType.length, end.type) }
}

/** What GROUP BY has beside the windows: within equal values of it there are sessions. */
export function sessionKeys(st: Statement, node: Select, place: ExprPlace, isWindow: (e: Expr) => boolean): Scalar[] {
  return node.groupBy.flatMap((item) => {
    if (item.kind === 'emptyGroup') return []
    if (item.kind !== 'groupExpr') throw notSupported('sessions beside grouping sets', item.span)
    if (isWindow(item.expr)) return []
    const key = settleUnknown(st, st.bind.expr(st, targetOf(node, item.expr, place) ?? item.expr, place))
    if (slotsIn(key).size > 0) throw notSupported('a subquery or aggregate as the key of a session', item.span)
    return [key]
  })
}

/** The expression of the select list that an ordinal, or a name that no column has, stands for. */
function targetOf(node: Select, expr: Expr, { scope }: ExprPlace): Expr | undefined {
  if (expr.kind === 'number') {
    const target = node.targets[Number(expr.text) - 1]
    return target?.kind === 'target' ? target.expr : undefined
  }
  if (expr.kind !== 'column' || expr.parts.length !== 1) return undefined
  const { name } = expr.parts[0]
  if (scope.visible.some((c) => c.name === name)) return undefined
  const named = node.targets.find((t) => t.kind === 'target' && t.alias?.name === name)
  return named?.kind === 'target' ? named.expr : undefined
}
