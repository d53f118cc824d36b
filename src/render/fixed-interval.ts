import { INLINE_BAIL } from '../functions/inline-helpers.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Interval } from '../types/value.ts'

type Call = Extract<Scalar, { kind: 'call' }>

/** A call as a function of numbers alone. It throws INLINE_BAIL for what the reference compiler must answer. */
export interface NumberCall {
  readonly args: readonly Scalar[]
  readonly run: (a: number, b: number) => number
}

const MICROS_PER_DAY = 86_400_000_000

/**
 * Time windows in generated loops: calls over timestamps whose interval is a constant without months, or such a
 * constant times a number. An interval is no number, so these would otherwise run as closures, a row at a time. Results
 * within 2^53 are the reference's: there sums and products of whole µs are exact and no timestamp is out of range.
 */
export function numberCall(call: Call): NumberCall | null {
  const [a, b, c] = call.args
  switch (call.fn) {
    case 'date_bin(interval,timestamp,timestamp)':
    case 'date_bin(interval,timestamptz,timestamptz)':
      return bin(microsOf(a, true), b, c)
    case 'timestamp_pl_interval(timestamp,interval)':
      return shift(a, b, 1, true)
    case 'interval_pl_timestamp(interval,timestamp)':
      return shift(b, a, 1, true)
    case 'timestamp_mi_interval(timestamp,interval)':
      return shift(a, b, -1, true)
    // With a zone a day is not always 24 hours: only hours and less.
    case 'timestamptz_pl_interval(timestamptz,interval)':
      return shift(a, b, 1, false)
    case 'interval_pl_timestamptz(interval,timestamptz)':
      return shift(b, a, 1, false)
    case 'timestamptz_mi_interval(timestamptz,interval)':
      return shift(a, b, -1, false)
    default:
      return null
  }
}

/** µs of a constant interval without months (and without days, unless they are 24 hours), or null. */
function microsOf(scalar: Scalar, days: boolean): number | null {
  if (scalar.kind !== 'const' || scalar.value === null) return null
  const interval = scalar.value as Interval
  if (interval.months !== 0 || (interval.days !== 0 && !days)) return null
  const micros = interval.days * MICROS_PER_DAY + interval.micros
  return Number.isSafeInteger(micros) ? micros : null
}

function bin(step: number | null, value: Scalar, origin: Scalar): NumberCall | null {
  if (step === null || step <= 0 || origin.kind !== 'const' || !Number.isSafeInteger(origin.value)) return null
  const start = origin.value as number
  const run = (at: number): number => {
    const distance = exact(at - start)
    const bins = Math.floor(distance / step)
    // The quotient is rounded: right below a boundary it may be one too high.
    return exact(start + exact((bins * step > distance ? bins - 1 : bins) * step))
  }
  return { args: [value], run }
}

function shift(value: Scalar, interval: Scalar, sign: 1 | -1, days: boolean): NumberCall | null {
  const micros = microsOf(interval, days)
  if (micros !== null) {
    const step = sign * micros
    return { args: [value], run: (at) => exact(at + step) }
  }
  const scaled = scaledInterval(interval)
  if (scaled === null) return null
  const run = (at: number, factor: number): number => {
    const step = scaled.micros * factor
    if (!Number.isSafeInteger(step)) throw INLINE_BAIL
    return exact(at + sign * step)
  }
  return { args: [value, scaled.factor], run }
}

/** A constant of hours and less times a number. */
function scaledInterval(scalar: Scalar): { micros: number; factor: Scalar } | null {
  if (scalar.kind !== 'call') return null
  const times = scalar.fn === 'mul_d_interval(float8,interval)'
  if (!times && scalar.fn !== 'interval_mul(interval,float8)') return null
  const [factor, interval] = times ? scalar.args : [scalar.args[1], scalar.args[0]]
  const micros = microsOf(interval, false)
  return micros === null ? null : { micros, factor }
}

/** Infinite timestamps and those beyond 2^53 µs (the year 2255) are the reference's. */
function exact(micros: number): number {
  if (!(micros <= 9007199254740991 && micros >= -9007199254740991)) throw INLINE_BAIL
  return micros + 0
}
