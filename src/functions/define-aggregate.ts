import { parseSignature } from './define.ts'
import type { AggregateFunction, AggregateStrategy } from './function.ts'
import { PG_PROC_OIDS } from './pg-proc-oids.ts'

type Options = Partial<
  Pick<AggregateFunction, 'ordered' | 'emptyResult' | 'returns' | 'form' | 'variadic' | 'impliesDistinct'>
>

/** A row of the aggregates' table: PostgreSQL's signature; `strategy` names the dataflow's implementation. */
export function agg(signature: string, strategy: AggregateStrategy, options: Options = {}): AggregateFunction {
  const { id, name, args, returns } = parseSignature(signature)
  return {
    id,
    name,
    args,
    returns,
    oid: PG_PROC_OIDS[id] ?? 0,
    ordered: false,
    emptyResult: null,
    strategy,
    ...options,
  }
}
