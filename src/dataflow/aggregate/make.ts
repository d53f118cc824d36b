import { unreachable } from '../../base/assert.ts'
import type { AggregateStrategy } from '../../functions/function.ts'
import type { SortColumn, StateFactory } from '../../state/contract.ts'
import type { Forms } from '../../types/forms.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Accumulator } from './accumulator.ts'
import { BoolAccumulator } from './bool.ts'
import { CountAccumulator } from './count.ts'
import { DistinctArguments } from './distinct-args.ts'
import { ExtremeAccumulator } from './extreme.ts'
import { AppendOnlyExtreme } from './extreme-append.ts'
import { OrderedAccumulator } from './ordered.ts'
import { SumFloatAccumulator } from './sum-float.ts'
import { SumIntAccumulator } from './sum-int.ts'
import { SumIntervalAccumulator } from './sum-interval.ts'
import { SumNumericAccumulator } from './sum-numeric.ts'

/** One aggregate call over columns of the operator's input. */
export interface AggregateSpec {
  readonly strategy: AggregateStrategy
  readonly args: readonly number[]
  readonly distinct: boolean
  /** Boolean column, or null. */
  readonly filter: number | null
  readonly order: readonly SortColumn[]
  readonly type: SqlType
}

export interface AccumulatorSite {
  readonly stateId: string
  readonly keyTypes: readonly SqlType[]
  readonly inputTypes: readonly SqlType[]
  /** No retraction ever comes. */
  readonly appendOnly: boolean
  /** Equal arguments of DISTINCT calls may be written differently. */
  readonly forms?: Forms | undefined
}

export function makeAccumulator(spec: AggregateSpec, site: AccumulatorSite, states: StateFactory): Accumulator {
  const plain = plainAccumulator(spec, site, states)
  // min, max, bool_and and bool_or do not mind repeats; the ordered ones see them side by side.
  if (!spec.distinct || !COUNTS_REPEATS.has(spec.strategy)) return plain
  const argTypes = spec.args.map((arg) => site.inputTypes[arg])
  return new DistinctArguments(
    { stateId: `${site.stateId}/distinct`, keyTypes: site.keyTypes, argTypes, forms: site.forms },
    plain,
    states,
  )
}

const COUNTS_REPEATS: ReadonlySet<AggregateStrategy> = new Set<AggregateStrategy>([
  'count',
  'sum_int',
  'sum_bigint',
  'sum_numeric',
  'sum_float',
  'sum_interval',
  'avg_int',
  'avg_numeric',
  'avg_float',
  'avg_interval',
])

function plainAccumulator(spec: AggregateSpec, site: AccumulatorSite, states: StateFactory): Accumulator {
  const { strategy, type } = spec
  switch (strategy) {
    case 'count':
      return new CountAccumulator()
    case 'sum_int':
    case 'sum_bigint':
      return new SumIntAccumulator(type, false)
    case 'avg_int':
      return new SumIntAccumulator(type, true)
    case 'sum_numeric':
      return new SumNumericAccumulator(false)
    case 'avg_numeric':
      return new SumNumericAccumulator(true)
    case 'sum_float':
      return new SumFloatAccumulator(type, false)
    case 'avg_float':
      return new SumFloatAccumulator(type, true)
    case 'sum_interval':
      return new SumIntervalAccumulator(false)
    case 'avg_interval':
      return new SumIntervalAccumulator(true)
    case 'bool_and':
      return new BoolAccumulator(true)
    case 'bool_or':
      return new BoolAccumulator(false)
    case 'min':
    case 'max': {
      const max = strategy === 'max'
      const argType = site.inputTypes[spec.args[0]]
      if (site.appendOnly) return new AppendOnlyExtreme(argType, max)
      return new ExtremeAccumulator(
        { stateId: `${site.stateId}/values`, max, keyTypes: site.keyTypes, type: argType },
        states,
      )
    }
    case 'string_agg':
    case 'array_agg': {
      const argTypes = spec.args.map((arg) => site.inputTypes[arg])
      const orderTypes = spec.order.map((key) => site.inputTypes[key.column])
      const order = spec.order.map((key, i) => ({ ...key, column: i }))
      const stateId = `${site.stateId}/rows`
      const { distinct } = spec
      return new OrderedAccumulator(
        { stateId, kind: strategy, distinct, type, keyTypes: site.keyTypes, argTypes, orderTypes, order },
        states,
      )
    }
    default:
      return unreachable(strategy)
  }
}
