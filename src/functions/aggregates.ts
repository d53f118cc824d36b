import { arrayOf, type SqlType } from '../types/sql-type.ts'
import { orderedSetAggregates } from './aggregates-ordered-set.ts'
import { statisticalAggregates } from './aggregates-statistical.ts'
import { agg } from './define-aggregate.ts'
import type { AggregateFunction } from './function.ts'

/** The aggregates. */
const ORDERED_KINDS = [
  ...[
    'int2',
    'int4',
    'int8',
    'oid',
    'float4',
    'float8',
    'numeric',
    'text',
    'bpchar',
    'date',
    'time',
    'timestamp',
    'timestamptz',
    'interval',
  ],
]

function extremes(strategy: 'min' | 'max'): AggregateFunction[] {
  return [
    ...ORDERED_KINDS.map((kind) =>
      agg(`${strategy}(${kind}) ${kind}`, strategy, kind === 'bpchar' ? { returns: (args) => args[0] } : {}),
    ),
    agg(`${strategy}(anyarray) anyarray`, strategy),
    agg(`${strategy}(anyenum) anyenum`, strategy),
  ]
}

/** Of arrays one of a dimension more, whose type is the same. */
const collected = {
  ordered: true,
  returns: ([item]: readonly SqlType[]) => (item.kind === 'array' ? item : arrayOf(item)),
}

export const AGGREGATES: readonly AggregateFunction[] = [
  agg('count() int8', 'count', { emptyResult: 0 }),
  agg('count(any) int8', 'count', { emptyResult: 0 }),
  agg('sum(int2) int8', 'sum_int'),
  agg('sum(int4) int8', 'sum_int'),
  agg('sum(int8) numeric', 'sum_bigint'),
  agg('sum(numeric) numeric', 'sum_numeric'),
  agg('sum(float4) float4', 'sum_float'),
  agg('sum(float8) float8', 'sum_float'),
  agg('sum(interval) interval', 'sum_interval'),
  agg('avg(int2) numeric', 'avg_int'),
  agg('avg(int4) numeric', 'avg_int'),
  agg('avg(int8) numeric', 'avg_int'),
  agg('avg(numeric) numeric', 'avg_numeric'),
  agg('avg(float4) float8', 'avg_float'),
  agg('avg(float8) float8', 'avg_float'),
  agg('avg(interval) interval', 'avg_interval'),
  ...extremes('min'),
  ...extremes('max'),
  agg('bool_and(bool) bool', 'bool_and'),
  agg('every(bool) bool', 'bool_and'),
  agg('bool_or(bool) bool', 'bool_or'),
  agg('string_agg(text,text) text', 'string_agg', { ordered: true }),
  agg('string_agg(bytea,bytea) bytea', 'string_agg', { ordered: true }),
  { ...agg('array_agg(anyelement) anyarray', 'array_agg', collected), args: [{ poly: 'anynonarray' }] },
  agg('array_agg(anyarray) anyarray', 'array_agg', { ordered: true }),
  ...(['bit_and', 'bit_or', 'bit_xor'] as const).flatMap((name) =>
    ['int2', 'int4', 'int8'].map((type) => agg(`${name}(${type}) ${type}`, name)),
  ),
  agg('any_value(anyelement) anyelement', 'any_value'),
  ...statisticalAggregates,
  ...orderedSetAggregates,
  // What the neighbours call them.
  ...['arg_min', 'argmin', 'min_by'].map((name) => agg(`${name}(anyelement,any) anyelement`, 'arg_min')),
  ...['arg_max', 'argmax', 'max_by'].map((name) => agg(`${name}(anyelement,any) anyelement`, 'arg_max')),
  ...['approx_count_distinct', 'approx_distinct', 'count_distinct'].map((name) =>
    agg(`${name}(any) int8`, 'count', { emptyResult: 0, impliesDistinct: true }),
  ),
  agg('logical_and(bool) bool', 'bool_and'),
  agg('logical_or(bool) bool', 'bool_or'),
  agg('correlation(float8,float8) float8', 'corr'),
  agg('collect_list(anyelement) anyarray', 'array_agg', collected),
  agg('collect_set(anyelement) anyarray', 'array_agg', { ...collected, impliesDistinct: true }),
]
