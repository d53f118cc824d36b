import { notSupported } from '../../base/sql-error.ts'
import { checkWindow, length } from '../../functions/calendar-window.ts'
import type { Logical } from '../../plan/logical.ts'
import { columnsOfRow, extend, filter } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, constant, isNull } from '../../plan/scalar-walk.ts'
import { BOOL, INT4, type SqlType, TEXT } from '../../types/sql-type.ts'
import { zoneByName } from '../../types/time-zone.ts'
import type { Interval } from '../../types/value.ts'
import { isArrival, noteRowtime } from './arrival.ts'
import { bindError, type Place } from './bind-error.ts'
import { coerce, constantValue, located } from './coerce.ts'
import type { Statement, TimeWindow } from './context.ts'
import { sessionWindows } from './session-window.ts'

/**
 * Time windows as ordinary plans. A window of fixed length is arithmetic (date_bin, which runs in generated loops);
 * hopping and cumulating ones multiply the row by a constant series first; windows on the calendar (months, the days of
 * a time zone) are functions of their own. A row without a time is in no window.
 */
export interface Windowed {
  /** The columns of the plan given, then what the windows need. Only rows that are in a window, once for each. */
  readonly plan: Logical
  readonly start: Scalar
  /** Of a row with this start; for cumulating windows a column. */
  readonly end: Scalar
}

/** More windows than this a row are refused: they are a misprint more often than meant. */
const WINDOWS_MAX = 10_000

const FLOAT8: SqlType = { kind: 'float8' }
const INTERVAL: SqlType = { kind: 'interval' }
const duration = (micros: number): Scalar => constant({ months: 0, days: 0, micros }, INTERVAL)

/** A time that windows can be made of: timestamps as they are, dates as timestamps. */
export function windowTime(st: Statement, time: Scalar, at: Place): Scalar {
  const { kind } = time.type
  if (kind === 'timestamp' || kind === 'timestamptz') return time
  if (kind === 'date') return coerce(st, time, { kind: 'timestamp' }, 'implicit', at)
  throw bindError('42804', `windows are made of a timestamp, not of type ${kind}`, at)
}

/** A constant interval. */
export function windowInterval(st: Statement, s: Scalar, at: Place): Interval {
  const value = constantValue(st, coerce(st, s, INTERVAL, 'implicit', at))
  if (value === undefined) throw notSupported('a window that is not constant', at.span)
  if (value === null) throw bindError('22004', 'a window cannot be NULL', at)
  return value as Interval
}

/** `keys`: what the rows of one session agree in. */
export function windowed(
  st: Statement,
  plan: Logical,
  time: Scalar,
  spec: TimeWindow,
  at: Place,
  keys: readonly Scalar[],
): Windowed {
  const type: SqlType = { kind: time.type.kind }
  const { kind, size, step, zone } = spec
  noteRowtime(st, plan, time)
  if (kind === 'session') return sessionWindows(st, plan, retyped(time, type), size, keys, at)
  if (zone !== null && type.kind !== 'timestamptz') {
    throw bindError('42804', 'windows in a time zone are made of timestamp with time zone', at, {
      hint: "A time without zone is turned into one by AT TIME ZONE, as in ts AT TIME ZONE 'UTC'.",
    })
  }
  try {
    if (zone !== null) zoneByName(zone)
    checkWindow(kind, size, step, zone !== null)
  } catch (e) {
    throw located(st, e, at)
  }
  const present = isArrival(st, plan, time) ? plan : filter(plan, isNull(time, true), st.position(at))
  const calendar = zone !== null || size.months !== 0 || (step !== null && step.months !== 0)
  return calendar ? onCalendar(st, present, time, type, spec, at) : fixed(st, present, time, type, spec, at)
}

// ---------------------------------------------------------------- fixed length

function fixed(st: Statement, plan: Logical, time: Scalar, type: SqlType, spec: TimeWindow, at: Place): Windowed {
  const position = st.position(at)
  const call = (fn: string, args: readonly Scalar[], of = type): Scalar => ({
    kind: 'call',
    fn,
    args,
    type: of,
    position,
  })
  const t = type.kind
  if (spec.offset.months !== 0) throw notSupported('an offset of months', at.span)
  const size = length(spec.size)
  const origin = constant(length(spec.offset), type)
  const bin = (micros: number): Scalar =>
    call(`date_bin(interval,${t},${t})`, [duration(micros), retyped(time, type), origin])
  const plus = (a: Scalar, b: Scalar): Scalar => call(`${t}_pl_interval(${t},interval)`, [a, b])
  const step = spec.step === null ? size : length(spec.step)
  if (spec.kind === 'tumble') {
    const own = extend(plan, [bin(size)], ['window_start'])
    const start = column(plan.rowType.length, type)
    return { plan: own, start, end: plus(start, duration(size)) }
  }
  const many = spec.kind === 'hop' ? Math.ceil(size / step) : size / step
  if (many > WINDOWS_MAX) throw bindError('54000', `more than ${WINDOWS_MAX} windows hold each row`, at)
  const width = plan.rowType.length
  const series: Logical = {
    kind: 'flatMap',
    input: plan,
    fn: 'generate_series(int4,int4)',
    args:
      spec.kind === 'hop' ? [constant(0, INT4), constant(many - 1, INT4)] : [constant(1, INT4), constant(many, INT4)],
    withOrdinality: false,
    outer: false,
    rowType: [...plan.rowType, { name: 'window_number', type: INT4, nullable: false }],
    position,
  }
  const factor: Scalar = {
    kind: 'cast',
    arg: column(width, INT4),
    explicit: false,
    type: FLOAT8,
    position,
  }
  const steps = call('interval_mul(interval,float8)', [duration(step), factor], INTERVAL)
  const start: Scalar = spec.kind === 'hop' ? call(`${t}_mi_interval(${t},interval)`, [bin(step), steps]) : bin(size)
  const withStart = extend(series, [start], ['window_start'])
  const startColumn = column(width + 1, type)
  const whole = spec.kind === 'hop' && size % step === 0
  if (whole) return { plan: withStart, start: startColumn, end: plus(startColumn, duration(size)) }
  const end = plus(startColumn, spec.kind === 'hop' ? duration(size) : steps)
  const withEnd = extend(withStart, [end], ['window_end'])
  const endColumn = column(width + 2, type)
  return { plan: before(withEnd, time, endColumn, position), start: startColumn, end: endColumn }
}

/** Only the windows that have not ended before the row's time. */
const before = (plan: Logical, time: Scalar, end: Scalar, position: number): Logical =>
  filter(
    plan,
    {
      kind: 'call',
      fn: `${end.type.kind}_lt(${end.type.kind},${end.type.kind})`,
      args: [retyped(time, end.type), end],
      type: BOOL,
      position,
    },
    position,
  )

/** Modifiers of the column's type are not the window's. */
const retyped = (s: Scalar, type: SqlType): Scalar => (s.kind === 'column' ? { ...s, type } : s)

// ---------------------------------------------------------------- on the calendar

function onCalendar(st: Statement, plan: Logical, time: Scalar, type: SqlType, spec: TimeWindow, at: Place): Windowed {
  const position = st.position(at)
  const zoned = type.kind === 'timestamptz'
  const interval = (i: Interval): Scalar => constant(i, INTERVAL)
  const zone = zoned ? [constant(spec.zone ?? 'UTC', TEXT)] : []
  const of = (name: string, before: number): string =>
    `${name}(${[type.kind, ...Array.from({ length: before }, () => 'interval'), ...(zoned ? ['text'] : [])].join(',')})`
  const width = plan.rowType.length
  const at0 = retyped(time, type)
  if (spec.kind === 'tumble') {
    const bound = (name: string, of0: Scalar): Scalar => ({
      kind: 'call',
      fn: of(name, 2),
      args: [of0, interval(spec.size), interval(spec.offset), ...zone],
      type,
      position,
    })
    const own = extend(plan, [bound('window_start', at0)], ['window_start'])
    const start = column(width, type)
    return { plan: own, start, end: bound('window_end', start) }
  }
  const row = ['window_start', 'window_end'].map((name) => ({ name, type, nullable: false }))
  const step = spec.step ?? spec.size
  const list: Logical = {
    kind: 'flatMap',
    input: plan,
    fn: of(spec.kind === 'hop' ? 'window_hops' : 'window_steps', 3),
    args: [at0, interval(step), interval(spec.size), interval(spec.offset), ...zone],
    withOrdinality: false,
    outer: false,
    rowType: [...plan.rowType, ...row],
    position,
  }
  const end = column(width + 1, type)
  // True of every row: what tells the optimiser how far a window's end lies behind a row's time.
  return { plan: before(list, time, end, position), start: column(width, type), end }
}

/** `window_end - 1 ms`: the last instant of a window, as Flink gives it for further windows. */
export function windowLast(st: Statement, end: Scalar, at: Place): Scalar {
  const t = end.type.kind
  return {
    kind: 'call',
    fn: `${t}_mi_interval(${t},interval)`,
    args: [end, duration(1000)],
    type: end.type,
    position: st.position(at),
  }
}

/** Columns of the plan as they are, then start, end and, where asked for, the last instant. */
export function withBounds(st: Statement, w: Windowed, width: number, last: boolean, at: Place): Logical {
  const bounds = [w.start, w.end, ...(last ? [windowLast(st, w.end, at)] : [])]
  const names = ['window_start', 'window_end', 'window_time'].slice(0, bounds.length)
  return {
    kind: 'project',
    input: w.plan,
    exprs: [...columnsOfRow(w.plan.rowType.slice(0, width)), ...bounds],
    rowType: [
      ...w.plan.rowType.slice(0, width),
      ...bounds.map((b, i) => ({ name: names[i], type: b.type, nullable: false })),
    ],
  }
}
