import { describe, expect, it } from 'vitest'
import type { AggregateStrategy } from '../../functions/function.ts'
import { createState } from '../../state/factory.ts'
import {
  arrayOf,
  BOOL,
  BYTEA,
  INT4,
  INT8,
  INTERVAL,
  NUMERIC,
  type SqlType,
  TEXT,
  TIMESTAMP,
} from '../../types/sql-type.ts'
import { AggregateOperator } from '../operators/aggregate.ts'
import { Bench } from '../testing/deltas.ts'
import type { AggregateSpec } from './make.ts'

/** One aggregate call over a whole input of the given columns: what each tick changes. */
function over(
  types: readonly SqlType[],
  strategy: AggregateStrategy,
  type: SqlType,
  more: Partial<AggregateSpec> = {},
  appendOnly = false,
) {
  const call: AggregateSpec = { strategy, args: [0], distinct: false, filter: null, order: [], type, ...more }
  const bench = new Bench([types], ([input], add) => {
    const spec = { id: 1, position: -1, stateId: 's', keys: [], aggregates: [call], appendOnly, types: [type] }
    return add(new AggregateOperator(spec, input.pipe(), createState()))
  })
  bench.step('')
  /** The result after each delta. */
  return (delta: string) =>
    bench
      .step(delta)
      .find((line) => line.startsWith('+'))
      ?.slice(2)
}

describe('aggregate calls', () => {
  it('sum and avg of intervals: months spill into days, days into time', () => {
    const avg = over([INTERVAL], 'avg_interval', INTERVAL)
    expect(avg('+ P1M\n+ P2M')).toBe('1 mon 15 days')
    expect(avg('- P2M\n+ P1D')).toBe('15 days 12:00:00')
    expect(over([INTERVAL], 'avg_interval', INTERVAL)('+ P31DT24H1S\n+2 PT0S')).toBe('10 days 16:00:00.333333')
    const sum = over([INTERVAL], 'sum_interval', INTERVAL)
    expect(sum('+ P1M\n+2 P2D')).toBe('1 mon 4 days')
    expect(sum('- P2D')).toBe('1 mon 2 days')
  })
  it('the scale of a numeric sum is the largest of its rows, and comes back', () => {
    const sum = over([NUMERIC], 'sum_numeric', NUMERIC)
    expect(sum('+ 1.5\n+ 0.125')).toBe('1.625')
    expect(sum('- 0.125')).toBe('1.5')
    expect(sum('+ 100000000000000000000000')).toBe('100000000000000000000001.5')
    expect(sum('+ NaN')).toBe('NaN')
    expect(sum('- NaN\n- 100000000000000000000000')).toBe('1.5')
  })
  it('sums of int8 are exact beyond 2^53', () => {
    const sum = over([INT8], 'sum_bigint', NUMERIC)
    expect(sum('+ 9007199254740991\n+3 9007199254740993')).toBe('36028797018963970')
    expect(sum('-3 9007199254740993\n+ 2')).toBe('9007199254740993')
  })
  it('avg has the scale of numeric division', () => {
    expect(over([INT4], 'avg_int', NUMERIC)('+ 1\n+ 2\n+ 2')).toBe('1.6666666666666667')
  })
  it('min and max fall back to what is left', () => {
    const max = over([TEXT], 'max', TEXT)
    expect(max('+ a\n+ c\n+ b\n+ null')).toBe('c')
    expect(max('- c')).toBe('b')
    expect(max('- a\n- b')).toBe('null')
  })
  it('append-only extremes keep one value, beyond 2^53 too', () => {
    const max = over([TIMESTAMP], 'max', TIMESTAMP, {}, true)
    expect(max('+ 2020-01-01\n+ null')).toBe('2020-01-01 00:00:00')
    expect(max('+ 294000-01-01')).toBe('294000-01-01 00:00:00')
    expect(max('+ 2021-01-01')).toBeUndefined()
    expect(max('+ infinity')).toBe('infinity')
    const min = over([TEXT], 'min', TEXT, {}, true)
    expect(min('+ b\n+ c')).toBe('b')
    expect(min('+ a')).toBe('a')
  })
  it('DISTINCT sees a value come once and go once', () => {
    const count = over([INT4], 'count', INT8, { distinct: true })
    expect(count('+2 1\n+ 2\n+ null')).toBe('2')
    expect(count('- 1')).toBeUndefined()
    expect(count('- 1')).toBe('1')
  })
  it('FILTER leaves out rows that are false or NULL', () => {
    const types = [INT4, BOOL]
    const sum = over(types, 'sum_int', INT8, { filter: 1 })
    expect(sum('+ 1 t\n+ 2 f\n+ 4 null')).toBe('1')
  })
  it('string_agg and array_agg follow their order, ties by the row order', () => {
    const order = [{ column: 1, desc: true, nullsFirst: false }]
    const joined = over([TEXT, INT4, TEXT], 'string_agg', TEXT, { args: [0, 2], order })
    expect(joined('+ b 1 ,\n+ a 1 ,\n+2 c 2 ;\n+ null 3 ,')).toBe('c;c,a,b')
    expect(joined('-2 c 2 ;')).toBe('a,b')
    expect(over([INT4], 'array_agg', arrayOf(INT4), { distinct: true })('+2 2\n+ 1\n+ null')).toBe('{1,2,NULL}')
    expect(over([BYTEA, BYTEA], 'string_agg', BYTEA, { args: [0, 1] })('+ \\x01 \\xff\n+ \\x02 \\xff')).toBe(
      '\\x01ff02',
    )
  })
  it('bool_and and bool_or', () => {
    const and = over([BOOL], 'bool_and', BOOL)
    expect(and('+ t\n+ f')).toBe('f')
    expect(and('- f\n+ null')).toBe('t')
    expect(over([BOOL], 'bool_or', BOOL)('+ f\n+ t')).toBe('t')
  })
})
