import { arrayOf } from '../types/sql-type.ts'
import { agg } from './define-aggregate.ts'
import type { AggregateFunction } from './function.ts'

/** Those with WITHIN GROUP (ORDER BY …), and those that mean an aggregate by an ORDER BY of their own alone. */
const within = { form: 'within' } as const
const hypothetical = { form: 'hypothetical', variadic: true } as const
const ordered = { form: 'ordered', ordered: true } as const

export const orderedSetAggregates: readonly AggregateFunction[] = [
  agg('mode(anyelement) anyelement', 'mode', within),
  agg('percentile_cont(float8,float8) float8', 'percentile_cont', within),
  agg('percentile_cont(float8,interval) interval', 'percentile_cont', within),
  agg('percentile_cont(float8[],float8) float8[]', 'percentile_cont', within),
  agg('percentile_cont(float8[],interval) interval[]', 'percentile_cont', within),
  agg('percentile_disc(float8,anyelement) anyelement', 'percentile_disc', within),
  agg('percentile_disc(float8[],anyelement) anyarray', 'percentile_disc', within),
  // RisingWave's, with the error that it may make: there is none.
  agg('approx_percentile(float8,float8) float8', 'percentile_disc', within),
  agg('approx_percentile(float8,float8,float8) float8', 'percentile_disc', within),
  // ksqlDB's: the first k values of the order.
  ...(['topk', 'topkdistinct'] as const).map((name) =>
    agg(`${name}(int4,anyelement) anyarray`, name, { ...within, returns: (args) => arrayOf(args[1]) }),
  ),
  agg('rank(any) int8', 'rank', { ...hypothetical, emptyResult: 1 }),
  agg('dense_rank(any) int8', 'dense_rank', { ...hypothetical, emptyResult: 1 }),
  agg('percent_rank(any) float8', 'percent_rank', { ...hypothetical, emptyResult: 0 }),
  agg('cume_dist(any) float8', 'cume_dist', { ...hypothetical, emptyResult: 1 }),
  agg('first_value(anyelement) anyelement', 'first', ordered),
  agg('first(anyelement) anyelement', 'first', ordered),
  agg('last_value(anyelement) anyelement', 'last', ordered),
  agg('last(anyelement) anyelement', 'last', ordered),
]
