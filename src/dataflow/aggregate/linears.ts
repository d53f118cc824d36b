import type { AggregateStrategy } from '../../functions/function.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { bitsOf } from './bits.ts'
import type { Linear } from './linear.ts'
import { deviationOfFloats, regression } from './moments.ts'
import { deviationOfNumerics } from './moments-numeric.ts'

/** The aggregates that are sums over rows, by strategy. `type`: of the result. */
const LINEARS = {
  var_pop_float: () => deviationOfFloats('var_pop'),
  var_samp_float: () => deviationOfFloats('var_samp'),
  stddev_pop_float: () => deviationOfFloats('stddev_pop'),
  stddev_samp_float: () => deviationOfFloats('stddev_samp'),
  var_pop_numeric: () => deviationOfNumerics('var_pop'),
  var_samp_numeric: () => deviationOfNumerics('var_samp'),
  stddev_pop_numeric: () => deviationOfNumerics('stddev_pop'),
  stddev_samp_numeric: () => deviationOfNumerics('stddev_samp'),
  corr: () => regression('corr'),
  covar_pop: () => regression('covar_pop'),
  covar_samp: () => regression('covar_samp'),
  regr_avgx: () => regression('regr_avgx'),
  regr_avgy: () => regression('regr_avgy'),
  regr_count: () => regression('regr_count'),
  regr_intercept: () => regression('regr_intercept'),
  regr_r2: () => regression('regr_r2'),
  regr_slope: () => regression('regr_slope'),
  regr_sxx: () => regression('regr_sxx'),
  regr_sxy: () => regression('regr_sxy'),
  regr_syy: () => regression('regr_syy'),
  bit_and: (type) => bitsOf('bit_and', type),
  bit_or: (type) => bitsOf('bit_or', type),
  bit_xor: (type) => bitsOf('bit_xor', type),
} as const satisfies Partial<Record<AggregateStrategy, (type: SqlType) => Linear>>

export type LinearStrategy = keyof typeof LINEARS

export const isLinear = (strategy: AggregateStrategy): strategy is LinearStrategy => Object.hasOwn(LINEARS, strategy)

export const linearOf = (strategy: LinearStrategy, type: SqlType): Linear =>
  (LINEARS[strategy] as (type: SqlType) => Linear)(type)
