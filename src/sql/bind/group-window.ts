import type { Call, Expr, Select } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, sameScalar } from '../../plan/scalar-walk.ts'
import type { Interval } from '../../types/value.ts'
import { isArrival, isProctime, stamped } from './arrival.ts'
import { bindError, type Place } from './bind-error.ts'
import type { ExprPlace, GroupWindow, Statement, TimeWindow } from './context.ts'
import { eventTime } from './event-time.ts'
import type { FromPlan } from './from-plan.ts'
import { handled } from './handled.ts'
import type { Scope } from './scope.ts'
import { lastRowTime, sessionKeys } from './session-window.ts'
import { slotsIn } from './slot.ts'
import type { Stage } from './stage.ts'
import { windowed, windowInterval, windowLast, windowTime } from './time-window.ts'
import { isWindowFunction, windowSpec } from './window-tvf.ts'

/**
 * Windows that GROUP BY makes: Flink's `GROUP BY TUMBLE(ts, size)` with TUMBLE_START and its like in the select list,
 * and ksqlDB's `WINDOW TUMBLING (…)` with WINDOWSTART and WINDOWEND. The windows become columns of the relation before
 * grouping, and group keys.
 */
const PART = /^(tumble|hop|cumulate|session)_(start|end|rowtime|proctime)$/

export const isGroupWindowCall = (name: string): boolean => isWindowFunction(name) || PART.test(name)

/** Adds the windows of GROUP BY to the relation. */
export function groupWindows(st: Statement, stage: Stage, node: Select, place: ExprPlace): GroupWindow[] {
  const found: GroupWindow[] = []
  for (const item of node.groupBy) {
    if (item.kind !== 'groupExpr' || item.expr.kind !== 'call') continue
    const call = item.expr
    const name = call.name.parts.at(-1)?.name ?? ''
    if (call.name.parts.length !== 1 || !isWindowFunction(name)) continue
    const { time, spec } = callSpec(st, call, name, place)
    if (!found.some((w) => same(w, time, spec)))
      found.push(added(st, stage, time, spec, call, keysOf(st, node, spec, place)))
  }
  return found
}

/** `WINDOW TUMBLING (…)`: over the event time of the first relation of FROM. */
export function streamWindow(st: Statement, stage: Stage, node: Select, from: FromPlan, scope: Scope): GroupWindow {
  const window = node.streamWindow as NonNullable<Select['streamWindow']>
  handled(window, ['type', 'size', 'advance', 'grace', 'retention', 'timeZone'])
  if (node.groupBy.length === 0) throw bindError('42803', 'WINDOW needs GROUP BY', window)
  const time = eventTime(st, from)
  if (time === null) {
    throw bindError('42P10', 'WINDOW needs a relation with an event time', window, {
      hint: "Declare WATERMARK FOR a column, or TIMESTAMP='column', or INCLUDE TIMESTAMP.",
    })
  }
  const interval = (e: Expr): Interval =>
    windowInterval(st, st.bind.expr(st, e, { ...NOWHERE, scope: { ...NOWHERE.scope } }), e)
  const hopping = window.type === 'HOPPING'
  if (hopping !== (window.advance !== undefined)) {
    throw bindError('42601', hopping ? 'HOPPING needs ADVANCE BY' : 'only HOPPING has ADVANCE BY', window)
  }
  if (window.grace) {
    const { months, days, micros } = interval(window.grace)
    if (months !== 0) throw notSupported('a GRACE PERIOD of months', window.grace.span)
    st.stream.allowedMicros = Math.max(st.stream.allowedMicros, days * 86_400_000_000 + micros)
  }
  if (window.retention) {
    const { months, days, micros } = interval(window.retention)
    if (months !== 0) throw notSupported('a RETENTION of months', window.retention.span)
    st.stream.retainedMicros = Math.max(st.stream.retainedMicros, days * 86_400_000_000 + micros)
  }
  const zone = window.timeZone
  const spec: TimeWindow = {
    kind: window.type === 'SESSION' ? 'session' : hopping ? 'hop' : 'tumble',
    size: interval(window.size),
    step: window.advance ? interval(window.advance) : null,
    offset: { months: 0, days: 0, micros: 0 },
    zone: zone?.kind === 'string' ? zone.value : null,
  }
  const place = { ...NOWHERE, scope, clause: 'GROUP BY' }
  const own = added(st, stage, windowTime(st, time, window), spec, window, keysOf(st, node, spec, place))
  if (spec.kind !== 'session') return own
  const { plan, end } = lastRowTime(stage.plan, own.end, spec.size)
  stage.plan = plan
  return { ...own, end }
}

const NOWHERE: ExprPlace = {
  scope: { parent: null, tables: [], visible: [], hidden: [] },
  ctes: null,
  clause: 'WINDOW',
  aggregates: false,
  windows: false,
  rows: false,
}

/** WINDOWSTART and WINDOWEND as names of the SELECT. */
export function withWindowNames(scope: Scope, window: GroupWindow): Scope {
  const named = (name: string, expr: Scalar) => ({ name, expr, nullable: false, origin: null })
  return {
    ...scope,
    visible: [...scope.visible, named('windowstart', window.start), named('windowend', window.end)],
  }
}

/** What is grouped by, beside the call itself: an end that the start does not tell. */
export const windowKeys = (w: GroupWindow): Scalar[] => (w.end.kind === 'column' ? [w.start, w.end] : [w.start])

/** Sessions are those of the rows that are grouped together. */
function keysOf(st: Statement, node: Select, spec: TimeWindow, place: ExprPlace): Scalar[] {
  if (spec.kind !== 'session') return []
  return sessionKeys(st, node, place, (e) => e.kind === 'call' && isWindowFunction(e.name.parts.at(-1)?.name ?? ''))
}

function added(
  st: Statement,
  stage: Stage,
  time: Scalar,
  spec: TimeWindow,
  at: Place,
  keys: readonly Scalar[],
): GroupWindow {
  const over = isProctime(time) ? stamped(stage.plan, time.position) : { plan: stage.plan, time }
  const { plan, start, end } = windowed(st, over.plan, over.time, spec, at, keys)
  stage.plan = plan
  return { time, spec, start, end, byArrival: isArrival(st, over.plan, over.time) }
}

/** `TUMBLE(ts, …)` and `TUMBLE_START(ts, …)` in an expression. */
export function bindGroupWindowCall(st: Statement, node: Call, name: string, place: ExprPlace): Scalar {
  const [, kind = name, part = 'start'] = PART.exec(name) ?? []
  const { time, spec } = callSpec(st, node, kind, place)
  const window = place.groupWindows?.find((w) => same(w, time, spec))
  if (!window) {
    const what = kind.toUpperCase()
    throw bindError('42803', `${name.toUpperCase()} needs the same ${what} in GROUP BY`, node, {
      hint: `In FROM, ${what}(TABLE t, DESCRIPTOR(ts), …) has the columns window_start and window_end.`,
    })
  }
  if (part === 'start') return window.start
  if (part === 'rowtime' && window.byArrival) {
    const hint = `It is over PROCTIME(): ${kind.toUpperCase()}_PROCTIME is its last instant.`
    throw notSupported(`${name.toUpperCase()} of a window without event time`, node.span, hint)
  }
  if (part === 'proctime' && !window.byArrival) {
    const hint = `${kind.toUpperCase()}_ROWTIME is its last instant.`
    throw notSupported(`${name.toUpperCase()} of a window over an event time`, node.span, hint)
  }
  return part === 'end' ? window.end : windowLast(st, window.end, node)
}

function callSpec(st: Statement, call: Call, kind: string, place: ExprPlace): { time: Scalar; spec: TimeWindow } {
  handled(call, ['name', 'args'])
  const [first, ...rest] = call.args
  if (!first || first.name) throw bindError('42883', `${kind.toUpperCase()} takes a time and a size`, call)
  const bound = st.bind.expr(st, first.value, place)
  const time = windowTime(st, bound, first.value)
  if (slotsIn(time).size > 0) throw notSupported('a subquery or aggregate as the time of a window', first.span)
  if (columnsOf(time).size === 0 && !isProctime(time)) {
    throw notSupported(
      'a window over one time for all rows',
      first.span,
      'PROCTIME() is the time at which each row came.',
    )
  }
  return { time, spec: windowSpec(st, kind, rest, { ...place, aggregates: false, windows: false, rows: false }, call) }
}

const same = (w: GroupWindow, time: Scalar, spec: TimeWindow): boolean =>
  sameScalar(w.time, time) && JSON.stringify(w.spec) === JSON.stringify(spec)
