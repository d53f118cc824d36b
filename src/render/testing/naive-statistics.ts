import { unreachable } from '../../base/assert.ts'
import { type Dyadic, dyadic, minus, plus, quotient, times, ZERO } from '../../dataflow/aggregate/dyadic.ts'
import type { LinearStrategy } from '../../dataflow/aggregate/linears.ts'
import type { Deviation, Hypothetical } from '../../functions/function.ts'
import type { SortColumn } from '../../state/contract.ts'
import { compareDatum } from '../../types/compare.ts'
import { makeNumeric, pow10 } from '../../types/numeric.ts'
import { numericDiv } from '../../types/numeric-arith.ts'
import { numericSqrtTo } from '../../types/numeric-math.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { type Datum, type Numeric, normalizeInt, type Row } from '../../types/value.ts'

export interface Entry {
  readonly row: Row
  readonly diff: number
}

/** Variances, regressions and bits, from all rows at once. `type`: of the result. */
export function statisticOf(strategy: LinearStrategy, type: SqlType, all: readonly Entry[]): Datum | 'overflow' {
  const rows = all.filter(({ row }) => !row.includes(null))
  const n = rows.reduce((sum, { diff }) => sum + diff, 0)
  if (strategy === 'regr_count') return n
  if (strategy === 'bit_and' || strategy === 'bit_or' || strategy === 'bit_xor') return bits(strategy, type, rows, n)
  const [, kind, over] = /^(.*?)(?:_(float|numeric))?$/.exec(strategy) as RegExpExecArray
  if (over === 'numeric') return deviation(kind as Deviation, rows, n)
  if (n < (/_samp/.test(strategy) ? 2 : 1)) return null
  return floats(kind, rows, n)
}

function bits(kind: string, type: SqlType, rows: readonly Entry[], n: number): Datum {
  if (n <= 0) return null
  const width = { int2: 16, int4: 32 }[type.kind as 'int2'] ?? 64
  let text = ''
  for (let bit = width - 1; bit >= 0; bit--) {
    const ones = rows
      .filter(({ row }) => (BigInt.asUintN(width, BigInt(row[0] as number)) >> BigInt(bit)) % 2n === 1n)
      .reduce((sum, { diff }) => sum + diff, 0)
    text += { bit_and: ones === n, bit_or: ones > 0, bit_xor: ones % 2 !== 0 }[kind] ? '1' : '0'
  }
  return normalizeInt(BigInt.asIntN(width, BigInt(`0b${text}`)))
}

function deviation(kind: Deviation, rows: readonly Entry[], n: number): Datum {
  if (n < (/_samp/.test(kind) ? 2 : 1)) return null
  const values = rows.map(({ row: [x], diff }) => ({
    x: (x as Numeric).scale === undefined ? int(x) : (x as Numeric),
    diff,
  }))
  const scale = Math.max(0, ...values.map(({ x }) => x.scale))
  let [sum, squares] = [0n, 0n]
  for (const { x, diff } of values) {
    const units = BigInt(x.mantissa) * pow10(scale - x.scale)
    sum += units * BigInt(diff)
    squares += units * units * BigInt(diff)
  }
  const spread = BigInt(n) * squares - sum * sum
  if (spread <= 0n) return makeNumeric(0, 0)
  const variance = numericDiv(makeNumeric(spread, 2 * scale), makeNumeric(n * (/_samp/.test(kind) ? n - 1 : n), 0))
  return kind.startsWith('stddev') ? numericSqrtTo(variance, variance.scale) : variance
}

const int = (x: Datum): Numeric => makeNumeric(x as number, 0)

function floats(kind: string, rows: readonly Entry[], n: number): Datum | 'overflow' {
  // Regressions take (y, x); the others x alone.
  const xs = rows.map(({ row, diff }) => ({ x: row.at(-1) as number, y: row[0] as number, diff }))
  const many = BigInt(n)
  const total = (of: (entry: (typeof xs)[number]) => readonly number[]): Dyadic =>
    xs.reduce<Dyadic>((sum, entry) => {
      const factors = of(entry)
      if (!factors.every(Number.isFinite)) return sum
      return plus(sum, factors.map(dyadic).reduce(times, { m: BigInt(entry.diff), e: 0 }))
    }, ZERO)
  const odd = (of: 'x' | 'y') => xs.some((entry) => !Number.isFinite(entry[of]))
  const spread = (a: 'x' | 'y', b: 'x' | 'y'): Dyadic => {
    const all = times(
      { m: many, e: 0 },
      total((entry) => [entry[a], entry[b]]),
    )
    return minus(
      all,
      times(
        total((entry) => [entry[a]]),
        total((entry) => [entry[b]]),
      ),
    )
  }
  const sum = (of: 'x' | 'y'): number =>
    odd(of)
      ? xs.reduce((all, entry) => (Number.isFinite(entry[of]) ? all : all + entry[of]), 0)
      : quotient(
          total((entry) => [entry[of]]),
          1n,
        )
  const squared = (a: 'x' | 'y', b: 'x' | 'y'): number => (odd(a) || odd(b) ? Number.NaN : quotient(spread(a, b), many))
  const lost = (['x', 'y'] as const).some((of) => !odd(of) && !Number.isFinite(sum(of) + squared(of, of)))
  if (lost) return 'overflow'
  const [sx, sy, sxx, syy, sxy] = [sum('x'), sum('y'), squared('x', 'x'), squared('y', 'y'), squared('x', 'y')]
  const variance = (by: bigint): number => (odd('x') ? Number.NaN : quotient(spread('x', 'x'), many * by))
  const results: Readonly<Record<string, () => number | null>> = {
    var_pop: () => variance(many),
    var_samp: () => variance(many - 1n),
    stddev_pop: () => Math.sqrt(variance(many)),
    stddev_samp: () => Math.sqrt(variance(many - 1n)),
    covar_pop: () => sxy / n,
    covar_samp: () => sxy / (n - 1),
    corr: () => (sxx === 0 || syy === 0 ? null : sxy / Math.sqrt(sxx * syy)),
    regr_avgx: () => sx / n,
    regr_avgy: () => sy / n,
    regr_sxx: () => sxx,
    regr_syy: () => syy,
    regr_sxy: () => sxy,
    regr_r2: () => (sxx === 0 ? null : syy === 0 ? 1 : (sxy * sxy) / (sxx * syy)),
    regr_slope: () => (sxx === 0 ? null : sxy / sxx),
    regr_intercept: () => (sxx === 0 ? null : (sy - (sx * sxy) / sxx) / n),
  }
  return results[kind]()
}

// ---------------------------------------------------------------- ordered sets

/** Values in order, each as often as it occurs, NULLs left out. */
export function percentileOf(values: readonly Datum[], continuous: boolean, fraction: Datum): Datum {
  if (fraction === null || values.length === 0) return null
  if (Array.isArray(fraction)) return fraction.map((f: Datum) => percentileOf(values, continuous, f))
  const at = fraction as number
  if (!continuous) return values[Math.max(0, Math.ceil(at * values.length) - 1)]
  const exact = at * (values.length - 1)
  const [low, high] = [values[Math.floor(exact)] as number, values[Math.ceil(exact)] as number]
  return Number.isInteger(exact) ? low : low + (exact - Math.floor(exact)) * (high - low)
}

/** The first of the most frequent of values in order. */
export function modeOf(values: readonly Datum[], type: SqlType): Datum {
  const count = (value: Datum) => values.filter((other) => compareDatum(type, value, other) === 0).length
  return values.reduce<Datum>((best, value) => (best === null || count(value) > count(best) ? value : best), null)
}

/** `rows`: the values of the order, each row as often as it occurs; `own`: the row that is not there. */
export function rankOf(
  kind: Hypothetical,
  rows: readonly Row[],
  own: Row,
  order: readonly SortColumn[],
  types: readonly SqlType[],
): number {
  const side = (row: Row, other: Row): number => {
    for (const [k, { desc, nullsFirst }] of order.entries()) {
      const [a, b] = [row[k], other[k]]
      if (a === null || b === null) {
        if (a !== b) return (a === null) === nullsFirst ? -1 : 1
        continue
      }
      const sign = compareDatum(types[k], a, b)
      if (sign !== 0) return desc ? -sign : sign
    }
    return 0
  }
  const before = rows.filter((row) => side(row, own) < 0)
  const distinct = before.filter((row, i) => before.findIndex((other) => side(row, other) === 0) === i)
  switch (kind) {
    case 'rank':
      return before.length + 1
    case 'dense_rank':
      return distinct.length + 1
    case 'percent_rank':
      return rows.length === 0 ? 0 : before.length / rows.length
    case 'cume_dist':
      return (rows.filter((row) => side(row, own) <= 0).length + 1) / (rows.length + 1)
    default:
      return unreachable(kind)
  }
}
