import type { BoundTerm } from '../../plan/bounds.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, constant, replaceScalar } from '../../plan/scalar-walk.ts'
import { plainNumber } from '../../types/plain-number.ts'
import { INT4, type SqlType } from '../../types/sql-type.ts'
import { findZone } from '../../types/time-zone.ts'
import type { Interval } from '../../types/value.ts'
import { zoneTurns } from '../../types/zone-turns.ts'
import { type Absent, allAbsent } from './absent.ts'
import { withoutExtremes } from './extremes.ts'

/** What is known of a column: how low it may still change, and the constants that it lies between. */
export interface ColumnFact {
  readonly terms?: readonly BoundTerm[]
  /** The bound is the best there is: a condition gave it, not the function that the column is made by. */
  readonly tight?: boolean
  readonly range?: readonly [number, number]
  /** Where outer joins make it NULL; left out: nowhere. */
  readonly absent?: Absent
}
export type Facts = ReadonlyMap<number, ColumnFact>

type Call = Extract<Scalar, { kind: 'call' }>

/**
 * The lower bound of an expression: that of its column, carried through functions that never fall as it rises. A clock
 * that goes back breaks the rule: local time is followed in zones that never set theirs back, as are casts (views compute
 * in UTC), and local days in those that never do so over midnight.
 */
export function lowerBound(s: Scalar, facts: Facts): readonly BoundTerm[] | null {
  return lowerFact(s, facts)?.terms ?? null
}

/** The bound with what else is known of the expression. */
export function lowerFact(s: Scalar, all: Facts): (ColumnFact & { readonly terms: readonly BoundTerm[] }) | null {
  const { over: plain, facts } = withoutExtremes(s, all, lowerFact)
  const terms: BoundTerm[] = []
  const absent: Absent[] = []
  for (const way of ways(plain)) {
    const found = carrier(way, facts)
    const fact = found === null ? undefined : facts.get(found.column)
    if (found === null || !fact?.terms) return null
    for (const { object, bound } of fact.terms) {
      const over = replaceScalar(found.lowest, (x) =>
        x.kind === 'column' ? { ...bound, type: bound.type } : undefined,
      )
      terms.push({ object, bound: over })
    }
    absent.push(fact.absent ?? [])
  }
  return { terms, absent: allAbsent(absent) }
}

/** What the expression can be: with each of the values that stand for one that is NULL. */
function ways(s: Scalar): readonly Scalar[] {
  if (s.kind === 'coalesce' && !s.sole) return s.args.flatMap(ways)
  if (s.kind === 'cast') return ways(s.arg).map((arg) => ({ ...s, arg }))
  const at = s.kind === 'call' ? RISES[nameOf(s)] : undefined
  if (s.kind !== 'call' || at === undefined) return [s]
  return ways(s.args[at]).map((way) => ({ ...s, args: s.args.map((arg, i) => (i === at ? way : arg)) }))
}

/**
 * The only column with a bound that the expression rises with, and the expression at the least of all others. `byDay`:
 * what is taken of it is the same for all of a day.
 */
function carrier(s: Scalar, facts: Facts, byDay = false): { column: number; lowest: Scalar } | null {
  if (s.kind === 'column') return facts.get(s.index)?.terms ? { column: s.index, lowest: s } : null
  if (s.kind === 'cast') {
    if (!CASTS.has(`${s.arg.type.kind} ${s.type.kind}`)) return null
    // Rounding to a precision may reach the next day.
    const inner = carrier(s.arg, facts, s.type.kind === 'date' || (byDay && s.type.precision === undefined))
    return inner && { ...inner, lowest: { ...s, arg: inner.lowest } }
  }
  // What stands behind the first has no value of its own.
  if (s.kind === 'coalesce' && s.sole) return carrier(s.args[0], facts)
  if (s.kind !== 'call') return null
  const at = RISES[nameOf(s)]
  if (at === undefined || !riseCertain(s, byDay)) return null
  const inner = carrier(s.args[at], facts, isByDay(s))
  if (inner === null) return null
  const args: Scalar[] = []
  for (const [i, arg] of s.args.entries()) {
    const value = i === at ? inner.lowest : leastArgument(s, arg, facts)
    if (value === null) return null
    args.push(value)
  }
  return { column: inner.column, lowest: { ...s, args } }
}

/** The other arguments are constants, or a constant times a column of known range, taken where the result is least. */
function leastArgument(call: Call, arg: Scalar, facts: Facts): Scalar | null {
  if (arg.kind === 'const') {
    const falls = /^int\d+div\(/.test(call.fn) && !(Number(arg.value) > 0)
    return arg.value === null || falls ? null : arg
  }
  if (arg.kind !== 'call' || arg.fn !== 'interval_mul(interval,float8)') return null
  const [step, factor] = arg.args
  const counted = factor.kind === 'cast' ? factor.arg : factor
  if (step.kind !== 'const' || counted.kind !== 'column') return null
  const range = facts.get(counted.index)?.range
  const { months, days, micros } = step.value as Interval
  if (!range || months < 0 || days < 0 || micros < 0) return null
  const taken = call.fn.includes('_mi_') ? range[1] : range[0]
  return constant({ months: months * taken, days: days * taken, micros: micros * taken }, step.type)
}

/** Whether the constants of the call are such that it never falls. */
function riseCertain(call: Call, byDay: boolean): boolean {
  const [first, last] = [call.args[0], call.args[call.args.length - 1]]
  switch (nameOf(call)) {
    case 'timezone':
      return first.kind === 'const' && first.value !== null && zoneRises(call, first, byDay)
    case 'extract':
    case 'date_part':
      return WHOLE_FIELDS.has(constantText(first))
    case 'numeric_div':
    case 'float8div':
      return last.kind === 'const' && last.value !== null && plainNumber(last.value) > 0
    default:
      return true
  }
}

/** AT TIME ZONE: an interval is an offset; local times that a zone leaves out come before those that follow them. */
function zoneRises(call: Call, zone: Scalar, byDay: boolean): boolean {
  if (zone.type.kind === 'interval') return true
  const found = findZone(constantText(zone))
  if (found === undefined) return false
  const turns = zoneTurns(found)
  if (call.type.kind === 'timestamptz') return turns.none
  return call.type.kind === 'timestamp' && (byDay ? turns.daysOnward : turns.onward)
}

/** A day, or a unit of whole days, of local time: nothing below a day shows. */
const isByDay = (call: Call): boolean =>
  call.type.kind === 'timestamp' && nameOf(call) === 'date_trunc' && DAYS.has(constantText(call.args[0]))

const constantText = (s: Scalar): string => (s.kind === 'const' ? String(s.value).toLowerCase() : '')

const DAYS: ReadonlySet<string> = new Set([
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'decade',
  'century',
  'millennium',
])

/** Fields that count on, where others begin again. */
const WHOLE_FIELDS: ReadonlySet<string> = new Set([
  'epoch',
  'julian',
  'year',
  'isoyear',
  'decade',
  'century',
  'millennium',
])

const nameOf = (call: Call): string => call.fn.slice(0, call.fn.indexOf('('))

/** Functions that never fall while this argument rises. */
const RISES: Readonly<Record<string, number>> = {
  timestamp_pl_interval: 0,
  timestamptz_pl_interval: 0,
  timestamp_mi_interval: 0,
  timestamptz_mi_interval: 0,
  interval_pl_timestamp: 1,
  interval_pl_timestamptz: 1,
  date_pl_interval: 0,
  date_mi_interval: 0,
  date_pli: 0,
  date_mii: 0,
  int4pl: 0,
  int4mi: 0,
  int8pl: 0,
  int8mi: 0,
  int4div: 0,
  int8div: 0,
  int84div: 0,
  int84pl: 0,
  int84mi: 0,
  date_trunc: 1,
  date_bin: 1,
  timezone: 1,
  extract: 1,
  date_part: 1,
  to_timestamp: 0,
  numeric_div: 0,
  float8div: 0,
  floor: 0,
  ceil: 0,
  ceiling: 0,
  window_start: 0,
  window_end: 0,
}

const CASTS: ReadonlySet<string> = new Set(
  ['timestamp', 'timestamptz', 'date', 'int2', 'int4', 'int8']
    .map((t) => `${t} ${t}`)
    .concat('timestamp date', 'date timestamp', 'int2 int4', 'int2 int8', 'int4 int8')
    .concat('timestamp timestamptz', 'timestamptz timestamp', 'timestamptz date', 'date timestamptz')
    .concat(['int2', 'int4', 'int8'].flatMap((t) => [`${t} numeric`, `${t} float8`]))
    .concat('numeric float8', 'numeric int8', 'float8 numeric', 'float8 int8'),
)

/** `x + constant`, `x - constant` → x, and what to do to a bound of the sum to have one of x. */
export function summand(s: Scalar): { expr: Scalar; back: (bound: Scalar) => Scalar } | null {
  if (s.kind !== 'call') return null
  const match = /^(timestamp|timestamptz)_(pl|mi)_interval\(/.exec(s.fn)
  const [expr, by] = s.args
  // Months are not undone by months: 31 March less a month plus a month is 28 March.
  if (!match || by.kind !== 'const' || by.value === null || (by.value as Interval).months !== 0) return null
  const [, kind, way] = match
  const fn = `${kind}_${way === 'pl' ? 'mi' : 'pl'}_interval(${kind},interval)`
  return { expr, back: (bound) => ({ ...s, fn, args: [bound, by] }) }
}

/** `c`, `c + constant`, `c - constant` → the column, and what to do to a bound of the expression to have one of it. */
export function invert(s: Scalar): { column: number; back: (bound: Scalar) => Scalar } | null {
  if (s.kind === 'column') return { column: s.index, back: (bound) => bound }
  if (s.kind === 'cast' && s.arg.type.kind === s.type.kind) return invert(s.arg)
  const sum = summand(s)
  return sum?.expr.kind === 'column' ? { column: sum.expr.index, back: sum.back } : null
}

/** The next value: for bounds that are not reached themselves. */
export function successor(bound: Scalar): Scalar | null {
  const plus = (fn: string, by: Scalar, type: SqlType): Scalar => ({
    kind: 'call',
    fn,
    args: [bound, by],
    type,
    position: -1,
  })
  const { kind } = bound.type
  switch (kind) {
    case 'timestamp':
    case 'timestamptz':
      return plus(
        `${kind}_pl_interval(${kind},interval)`,
        constant({ months: 0, days: 0, micros: 1 }, { kind: 'interval' }),
        bound.type,
      )
    case 'date':
      return plus('date_pli(date,int4)', constant(1, INT4), bound.type)
    case 'int4':
      return plus('int4pl(int4,int4)', constant(1, INT4), bound.type)
    case 'int8':
      return plus('int8pl(int8,int8)', constant(1, bound.type), bound.type)
    default:
      return null
  }
}

export interface Comparison {
  readonly low: Scalar
  readonly high: Scalar
  readonly strict: boolean
}

/** `low < high` and its like, whichever way it is written. */
export function comparison(s: Scalar): Comparison | null {
  if (s.kind !== 'call' || s.args.length !== 2) return null
  const match = /^(?:timestamp_|timestamptz_|date_|int4|int8|int84|int48|timestamp_\w+_|date_\w+_)(lt|le|gt|ge)\(/.exec(
    s.fn,
  )
  if (!match) return null
  const [a, b] = s.args
  if (a.type.kind !== b.type.kind) return null
  const way = match[1]
  return way === 'lt' || way === 'le'
    ? { low: a, high: b, strict: way === 'lt' }
    : { low: b, high: a, strict: way === 'gt' }
}

export const readsOnly = (s: Scalar, from: number, to: number): boolean =>
  [...columnsOf(s)].every((c) => c >= from && c < to)
