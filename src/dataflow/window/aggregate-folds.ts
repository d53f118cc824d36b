import { unreachable } from '../../base/assert.ts'
import { divideInterval } from '../../functions/scalar/interval-math.ts'
import { compareFor } from '../../types/compare.ts'
import { makeNumeric, NUMERIC_INFINITY, NUMERIC_MINUS_INFINITY, NUMERIC_NAN } from '../../types/numeric.ts'
import { numericAdd, numericDiv } from '../../types/numeric-arith.ts'
import type { Datum, Interval, Numeric, Value } from '../../types/value.ts'
import { addExact } from '../aggregate/exact-int.ts'
import { addToExpansion, roundExpansion } from '../aggregate/expansion.ts'
import type { Linear } from '../aggregate/linear.ts'
import { isLinear, linearOf } from '../aggregate/linears.ts'
import { argumentAt, type Fold, filtered, isNullArgument, keepValue } from './fold.ts'
import type { WindowCall } from './spec.ts'

/** The fold of an aggregate; null for those whose result is as long as its frame, or that have no fold. */
export function aggregateFold(call: WindowCall): Fold | null {
  const fold = foldOf(call)
  return fold && filtered(fold, call.filter)
}

function foldOf(call: WindowCall): Fold | null {
  const { strategy } = call
  if (strategy !== null && isLinear(strategy)) return sums(call, linearOf(strategy, call.type))
  switch (strategy) {
    case 'count':
      return counted(call)
    case 'sum_int':
    case 'sum_bigint':
    case 'avg_int':
      return integers(call)
    case 'sum_numeric':
    case 'avg_numeric':
      return numerics(call)
    case 'sum_float':
    case 'avg_float':
      return floats(call)
    case 'sum_interval':
    case 'avg_interval':
      return intervals(call)
    case 'bool_and':
    case 'bool_or':
      return booleans(call, strategy === 'bool_and')
    case 'min':
    case 'max':
      return extremes(call, strategy === 'max')
    case 'any_value':
      return keepValue(call, true)
    case 'arg_min':
    case 'arg_max':
      return extremeRows(call, strategy === 'arg_max')
    case 'string_agg':
    case 'array_agg':
    case null:
      return null
    // Without OVER alone.
    case 'first':
    case 'last':
    case 'mode':
    case 'percentile_cont':
    case 'percentile_disc':
    case 'topk':
    case 'topkdistinct':
    case 'rank':
    case 'dense_rank':
    case 'percent_rank':
    case 'cume_dist':
      return null
    default:
      return unreachable(strategy)
  }
}

function counted(call: WindowCall): Fold<number> {
  const [arg] = call.args
  return {
    own: (cols, row) => (arg !== undefined && isNullArgument(arg, cols, row) ? null : 1),
    merge: (a, b) => a + b,
    result: (partial) => partial ?? 0,
  }
}

/** The sums of a run of rows. */
function sums(call: WindowCall, linear: Linear): Fold {
  const none = linear.zero()
  return {
    own: (cols, row) => {
      const values: Value[] = []
      for (let a = 0; a < call.args.length; a++) {
        const value = argumentAt(call, a, cols, row)
        if (value === null) return null
        values.push(value)
      }
      const state = linear.zero()
      linear.add(state, values, 1)
      return state
    },
    merge: (a, b) => linear.merge(a, b),
    result: (partial, row, errors) =>
      linear.result(partial ?? none, (sqlstate, message) => {
        errors.add(row, sqlstate, message, -1)
        return null
      }),
  }
}

interface Sum<T> {
  readonly n: number
  readonly sum: T
}

const INT8_MAX = 9223372036854775807n
const INT8_MIN = -9223372036854775808n

function integers(call: WindowCall): Fold<Sum<number | bigint>> {
  return {
    own: (cols, row) => {
      const value = argumentAt(call, 0, cols, row) as number | bigint | null
      return value === null ? null : { n: 1, sum: value }
    },
    merge: (a, b) => ({ n: a.n + b.n, sum: addExact(a.sum, b.sum) }),
    result: (partial, row, errors) => {
      if (partial === null) return null
      const { n, sum } = partial
      if (call.strategy === 'avg_int') return numericDiv(makeNumeric(sum, 0), makeNumeric(n, 0))
      if (call.type.kind === 'numeric') return makeNumeric(sum, 0)
      if (sum <= INT8_MAX && sum >= INT8_MIN) return sum
      errors.add(row, '22003', 'bigint out of range', -1)
      return null
    },
  }
}

interface NumericSum {
  readonly n: number
  /** Of the finite values; its scale is the largest among them. */
  readonly sum: Numeric
  readonly nan: number
  readonly inf: number
  readonly minusInf: number
}

function numerics(call: WindowCall): Fold<NumericSum> {
  const zero = makeNumeric(0, 0)
  return {
    own: (cols, row) => {
      const value = argumentAt(call, 0, cols, row) as Numeric | null
      if (value === null) return null
      const { mantissa } = value
      if (typeof mantissa === 'bigint' || Number.isFinite(mantissa)) {
        return { n: 1, sum: value, nan: 0, inf: 0, minusInf: 0 }
      }
      const nan = Number(Number.isNaN(mantissa))
      return { n: 1, sum: zero, nan, inf: Number(mantissa === Infinity), minusInf: Number(mantissa === -Infinity) }
    },
    merge: (a, b) => ({
      n: a.n + b.n,
      sum: numericAdd(a.sum, b.sum),
      nan: a.nan + b.nan,
      inf: a.inf + b.inf,
      minusInf: a.minusInf + b.minusInf,
    }),
    result: (partial) => {
      if (partial === null) return null
      const { n, sum, nan, inf, minusInf } = partial
      if (nan > 0 || (inf > 0 && minusInf > 0)) return NUMERIC_NAN
      if (inf > 0) return NUMERIC_INFINITY
      if (minusInf > 0) return NUMERIC_MINUS_INFINITY
      return call.strategy === 'avg_numeric' ? numericDiv(sum, makeNumeric(n, 0)) : sum
    },
  }
}

interface FloatSum {
  readonly n: number
  readonly partials: readonly number[]
  /** Values beyond HUGE, scaled down so that sums of them stay finite. */
  readonly huge: readonly number[]
  readonly nan: number
  readonly inf: number
  readonly minusInf: number
}

const HUGE = 2 ** 960
const SHRINK = 2 ** -200
const GROW = 2 ** 200
const NONE: readonly number[] = []

/** Exact, rounded once: the order of the rows and of the merges leaves no trace. */
function floats(call: WindowCall): Fold<FloatSum> {
  const added = (a: readonly number[], b: readonly number[]): readonly number[] => {
    if (b.length === 0) return a
    if (a.length === 0) return b
    const sum = [...a]
    for (const x of b) addToExpansion(sum, x)
    return sum
  }
  return {
    own: (cols, row) => {
      const x = argumentAt(call, 0, cols, row) as number | null
      if (x === null) return null
      if (!Number.isFinite(x)) {
        const nan = Number(Number.isNaN(x))
        return { n: 1, partials: NONE, huge: NONE, nan, inf: Number(x === Infinity), minusInf: Number(x === -Infinity) }
      }
      const huge = Math.abs(x) >= HUGE
      return {
        n: 1,
        partials: huge || x === 0 ? NONE : [x],
        huge: huge ? [x * SHRINK] : NONE,
        nan: 0,
        inf: 0,
        minusInf: 0,
      }
    },
    merge: (a, b) => ({
      n: a.n + b.n,
      partials: added(a.partials, b.partials),
      huge: added(a.huge, b.huge),
      nan: a.nan + b.nan,
      inf: a.inf + b.inf,
      minusInf: a.minusInf + b.minusInf,
    }),
    result: (partial, row, errors) => {
      if (partial === null) return null
      const sum = floatResult(partial)
      const fitted = sum !== undefined && call.type.kind === 'float4' ? Math.fround(sum) : sum
      if (fitted === undefined || (!Number.isFinite(fitted) && Number.isFinite(sum))) {
        errors.add(row, '22003', 'value out of range: overflow', -1)
        return null
      }
      return call.strategy === 'avg_float' ? fitted / partial.n : fitted
    },
  }
}

/** undefined: finite values whose sum no float holds. */
function floatResult({ partials, huge, nan, inf, minusInf }: FloatSum): number | undefined {
  if (nan > 0 || (inf > 0 && minusInf > 0)) return NaN
  if (inf > 0) return Infinity
  if (minusInf > 0) return -Infinity
  if (huge.length === 0) return roundExpansion(partials)
  if (Math.abs(roundExpansion(huge)) * GROW === Infinity) return undefined
  const sum = [...partials]
  for (const x of huge) addToExpansion(sum, x * GROW)
  const rounded = roundExpansion(sum)
  return Number.isFinite(rounded) ? rounded : undefined
}

const INT4_MAX = 2147483647

interface IntervalSum {
  readonly n: number
  readonly months: number
  readonly days: number
  readonly micros: number | bigint
}

function intervals(call: WindowCall): Fold<IntervalSum> {
  return {
    own: (cols, row) => {
      const value = argumentAt(call, 0, cols, row) as Interval | null
      return value === null ? null : { n: 1, months: value.months, days: value.days, micros: value.micros }
    },
    merge: (a, b) => ({
      n: a.n + b.n,
      months: a.months + b.months,
      days: a.days + b.days,
      micros: addExact(a.micros, b.micros),
    }),
    result: (partial, row, errors) => {
      if (partial === null) return null
      const { n, months, days } = partial
      const micros = Number(partial.micros)
      if (Math.abs(months) > INT4_MAX || Math.abs(days) > INT4_MAX || Math.abs(micros) > 2 ** 63) {
        errors.add(row, '22008', 'interval out of range', -1)
        return null
      }
      const sum = { months, days, micros }
      return call.strategy === 'avg_interval' ? divideInterval(sum, n) : sum
    },
  }
}

function booleans(call: WindowCall, all: boolean): Fold<boolean> {
  return {
    own: (cols, row) => argumentAt(call, 0, cols, row) as boolean | null,
    merge: (a, b) => (all ? a && b : a || b),
    result: (partial) => partial,
  }
}

/** Of equal values the last one of the frame, as PostgreSQL takes it. */
function extremes(call: WindowCall, max: boolean): Fold<NonNullable<Datum>> {
  const compare = compareFor(call.argTypes[0])
  return {
    own: (cols, row) => argumentAt(call, 0, cols, row),
    merge: (a, b) => {
      const order = compare(a, b)
      return (max ? order > 0 : order < 0) ? a : b
    },
    result: (partial) => partial,
  }
}

/** The value beside the least, or greatest, second argument; of equal ones the first in the frame. */
function extremeRows(call: WindowCall, max: boolean): Fold<{ readonly by: Value; readonly value: Datum }> {
  const compare = compareFor(call.argTypes[1])
  return {
    own: (cols, row) => {
      const by = argumentAt(call, 1, cols, row)
      const value = argumentAt(call, 0, cols, row)
      return by === null || value === null ? null : { by, value }
    },
    merge: (a, b) => {
      const order = compare(b.by, a.by)
      return (max ? order > 0 : order < 0) ? b : a
    },
    result: (partial) => partial?.value ?? null,
  }
}
