import { unreachable } from '../../base/assert.ts'
import type { Deviation, Regression } from '../../functions/function.ts'
import type { Datum, Value } from '../../types/value.ts'
import { type Dyadic, dyadic, minus, plus, quotient, times, ZERO } from './dyadic.ts'
import { addMultiple, addToExpansion } from './expansion.ts'
import type { Fail, Linear } from './linear.ts'

/** The sums that a statistic over x, or over x and y, is made of. */
const SUMS = ['x', 'xx', 'y', 'yy', 'xy'] as const
type Sum = (typeof SUMS)[number]

/**
 * Exact sums of floats and of their products as expansions; products that floats cannot hold in two parts, of very large
 * and very small values, are summed as integers (`wild`). What is not finite is counted: NaN, Infinity, -Infinity.
 */
interface Moments {
  n: number
  readonly sums: number[][]
  wild: Dyadic[] | null
  /** Of x, then of y. */
  odd: number[] | null
}

const SPLIT = 2 ** 27 + 1
const LARGE = 2 ** 480
const SMALL = 2 ** -480

/**
 * Variances, regressions and their kin over float8: n, Σx, Σx² (Σy, Σy², Σxy) exactly, so that a result depends on the
 * rows alone, bit for bit. State: some 100 B a group. Cost per changed row: two exact additions a sum. Retraction:
 * adds the negated value, exactly. Results: the deviation from the mean is taken exactly and rounded once.
 */
function moments(sums: readonly Sum[], result: (sums: MomentSums, n: number, fail: Fail) => Datum): Linear<Moments> {
  const width = sums.length
  const shares = new Array<number>(2)
  return {
    zero: () => ({ n: 0, sums: sums.map(() => []), wild: null, odd: null }),
    add(state, values, diff) {
      // Regressions take (y, x).
      const y = values.length > 1 ? (values[0] as number) : 0
      const x = values[values.length - 1] as number
      state.n += diff
      const finite = Number.isFinite(x) && Number.isFinite(y)
      if (!finite) countOdd(state, x, y, diff)
      const tame = isTame(x) && isTame(y)
      for (let s = 0; s < width; s++) {
        const [a, b] = factors(sums[s], x, y)
        if (!Number.isFinite(a) || !Number.isFinite(b)) continue
        if (!tame) {
          state.wild ??= sums.map(() => ZERO)
          const share = times(times(dyadic(a), dyadic(b)), { m: BigInt(diff), e: 0 })
          state.wild[s] = plus(state.wild[s], share)
        } else {
          twoProduct(a, b, shares)
          addShare(state.sums[s], shares[0], diff)
          if (shares[1] !== 0) addShare(state.sums[s], shares[1], diff)
        }
      }
      if (state.wild?.every(({ m }) => m === 0n)) state.wild = null
    },
    merge: (a, b) => ({
      n: a.n + b.n,
      sums: a.sums.map((partials, s) => {
        const sum = [...partials]
        for (const x of b.sums[s]) addToExpansion(sum, x)
        return sum
      }),
      wild: a.wild && b.wild ? a.wild.map((sum, s) => plus(sum, b.wild![s])) : (a.wild ?? b.wild),
      odd: a.odd && b.odd ? a.odd.map((count, k) => count + b.odd![k]) : (a.odd ?? b.odd),
    }),
    isZero: ({ n, sums, wild, odd }) => n === 0 && wild === null && odd === null && sums.every((s) => s.length === 0),
    result: (state, fail) => result(new MomentSums(sums, state), state.n, fail),
  }
}

/** Of y what x is not asked for stays out: a NaN of x leaves Σy as it is. */
function factors(sum: Sum, x: number, y: number): readonly [number, number] {
  switch (sum) {
    case 'x':
      return [x, 1]
    case 'xx':
      return [x, x]
    case 'y':
      return [y, 1]
    case 'yy':
      return [y, y]
    case 'xy':
      return [x, y]
    default:
      return unreachable(sum)
  }
}

const isTame = (x: number): boolean => {
  const size = Math.abs(x)
  return size === 0 || (size <= LARGE && size >= SMALL) || !Number.isFinite(x)
}

/** a · b as the sum of two floats, exactly. */
function twoProduct(a: number, b: number, out: number[]): void {
  const product = a * b
  const aBig = a * SPLIT - (a * SPLIT - a)
  const bBig = b * SPLIT - (b * SPLIT - b)
  const aRest = a - aBig
  const bRest = b - bBig
  out[0] = product
  out[1] = aRest * bRest - (product - aBig * bBig - aRest * bBig - aBig * bRest)
}

function addShare(partials: number[], share: number, diff: number): void {
  if (diff === 1) addToExpansion(partials, share)
  else if (diff === -1) addToExpansion(partials, -share)
  else addMultiple(partials, share, diff)
}

function countOdd(state: Moments, x: number, y: number, diff: number): void {
  state.odd ??= [0, 0, 0, 0, 0, 0]
  for (const [k, value] of [x, y].entries()) {
    if (Number.isFinite(value)) continue
    state.odd[k * 3 + (Number.isNaN(value) ? 0 : value > 0 ? 1 : 2)] += diff
  }
  if (state.odd.every((count) => count === 0)) state.odd = null
}

/** The exact sums of one group, and the floats that PostgreSQL's formulas are over. */
class MomentSums {
  private readonly names: readonly Sum[]
  private readonly moments: Moments

  constructor(names: readonly Sum[], moments: Moments) {
    this.names = names
    this.moments = moments
  }
  /** Some value of x (of y) is not finite. */
  odd(of: 'x' | 'y'): boolean {
    const { odd } = this.moments
    const k = of === 'x' ? 0 : 3
    return odd !== null && (odd[k] > 0 || odd[k + 1] > 0 || odd[k + 2] > 0)
  }
  /** Σx or Σy with IEEE's infinities. */
  sum(of: 'x' | 'y'): number {
    const odd = this.moments.odd ?? [0, 0, 0, 0, 0, 0]
    const [nan, inf, minusInf] = odd.slice(of === 'x' ? 0 : 3)
    if (nan > 0 || (inf > 0 && minusInf > 0)) return Number.NaN
    if (inf > 0) return Infinity
    if (minusInf > 0) return -Infinity
    return quotient(this.exact(of), 1n)
  }
  /** n · Σab - Σa · Σb: n times the sum of products of deviations. */
  spread(a: 'x' | 'y', b: 'x' | 'y'): Dyadic {
    const n: Dyadic = { m: BigInt(this.moments.n), e: 0 }
    const product = a === b ? (`${a}${b}` as 'xx' | 'yy') : 'xy'
    return minus(times(n, this.exact(product)), times(this.exact(a), this.exact(b)))
  }
  private exact(of: Sum): Dyadic {
    const s = this.names.indexOf(of)
    let sum = this.moments.wild?.[s] ?? ZERO
    for (const partial of this.moments.sums[s]) sum = plus(sum, dyadic(partial))
    return sum
  }
}

const overflow = (fail: Fail): null => fail('22003', 'value out of range: overflow')

export function deviationOfFloats(kind: Deviation): Linear {
  const samples = kind === 'var_samp' || kind === 'stddev_samp'
  const root = kind === 'stddev_pop' || kind === 'stddev_samp'
  return moments(['x', 'xx'], (sums, n, fail) => {
    if (n < (samples ? 2 : 1)) return null
    if (sums.odd('x')) return Number.NaN
    const spread = sums.spread('x', 'x')
    const many = BigInt(n)
    if (!Number.isFinite(sums.sum('x')) || quotient(spread, many) === Infinity) return overflow(fail)
    const variance = quotient(spread, many * (samples ? many - 1n : many))
    return root ? Math.sqrt(variance) : variance
  }) as Linear
}

/** regr_count alone: how many rows have both. */
const counted: Linear<{ n: number }> = {
  zero: () => ({ n: 0 }),
  add(state, _values: readonly Value[], diff) {
    state.n += diff
  },
  merge: (a, b) => ({ n: a.n + b.n }),
  isZero: ({ n }) => n === 0,
  result: ({ n }) => n,
}

export function regression(kind: Regression): Linear {
  if (kind === 'regr_count') return counted as Linear
  return moments(SUMS, (sums, n, fail) => {
    if (n < (kind === 'covar_samp' ? 2 : 1)) return null
    const many = BigInt(n)
    const of = (a: 'x' | 'y', b: 'x' | 'y'): number =>
      sums.odd(a) || sums.odd(b) ? Number.NaN : quotient(sums.spread(a, b), many)
    const [sx, sy] = [sums.sum('x'), sums.sum('y')]
    const [sxx, syy, sxy] = [of('x', 'x'), of('y', 'y'), of('x', 'y')]
    const lost = (value: number, a: 'x' | 'y', b: 'x' | 'y'): boolean =>
      Math.abs(value) === Infinity && !sums.odd(a) && !sums.odd(b)
    if (lost(sx, 'x', 'x') || lost(sy, 'y', 'y')) return overflow(fail)
    if (lost(sxx, 'x', 'x') || lost(syy, 'y', 'y') || lost(sxy, 'x', 'y')) return overflow(fail)
    switch (kind) {
      case 'regr_sxx':
        return sxx
      case 'regr_syy':
        return syy
      case 'regr_sxy':
        return sxy
      case 'regr_avgx':
        return sx / n
      case 'regr_avgy':
        return sy / n
      case 'covar_pop':
        return sxy / n
      case 'covar_samp':
        return sxy / (n - 1)
      case 'corr':
        return sxx === 0 || syy === 0 ? null : sxy / Math.sqrt(sxx * syy)
      case 'regr_r2':
        if (sxx === 0) return null
        return syy === 0 ? 1 : (sxy * sxy) / (sxx * syy)
      case 'regr_slope':
        return sxx === 0 ? null : sxy / sxx
      case 'regr_intercept':
        return sxx === 0 ? null : (sy - (sx * sxy) / sxx) / n
      default:
        return unreachable(kind)
    }
  }) as Linear
}
