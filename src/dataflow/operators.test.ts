import { describe, expect, it } from 'vitest'
import { createState } from '../state/factory.ts'
import { INT4, INT8, NUMERIC, TEXT } from '../types/sql-type.ts'
import type { Pipe } from './edge.ts'
import { AggregateOperator } from './operators/aggregate.ts'
import { ArrangeOperator } from './operators/arrange.ts'
import { AtMostOneOperator } from './operators/at-most-one.ts'
import { DistinctOperator } from './operators/distinct.ts'
import { type FilterProgram, JoinOperator } from './operators/join.ts'
import { RowNumberOperator } from './operators/row-number.ts'
import { SemiJoinOperator } from './operators/semi-join.ts'
import { ResidualSemiJoinOperator } from './operators/semi-join-residual.ts'
import { SetOpOperator } from './operators/set-op.ts'
import { TopKOperator } from './operators/top-k.ts'
import { Bench } from './testing/deltas.ts'

const ROW = [INT4, TEXT]
const spec = { id: 1, position: 4, stateId: 's' }
const asc = [{ column: 0, desc: false, nullsFirst: false }]

describe('distinct', () => {
  it('follows the sign of the count, through negative ones', () => {
    const bench = new Bench([ROW], ([input], add) => add(new DistinctOperator(spec, input.pipe(), createState())))
    expect(bench.step('+2 1 a\n+ 2 b')).toEqual(['+ 1 a', '+ 2 b'])
    expect(bench.step('- 1 a\n-3 2 b')).toEqual(['- 2 b'])
    expect(bench.step('+2 2 b')).toEqual([])
    expect(bench.step('+ 2 b\n- 1 a')).toEqual(['+ 2 b', '- 1 a'])
  })
})

describe('join', () => {
  const joined = (nullSafe = false) =>
    new Bench([ROW, ROW], ([l, r], add) => {
      const states = createState()
      const side = (edge: typeof l, id: string) => {
        const arrange = add(new ArrangeOperator(spec, edge.pipe(), states.arrangement({ id, types: ROW, key: [0] })))
        return { input: arrange.output.pipe(), arrangement: arrange.arrangement, keys: [0] }
      }
      const sides = { left: side(l, 'l'), right: side(r, 'r') }
      return add(new JoinOperator({ ...spec, ...sides, nullSafe, residual: null, iterations: null }))
    })
  it('counts pairs once when both sides change in one tick', () => {
    const bench = joined()
    expect(bench.step('+2 1 a', '+3 1 x\n+ 2 y')).toEqual(['+6 1 a 1 x'])
    expect(bench.step('- 1 a\n+ 2 b', '- 1 x\n- 2 y')).toEqual(['-4 1 a 1 x'])
  })
  it('joins of one relation behind one another do not hand on ever more rows that cancel', () => {
    const handedOn: number[] = []
    const bench = new Bench([[INT4]], ([edge], add) => {
      const states = createState()
      const arranged = (of: typeof edge, id: string) => {
        const key = { id, types: of.types, key: [0] }
        const arrange = add(new ArrangeOperator(spec, of.pipe(), states.arrangement(key)))
        return { input: () => arrange.output.pipe(), arrangement: arrange.arrangement, keys: [0] }
      }
      const right = arranged(edge, 'r')
      let left = right
      let last: JoinOperator
      for (let k = 0; k < 12; k++) {
        const sides = { left: { ...left, input: left.input() }, right: { ...right, input: right.input() } }
        last = add(new JoinOperator({ ...spec, ...sides, nullSafe: false, residual: null, iterations: null }))
        last.output.add({
          pushRows: ({ n }) => handedOn.push(n),
          pushErrors() {},
          producerAt() {},
        } as Partial<Pipe> as Pipe)
        left = arranged(last.output, `l${k}`)
      }
      return last!
    })
    const row = (a: number) => Array(13).fill(a).join(' ')
    expect(bench.step('+ 1\n+ 2')).toEqual([`+ ${row(1)}`, `+ ${row(2)}`])
    expect(handedOn.reduce((sum, n) => sum + n)).toBeLessThanOrEqual(12 * 3 * 2)
    expect(bench.step('- 1\n+ 3')).toEqual([`+ ${row(3)}`, `- ${row(1)}`])
  })
  it('NULL matches NULL only when null-safe', () => {
    expect(joined().step('+ null a', '+ null x')).toEqual([])
    expect(joined(true).step('+ null a', '+ null x')).toEqual(['+ null a null x'])
  })
  it('anti join: rows come back when their last match goes', () => {
    const bench = new Bench([ROW, ROW], ([l, r], add) => {
      const states = createState()
      const arrangement = states.arrangement({ id: 'l', types: ROW, key: [0] })
      const arrange = add(new ArrangeOperator(spec, l.pipe(), arrangement))
      const left = { input: arrange.output.pipe(), arrangement, keys: [0] }
      const right = { input: r.pipe(), keys: [0] }
      return add(
        new SemiJoinOperator({ ...spec, anti: true, left, right, nullSafe: false, forwardsErrors: true }, states),
      )
    })
    expect(bench.step('+ 1 a\n+2 2 b\n+ null n', '+ 1 x')).toEqual(['+ null n', '+2 2 b'])
    expect(bench.step('+ 1 c', '+ 2 y\n- 1 x')).toEqual(['+ 1 a', '+ 1 c', '-2 2 b'])
  })
})

describe('semi join with a condition', () => {
  it('counts a match once, though identical left rows lie in several slots', () => {
    const bench = new Bench([ROW, ROW], ([l, r], add) => {
      const states = createState()
      const side = (edge: typeof l, id: string) => {
        const arrangement = states.arrangement({ id, types: ROW, key: [0], appendOnly: id === 'l' })
        const arrange = add(new ArrangeOperator(spec, edge.pipe(), arrangement))
        return { input: arrange.output.pipe(), arrangement, keys: [0] }
      }
      const residual: FilterProgram = (_cols, n, rows) => {
        for (let i = 0; i < n; i++) rows[i] = i
        return n
      }
      const sides = { left: side(l, 'l'), right: side(r, 'r') }
      const rest = { anti: false, nullSafe: false, residual, forwardsErrors: true }
      return add(new ResidualSemiJoinOperator({ ...spec, ...sides, present: null, ...rest }, states))
    })
    expect(bench.step('+ 1 a', '+ 1 x\n+ 1 z')).toEqual(['+ 1 a'])
    expect(bench.step('+ 1 a', '')).toEqual(['+ 1 a'])
    expect(bench.step('', '- 1 x')).toEqual([])
    expect(bench.step('', '- 1 z')).toEqual(['-2 1 a'])
  })
})

describe('set operations', () => {
  it('EXCEPT ALL subtracts counts', () => {
    const make = (all: boolean) =>
      new Bench([ROW, ROW], ([l, r], add) =>
        add(new SetOpOperator({ ...spec, type: 'except', all }, l.pipe(), r.pipe(), createState())),
      )
    expect(make(true).step('+3 1 a', '+ 1 a')).toEqual(['+2 1 a'])
    expect(make(false).step('+3 1 a\n+ 2 b', '+ 1 a')).toEqual(['+ 2 b'])
  })
})

describe('ordered operators', () => {
  it('top-k moves rows up when one above goes; ties by the row order; a count takes places', () => {
    const bench = new Bench([ROW], ([input], add) =>
      add(new TopKOperator({ ...spec, partition: [], order: asc, limit: 2, offset: 1 }, input.pipe(), createState())),
    )
    expect(bench.step('+ 1 b\n+ 1 a\n+2 2 c\n+ 3 d')).toEqual(['+ 1 b', '+ 2 c'])
    expect(bench.step('- 1 a')).toEqual(['+ 2 c', '- 1 b'])
    expect(bench.step('-2 2 c')).toEqual(['+ 3 d', '-2 2 c'])
  })
  it('row_number numbers each partition', () => {
    const order = [{ column: 1, desc: true, nullsFirst: false }]
    const bench = new Bench([ROW], ([input], add) =>
      add(new RowNumberOperator({ ...spec, partition: [0], order, atMost: 2 }, input.pipe(), createState())),
    )
    expect(bench.step('+ 1 a\n+ 1 b\n+ 1 c\n+ 2 z')).toEqual(['+ 1 b 2', '+ 1 c 1', '+ 2 z 1'])
    expect(bench.step('- 1 c')).toEqual(['+ 1 a 2', '+ 1 b 1', '- 1 b 2', '- 1 c 1'])
  })
  it('atMostOne turns a key into an error and back', () => {
    const bench = new Bench([ROW], ([input], add) =>
      add(new AtMostOneOperator({ ...spec, keys: [0] }, input.pipe(), createState())),
    )
    expect(bench.step('+ 1 a\n+ 2 b')).toEqual(['+ 1 a', '+ 2 b'])
    const second = bench.stepBoth('+ 1 c')
    expect(second.rows).toEqual(['- 1 a'])
    expect(second.errors).toEqual([
      '+ 21000 more than one row returned by a subquery used as an expression atMostOne 5 (1)',
    ])
    const third = bench.stepBoth('- 1 a')
    expect(third.rows).toEqual(['+ 1 c'])
    expect(third.errors[0]).toMatch(/^- 21000/)
  })
})

describe('aggregate', () => {
  const call = (strategy: 'count' | 'sum_int' | 'avg_int' | 'max' | 'sum_bigint', args: number[], type = INT8) => ({
    strategy,
    args,
    distinct: false,
    filter: null,
    order: [],
    type,
  })
  it('without keys is one row, also over nothing', () => {
    const aggregates = [call('count', []), call('sum_int', [0]), call('avg_int', [0], NUMERIC)]
    const types = [INT8, INT8, NUMERIC]
    const bench = new Bench([ROW], ([input], add) =>
      add(
        new AggregateOperator({ ...spec, keys: [], aggregates, appendOnly: false, types }, input.pipe(), createState()),
      ),
    )
    expect(bench.step('')).toEqual(['+ 0 null null'])
    expect(bench.step('+ 1 a\n+ 2 b')).toEqual(['+ 2 3 1.5000000000000000', '- 0 null null'])
    expect(bench.step('- 1 a\n- 2 b')).toEqual(['+ 0 null null', '- 2 3 1.5000000000000000'])
    expect(bench.step('')).toEqual([])
  })
  it('a group whose sum overflows is an error until it recovers', () => {
    const types = [TEXT, INT8]
    const keys = [1]
    const bench = new Bench([[INT8, TEXT]], ([input], add) =>
      add(
        new AggregateOperator(
          { ...spec, keys, aggregates: [call('sum_int', [0])], appendOnly: false, types },
          input.pipe(),
          createState(),
        ),
      ),
    )
    expect(bench.step('+ 9223372036854775807 a')).toEqual(['+ a 9223372036854775807'])
    const over = bench.stepBoth('+ 1 a')
    expect(over).toEqual({ rows: ['- a 9223372036854775807'], errors: ['+ 22003 bigint out of range aggregate 5 (a)'] })
    const back = bench.stepBoth('- 1 a')
    expect(back).toEqual({ rows: ['+ a 9223372036854775807'], errors: ['- 22003 bigint out of range aggregate 5 (a)'] })
  })
  it('keeps a group whose counts cancel for a while', () => {
    const types = [TEXT, INT8, INT8]
    const aggregates = [call('count', []), call('max', [0], INT4)]
    const bench = new Bench([ROW], ([input], add) =>
      add(
        new AggregateOperator(
          { ...spec, keys: [1], aggregates, appendOnly: false, types },
          input.pipe(),
          createState(),
        ),
      ),
    )
    expect(bench.step('+ 1 a\n- 2 a')).toEqual([])
    expect(bench.step('+2 2 a')).toEqual(['+ a 2 2'])
  })
})
