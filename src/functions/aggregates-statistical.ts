import { agg } from './define-aggregate.ts'
import type { AggregateFunction, Deviation, Regression } from './function.ts'

/** Variances, standard deviations, and what two columns have to do with each other. */
const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  var_pop: 'var_pop',
  var_samp: 'var_samp',
  variance: 'var_samp',
  stddev_pop: 'stddev_pop',
  stddev_samp: 'stddev_samp',
  stddev: 'stddev_samp',
}

const deviations = Object.entries(DEVIATIONS).flatMap(([name, kind]): AggregateFunction[] => [
  ...['int2', 'int4', 'int8', 'numeric'].map((type) => agg(`${name}(${type}) numeric`, `${kind}_numeric`)),
  ...['float4', 'float8'].map((type) => agg(`${name}(${type}) float8`, `${kind}_float`)),
])

const REGRESSIONS: readonly Exclude<Regression, 'regr_count'>[] = [
  'corr',
  'covar_pop',
  'covar_samp',
  'regr_avgx',
  'regr_avgy',
  'regr_intercept',
  'regr_r2',
  'regr_slope',
  'regr_sxx',
  'regr_sxy',
  'regr_syy',
]

export const statisticalAggregates: readonly AggregateFunction[] = [
  ...deviations,
  ...REGRESSIONS.map((kind) => agg(`${kind}(float8,float8) float8`, kind)),
  agg('regr_count(float8,float8) int8', 'regr_count', { emptyResult: 0 }),
]
