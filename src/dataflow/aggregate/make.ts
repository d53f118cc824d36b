import { unreachable } from '../../base/assert.ts'
import type { AggregateStrategy } from '../../functions/function.ts'
import type { SortColumn, StateFactory } from '../../state/contract.ts'
import type { Forms } from '../../types/forms.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Accumulator } from './accumulator.ts'
import { BoolAccumulator } from './bool.ts'
import { CountAccumulator } from './count.ts'
import type { DirectArgument } from './direct.ts'
import { DistinctArguments } from './distinct-args.ts'
import { ExtremeAccumulator } from './extreme.ts'
import { AppendOnlyExtreme } from './extreme-append.ts'
import { GreatestAccumulator } from './greatest.ts'
import { HypotheticalAccumulator } from './hypothetical.ts'
import { LinearAccumulator } from './linear.ts'
import { isLinear, linearOf } from './linears.ts'
import { ModeAccumulator } from './mode.ts'
import { OrderedAccumulator } from './ordered.ts'
import { PercentileAccumulator } from './percentile.ts'
import { PickedAccumulator } from './picked.ts'
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
  /** Of ordered-set aggregates: `args` are then the columns of those that are not constant. */
  readonly direct?: readonly DirectArgument[] | undefined
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
  // Extremes and the like do not mind repeats; the ordered ones see them side by side.
  if (!spec.distinct || !countsRepeats(spec.strategy)) return plain
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

const countsRepeats = (strategy: AggregateStrategy): boolean =>
  COUNTS_REPEATS.has(strategy) || (isLinear(strategy) && strategy !== 'bit_and' && strategy !== 'bit_or')

function plainAccumulator(spec: AggregateSpec, site: AccumulatorSite, states: StateFactory): Accumulator {
  const { strategy, type } = spec
  const typesOf = (columns: readonly number[]): SqlType[] => columns.map((column) => site.inputTypes[column])
  if (isLinear(strategy)) return new LinearAccumulator(linearOf(strategy, type), typesOf(spec.args), type)
  const argTypes = typesOf(spec.args)
  const orderTypes = typesOf(spec.order.map(({ column }) => column))
  const order = spec.order.map((key, i) => ({ ...key, column: i }))
  const { keyTypes } = site
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
      const stateId = `${site.stateId}/rows`
      const { distinct } = spec
      return new OrderedAccumulator(
        { stateId, kind: strategy, distinct, type, keyTypes, argTypes, orderTypes, order },
        states,
      )
    }
    case 'any_value':
    case 'first':
    case 'last': {
      const where = { stateId: `${site.stateId}/rows`, keyTypes, type: argTypes[0], orderTypes, order }
      const rows = { last: strategy === 'last', skipsNulls: strategy === 'any_value', byArgument: false }
      return new PickedAccumulator({ ...where, ...rows }, states)
    }
    case 'arg_min':
    case 'arg_max': {
      const by = { column: 0, desc: strategy === 'arg_max', nullsFirst: false }
      const ties = order.map((key) => ({ ...key, column: key.column + 1 }))
      const where = { stateId: `${site.stateId}/rows`, keyTypes, type: argTypes[0] }
      const rows = { orderTypes: [argTypes[1], ...orderTypes], order: [by, ...ties], last: false }
      return new PickedAccumulator({ ...where, ...rows, skipsNulls: true, byArgument: true }, states)
    }
    case 'mode': {
      const { stateId, forms } = site
      return new ModeAccumulator({ stateId, keyTypes, valueType: orderTypes[0], order: order[0], forms }, states)
    }
    case 'percentile_cont':
    case 'percentile_disc': {
      const where = { stateId: `${site.stateId}/values`, keyTypes, type, argTypes, direct: spec.direct ?? [] }
      const values = { valueType: orderTypes[0], order: order[0] }
      return new PercentileAccumulator({ ...where, ...values, continuous: strategy === 'percentile_cont' }, states)
    }
    case 'topk':
    case 'topkdistinct': {
      const where = { stateId: `${site.stateId}/values`, keyTypes, argTypes, direct: spec.direct ?? [] }
      const values = { valueType: orderTypes[0], order: order[0], distinct: strategy === 'topkdistinct' }
      return new GreatestAccumulator({ ...where, ...values }, states)
    }
    case 'rank':
    case 'dense_rank':
    case 'percent_rank':
    case 'cume_dist': {
      const where = { stateId: `${site.stateId}/rows`, keyTypes, orderTypes, order }
      return new HypotheticalAccumulator({ ...where, kind: strategy, argTypes, direct: spec.direct ?? [] }, states)
    }
    default:
      return unreachable(strategy)
  }
}
