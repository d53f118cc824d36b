import { scalarById } from '../functions/lookup.ts'
import { zoneByName } from '../types/time-zone.ts'
import type { Datum, Interval, Numeric } from '../types/value.ts'
import type { Scalar } from './scalar.ts'
import { someScalar } from './scalar-walk.ts'

/** Functions without arguments whose value moves on with the clock. */
const MOVING: ReadonlySet<string> = new Set([
  'now()',
  'transaction_timestamp()',
  'statement_timestamp()',
  'current_timestamp()',
  'localtimestamp()',
  'mz_now()',
  'proctime()',
])
/** Other functions that read the clock. */
const OTHERS: ReadonlySet<string> = new Set(['current_date()', 'localtime()', 'age(timestamp)', 'age(timestamptz)'])

/** Whether the value depends on when it is computed. */
export const readsClock = (s: Scalar): boolean =>
  someScalar(s, (x) => x.kind === 'call' && (MOVING.has(x.fn) || OTHERS.has(x.fn)))

/** Where a part of a moving value is not monotone: it is between two such places of its argument. */
export type ClockBreak =
  /** Months are added: the day of the month may be cut to the length of the other month. */
  | { readonly kind: 'midnight'; readonly arg: Scalar }
  /** A zone's offset changes; `local`: the argument is local time. */
  | { readonly kind: 'zone'; readonly zone: string; readonly local: boolean; readonly arg: Scalar }

/**
 * How a value moves with the clock, for one row: `sign` times now, plus what the parts add, plus something between `low`
 * and `high`; all in microseconds. Between two breaks it is monotone.
 */
export interface ClockShape {
  readonly sign: 1 | -1
  /** Microseconds in one unit of the value: 1 for timestamps and intervals, a day's for dates, 1e6 for epoch seconds. */
  readonly scale: number
  /** Values of the row that are added; not moving themselves. */
  readonly parts: readonly { readonly scalar: Scalar; readonly sign: 1 | -1; readonly scale: number }[]
  readonly low: number
  readonly high: number
  /** An interval that may hold months: they are 30 days when it is compared, but not when it is added to a timestamp. */
  readonly months: boolean
  /** Innermost first. */
  readonly breaks: readonly ClockBreak[]
}

const DAY = 86_400_000_000
/** No offset of a zone is larger. */
const OFFSET_MAX = 16 * 3_600_000_000
const PLAIN: ClockShape = { sign: 1, scale: 1, parts: [], low: 0, high: 0, months: false, breaks: [] }

type Kind = Scalar['type']['kind']
const isStamp = (kind: Kind): boolean => kind === 'timestamptz' || kind === 'timestamp'
const isNumber = (kind: Kind): boolean => NUMBERS.has(kind)
const NUMBERS: ReadonlySet<Kind> = new Set<Kind>(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'])

/** The shape of a scalar that reads the clock; null when it is not one that moves on steadily. */
export function clockShape(s: Scalar): ClockShape | null {
  if (s.kind === 'cast') return castShape(s)
  if (s.kind !== 'call') return null
  if (MOVING.has(s.fn)) return PLAIN
  if (s.fn === 'current_date()') return { ...widened(PLAIN, DAY, 0), scale: DAY }
  const fn = scalarById(s.fn)
  if (fn === undefined) return null
  switch (fn.operator ?? fn.name) {
    case '+':
      return s.args.length === 2 ? sumShape(s, 1) : clockShape(s.args[0])
    case '-':
      return s.args.length === 2 ? sumShape(s, -1) : negated(clockShape(s.args[0]))
    case '*':
    case '/':
      return scaledShape(s, fn.operator === '/')
    case 'timezone':
      return zoneShape(s)
    case 'date_trunc':
      return truncShape(s)
    case 'date_bin':
      return binShape(s)
    case 'extract':
    case 'date_part':
      return epochShape(s)
    case 'floor':
    case 'ceil':
    case 'ceiling':
    case 'round':
    case 'trunc': {
      const inner = s.args.length === 1 && isNumber(s.type.kind) ? clockShape(s.args[0]) : null
      return inner && widened(inner, inner.scale, inner.scale)
    }
    default:
      return null
  }
}

type Call = Extract<Scalar, { kind: 'call' }>

function castShape(s: Extract<Scalar, { kind: 'cast' }>): ClockShape | null {
  const inner = clockShape(s.arg)
  const from = s.arg.type.kind
  const to = s.type.kind
  if (inner === null) return null
  if (isNumber(from) && isNumber(to)) return widened(inner, inner.scale + 1e6, inner.scale + 1e6)
  if (from === 'date' && isStamp(to)) return { ...inner, scale: 1 }
  if (!isStamp(from)) return null
  if (to === 'date') return { ...widened(inner, DAY, 0), scale: DAY }
  // A precision rounds to a second at most.
  if (isStamp(to)) return s.type.precision === undefined ? inner : widened(inner, 1e6, 1e6)
  return null
}

/** Timestamps, dates, intervals and numbers added and subtracted. */
function sumShape(s: Call, sign: 1 | -1): ClockShape | null {
  const [left, right] = s.args
  if (!KEPT.has(s.type.kind)) return null
  const moves = readsClock(left)
  if (moves && readsClock(right)) return null
  const moving = moves ? left : right
  const other = moves ? right : left
  const shape = moves ? clockShape(left) : sign === 1 ? clockShape(right) : negated(clockShape(right))
  if (shape === null) return null
  if (shape.months && s.type.kind !== 'interval') return null
  // The sum's own unit: date - date is days, timestamp - timestamp an interval.
  const scale = isNumber(s.type.kind) ? shape.scale : s.type.kind === 'date' ? DAY : 1
  const partSign = moves ? sign : 1
  const result = addPart({ ...shape, scale }, other, partSign, shape.scale)
  if (isNumber(s.type.kind)) return loose(result)
  if (other.type.kind !== 'interval') return result
  const fixed = other.kind === 'const' ? (other.value as Interval | null) : undefined
  if (fixed !== undefined && (fixed === null || fixed.months === 0)) return result
  if (s.type.kind === 'interval') return { ...result, months: true }
  // Months are added to the calendar day of a timestamp.
  return { ...result, breaks: [...result.breaks, { kind: 'midnight', arg: moving }] }
}
const KEPT: ReadonlySet<Kind> = new Set<Kind>([...NUMBERS, 'timestamptz', 'timestamp', 'date', 'interval'])

function addPart(shape: ClockShape, scalar: Scalar, sign: 1 | -1, scale: number): ClockShape {
  const own = isNumber(scalar.type.kind) ? scale : scalar.type.kind === 'date' ? DAY : 1
  return { ...shape, parts: [...shape.parts, { scalar, sign, scale: own }] }
}

/** Numbers times or divided by a constant. */
function scaledShape(s: Call, divide: boolean): ClockShape | null {
  const [left, right] = s.args
  const constantLeft = !divide && left.kind === 'const'
  const by = constantLeft ? left : right
  const shape = clockShape(constantLeft ? right : left)
  if (shape === null || by.kind !== 'const' || by.value === null || !isNumber(s.type.kind)) return null
  if (!isNumber(by.type.kind)) return null
  const factor = numberOf(by.value)
  if (!Number.isFinite(factor) || factor === 0) return null
  const turned = factor < 0 ? negated(shape)! : shape
  const scale = divide ? turned.scale * Math.abs(factor) : turned.scale / Math.abs(factor)
  // Whole numbers are cut to whole ones.
  return widened({ ...turned, scale }, scale + 1e6, scale + 1e6)
}

function zoneShape(s: Call): ClockShape | null {
  const [zone, arg] = s.args
  const shape = clockShape(arg)
  if (shape === null || zone.kind !== 'const' || zone.value === null) return null
  const wide = widened(shape, OFFSET_MAX, OFFSET_MAX)
  if (typeof zone.value !== 'string') return wide
  if (!known(zone.value)) return null
  const local = arg.type.kind === 'timestamp'
  return { ...wide, breaks: [...wide.breaks, { kind: 'zone', zone: zone.value, local, arg }] }
}

/** How much date_trunc takes away at most; days from week on. */
const UNITS: Readonly<Record<string, number>> = {
  microseconds: 1,
  milliseconds: 1000,
  second: 1e6,
  minute: 60e6,
  hour: 3_600e6,
  day: DAY,
  week: 7 * DAY,
  month: 31 * DAY,
  quarter: 92 * DAY,
  year: 366 * DAY,
  decade: 3653 * DAY,
  century: 36525 * DAY,
  millennium: 365_250 * DAY,
}

function truncShape(s: Call): ClockShape | null {
  const [unit, arg, zone] = s.args
  const shape = clockShape(arg)
  if (shape === null || !isStamp(arg.type.kind) || unit.kind !== 'const') return null
  const size = UNITS[String(unit.value).toLowerCase()] ?? UNITS['millennium']
  const cut = widened(shape, size, 0)
  if (zone === undefined) return cut
  if (zone.kind !== 'const' || typeof zone.value !== 'string' || !known(zone.value)) return null
  // The day begins at another offset than the moment has.
  const wide = widened(cut, DAY, DAY)
  return { ...wide, breaks: [...wide.breaks, { kind: 'zone', zone: zone.value, local: false, arg }] }
}

function binShape(s: Call): ClockShape | null {
  const [stride, arg, origin] = s.args
  const shape = readsClock(arg) ? clockShape(arg) : null
  if (shape === null || stride.kind !== 'const' || stride.value === null || readsClock(origin)) return null
  return widened(shape, microsOf(stride.value, 1), 0)
}

function epochShape(s: Call): ClockShape | null {
  const [field, arg] = s.args
  if (field.kind !== 'const' || String(field.value).toLowerCase() !== 'epoch') return null
  const shape = clockShape(arg)
  return shape === null || shape.months ? null : loose({ ...shape, scale: 1e6 })
}

const widened = (shape: ClockShape, down: number, up: number): ClockShape => ({
  ...shape,
  low: shape.low - down,
  high: shape.high + up,
})
/** Numbers are rounded here and there: a second is more than enough. */
const loose = (shape: ClockShape): ClockShape => widened(shape, 1e6, 1e6)

function negated(shape: ClockShape | null): ClockShape | null {
  if (shape === null) return null
  const flip = (sign: 1 | -1): 1 | -1 => (sign === 1 ? -1 : 1)
  const parts = shape.parts.map((part) => ({ ...part, sign: flip(part.sign) }))
  return { ...shape, sign: flip(shape.sign), parts, low: -shape.high, high: -shape.low }
}

function known(zone: string): boolean {
  try {
    zoneByName(zone)
    return true
  } catch {
    return false
  }
}

/** A number of any SQL type as JavaScript's. */
export function numberOf(value: NonNullable<Datum>): number {
  if (typeof value === 'object' && 'mantissa' in value) {
    const { mantissa, scale } = value as Numeric
    return Number(mantissa) / 10 ** scale
  }
  return Number(value)
}

/** A timestamp, date, interval or number as microseconds; `scale`: those in one unit of a number or a date. */
export function microsOf(value: NonNullable<Datum>, scale: number): number {
  if (typeof value === 'object' && 'months' in value) {
    const { months, days, micros } = value as Interval
    return (months * 30 + days) * DAY + micros
  }
  return numberOf(value) * scale
}

/** What adding months to a date moves it by at least and at most, beside 30 days for each. */
export function monthsSlack(months: number): number {
  return Math.abs(months) * 2 * DAY + 3 * DAY
}
