import { arrayOf, type SqlType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { parseSignature } from './define.ts'
import type { AggregateFunction, AggregateStrategy } from './function.ts'
import { PG_PROC_OIDS } from './pg-proc-oids.ts'

/** The aggregates: PostgreSQL's signatures and result types; `strategy` names the dataflow's implementation. */
function agg(
  signature: string,
  strategy: AggregateStrategy,
  options: {
    readonly ordered?: boolean
    readonly emptyResult?: Datum
    readonly returns?: AggregateFunction['returns']
  } = {},
): AggregateFunction {
  const { id, name, args, returns } = parseSignature(signature)
  return {
    id,
    name,
    args,
    returns: options.returns ?? returns,
    oid: PG_PROC_OIDS[id] ?? 0,
    ordered: options.ordered ?? false,
    emptyResult: options.emptyResult ?? null,
    strategy,
  }
}

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
  ]
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
  agg('array_agg(anyelement) anyarray', 'array_agg', {
    ordered: true,
    returns: (args: readonly SqlType[]) => arrayOf(args[0]),
  }),
]
