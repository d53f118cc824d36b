import type { Deviation } from '../../functions/function.ts'
import { isSpecial, makeNumeric, NUMERIC_NAN, pow10 } from '../../types/numeric.ts'
import { numericDiv } from '../../types/numeric-arith.ts'
import { numericSqrtTo } from '../../types/numeric-math.ts'
import type { Numeric } from '../../types/value.ts'
import { addExact, timesExact } from './exact-int.ts'
import type { Linear } from './linear.ts'

/** Rows of one scale: how many, the sum of their mantissas and of their squares. */
type Scale = [rows: number, sum: number | bigint, squares: number | bigint]

interface NumericMoments {
  /** NaN and the infinities. */
  special: number
  readonly scales: Map<number, Scale>
}

/**
 * Variances over numeric and integers, exact until PostgreSQL's division and root. State: three numbers a group and
 * scale. Cost per changed row: three additions. Retraction: subtracts, per scale, so that the result's scale comes back.
 */
export function deviationOfNumerics(kind: Deviation): Linear {
  const samples = kind === 'var_samp' || kind === 'stddev_samp'
  const root = kind === 'stddev_pop' || kind === 'stddev_samp'
  const linear: Linear<NumericMoments> = {
    zero: () => ({ special: 0, scales: new Map() }),
    add(state, [value], diff) {
      if (typeof value === 'number' || typeof value === 'bigint') addMantissa(state, value, 0, diff)
      else if (isSpecial(value as Numeric)) state.special += diff
      else addMantissa(state, (value as Numeric).mantissa, (value as Numeric).scale, diff)
    },
    merge(a, b) {
      const scales = new Map(a.scales)
      for (const [scale, share] of b.scales) addScale(scales, scale, share)
      return { special: a.special + b.special, scales }
    },
    isZero: ({ special, scales }) => special === 0 && scales.size === 0,
    result({ special, scales }) {
      let n = special
      let shown = 0
      for (const [scale, [rows]] of scales) {
        n += rows
        if (scale > shown) shown = scale
      }
      if (n < (samples ? 2 : 1)) return null
      if (special > 0) return NUMERIC_NAN
      let sum = 0n
      let squares = 0n
      for (const [scale, [, part, squared]] of scales) {
        sum += BigInt(part) * pow10(shown - scale)
        squares += BigInt(squared) * pow10(2 * (shown - scale))
      }
      const many = BigInt(n)
      const spread = many * squares - sum * sum
      if (spread <= 0n) return makeNumeric(0, 0)
      const variance = numericDiv(makeNumeric(spread, 2 * shown), makeNumeric(many * (samples ? many - 1n : many), 0))
      return root ? numericSqrtTo(variance, variance.scale) : variance
    },
  }
  return linear as Linear
}

function addMantissa(state: NumericMoments, mantissa: number | bigint, scale: number, diff: number): void {
  const sum = timesExact(mantissa, diff)
  addScale(state.scales, scale, [diff, sum, timesExact(mantissa, sum)])
}

function addScale(scales: Map<number, Scale>, scale: number, [rows, sum, squares]: Scale): void {
  const old = scales.get(scale)
  const next: Scale = old ? [old[0] + rows, addExact(old[1], sum), addExact(old[2], squares)] : [rows, sum, squares]
  if (next.every((part) => Number(part) === 0)) scales.delete(scale)
  else scales.set(scale, next)
}
