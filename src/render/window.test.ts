import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Circuit } from '../dataflow/circuit.ts'
import { ERROR_TYPES } from '../dataflow/contract.ts'
import { InputNode } from '../dataflow/input.ts'
import { WindowOperator, type WindowSizes } from '../dataflow/operators/window.ts'
import { looksOf } from '../dataflow/window/looks.ts'
import type { FrameBound, WindowCall, WindowFrame } from '../dataflow/window/spec.ts'
import type { StateFactory } from '../state/contract.ts'
import { createState } from '../state/factory.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { arrayOf, BOOL, FLOAT8, INT4, INT8, NUMERIC, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'
import { tickAt } from './testing/harness.ts'
import { placesOf } from './testing/naive-order.ts'
import { naiveWindow } from './testing/naive-window.ts'
import { anyDatum, type Gen, pickFrom } from './testing/random-scalar.ts'
import { ZSet } from './testing/zset.ts'

// partition, order, int, text, float, numeric, bool, big; what range frames read: the order, 2 before it, 3 behind it.
const TYPES: readonly SqlType[] = [INT4, INT4, INT4, TEXT, FLOAT8, NUMERIC, BOOL, INT8, INT4, INT4, INT4]
const BIG = 2n ** 62n

/** Times far enough apart for sessions to end, or values close together with NULLs among them. */
function anyRow(g: Gen, desc: boolean, sessions: boolean): Row {
  const near = () => (g(fc.nat, { max: 9 }) === 0 ? null : g(fc.nat, { max: 12 }))
  const order = sessions ? g(fc.nat, { max: 60 }) : near()
  const sign = desc ? -1 : 1
  return [
    g(fc.nat, { max: 1 }),
    order,
    g(fc.nat, { max: 4 }) === 0 ? null : g(fc.integer, { min: -1, max: 4 }),
    ...[TEXT, FLOAT8, NUMERIC, BOOL].map((type) => anyDatum(g, type)),
    g(fc.nat, { max: 2 }) === 0 ? BIG : 1,
    order,
    order === null ? null : order - 2 * sign,
    order === null ? null : order + 3 * sign,
  ] as Datum[]
}

const offset = (by: number): FrameBound => ({ kind: 'offset', by })

function anyFrame(g: Gen): WindowFrame {
  const mode = pickFrom(g, ['rows', 'range', 'groups'] as const)
  const exclude = pickFrom(g, ['nothing', 'nothing', 'current', 'group', 'ties'] as const)
  const at = (): FrameBound => {
    if (mode === 'range') {
      return pickFrom(g, [
        offset(0),
        { kind: 'value', column: 9, following: false },
        { kind: 'value', column: 10, following: true },
      ] as const)
    }
    return offset(g(fc.integer, { min: -3, max: 3 }))
  }
  const start = pickFrom(g, [true, true, false]) ? at() : ({ kind: 'first' } as const)
  const end = pickFrom(g, [true, true, false]) ? at() : ({ kind: 'last' } as const)
  return { mode, start, end, exclude, value: mode === 'range' ? 8 : null }
}

const RUNNING: WindowFrame = {
  mode: 'range',
  start: { kind: 'first' },
  end: offset(0),
  exclude: 'nothing',
  value: null,
}

type Partial_ = Pick<WindowCall, 'fn' | 'strategy' | 'args' | 'argTypes' | 'type'>
const column = (n: number) => ({ column: n })
const number = (fn: WindowCall['fn'], type = INT8): Partial_ => ({ fn, strategy: null, args: [], argTypes: [], type })
const over = (strategy: WindowCall['strategy'], columns: readonly number[], type: SqlType): Partial_ => ({
  fn: 'aggregate',
  strategy,
  args: columns.map(column),
  argTypes: columns.map((c) => TYPES[c]),
  type,
})

function anyCall(g: Gen): WindowCall {
  const valued = (fn: WindowCall['fn'], ...more: WindowCall['args']): Partial_ => {
    const c = pickFrom(g, [2, 3])
    const args = [column(c), ...more]
    return { fn, strategy: null, args, argTypes: [TYPES[c], INT4, TYPES[c]].slice(0, args.length), type: TYPES[c] }
  }
  const by = () => (g(fc.nat, { max: 3 }) === 0 ? column(2) : { value: g(fc.integer, { min: -2, max: 3 }) })
  const call = pickFrom(g, [
    number('row_number'),
    number('rank'),
    number('dense_rank'),
    number('percent_rank', FLOAT8),
    number('cume_dist', FLOAT8),
    { ...number('ntile', INT4), args: [g(fc.boolean) ? column(2) : { value: 3 }], argTypes: [INT4] },
    valued('lag', by(), { value: null }),
    valued('lead', by(), { value: null }),
    valued('first_value'),
    valued('last_value'),
    valued('nth_value', by()),
    over('count', [], INT8),
    over('count', [2], INT8),
    over('sum_int', [7], INT8),
    over('sum_bigint', [7], NUMERIC),
    over('avg_int', [2], NUMERIC),
    over('sum_float', [4], FLOAT8),
    over('avg_float', [4], FLOAT8),
    over('sum_numeric', [5], NUMERIC),
    over('avg_numeric', [5], NUMERIC),
    over('bool_and', [6], BOOL),
    over('bool_or', [6], BOOL),
    over('min', [5], NUMERIC),
    over('max', [3], TEXT),
    over('array_agg', [2], arrayOf(INT4)),
    over('string_agg', [3, 3], TEXT),
    over('stddev_samp_float', [4], FLOAT8),
    over('var_pop_numeric', [5], NUMERIC),
    over('regr_intercept', [4, 4], FLOAT8),
    over('bit_or', [2], INT4),
    over('bit_and', [7], INT8),
    over('any_value', [2], INT4),
    over('arg_min', [3, 2], TEXT),
  ])
  const aggregate = call.fn === 'aggregate'
  return {
    ...call,
    filter: aggregate && g(fc.nat, { max: 2 }) === 0 ? 6 : null,
    ignoreNulls: !aggregate && g(fc.nat, { max: 2 }) === 0,
    frame: g(fc.nat, { max: 3 }) === 0 ? RUNNING : anyFrame(g),
  }
}

/** Start and end of the sessions of the order's values: rows are together up to 3 apart. */
const SESSIONS: readonly WindowCall[] = (['session_start', 'session_end'] as const).map((fn) => ({
  ...number(fn, INT4),
  args: [column(8), column(10)],
  argTypes: [INT4, INT4],
  filter: null,
  ignoreNulls: false,
  frame: {
    ...RUNNING,
    mode: 'rows',
    start: fn === 'session_start' ? { kind: 'first' } : offset(0),
    end: fn === 'session_start' ? offset(0) : { kind: 'last' },
  },
}))

const SMALL: WindowSizes = { leafSlots: 4, keptSlots: 6, wholeSlots: 0, changesMax: 6 }
const ORDERS = ['none', 'asc', 'desc', 'asc nulls first', 'desc nulls last'] as const

function check(g: Gen, one: boolean, sessions = false): void {
  const kind = sessions ? 'asc' : pickFrom(g, ORDERS)
  const desc = kind.startsWith('desc')
  const nullsFirst = kind === 'desc' || kind === 'asc nulls first'
  const order = kind === 'none' ? [] : [{ column: 1, desc, nullsFirst }]
  const partition = g(fc.boolean) ? [0] : []
  const all = Array.from({ length: one ? 1 : g(fc.integer, { min: 1, max: 3 }) }, () => anyCall(g))
  const calls = sessions
    ? SESSIONS
    : kind === 'none'
      ? all.map((call) => (call.frame.mode === 'rows' ? call : { ...call, frame: RUNNING }))
      : all
  const circuit = new Circuit()
  const input = new InputNode({ id: 0, position: -1 }, TYPES)
  circuit.add([input])
  const spec = { id: 1, position: 4, stateId: 's', partition, order, calls, sizes: SMALL }
  const operator = new WindowOperator(spec, input.output.pipe(), createState())
  circuit.add([operator])
  const output = operator.output.pipe()
  const types = [...TYPES, ...calls.map(({ type }) => type)]
  const contents = new ZSet()
  const rows = new ZSet()
  const errors = new ZSet()
  const seen: Row[] = []
  for (let tick = 1; tick <= 6; tick++) {
    const size = tick === 1 ? g(fc.nat, { max: 25 }) : g(fc.nat, { max: 4 })
    for (let k = 0; k < size; k++) {
      const old = seen.length > 0 && g(fc.nat, { max: 2 }) === 0
      const row = old ? pickFrom(g, seen) : anyRow(g, desc, sessions)
      const diff = old ? pickFrom(g, [1, -1, -1]) : pickFrom(g, [1, 1, 1, 1, 2, -1])
      seen.push(row)
      contents.add(row, diff)
      input.pushRows(batchFromRows(TYPES, [row], [diff]))
    }
    circuit.runTick(tickAt(tick))
    const delta = output.take()
    rows.addBatches(delta.rows, types)
    for (const batch of delta.errors) {
      errors.addBatches([{ ...batch, cols: batch.cols.slice(0, 1) }], ERROR_TYPES.slice(0, 1))
    }
    const expected = new ZSet()
    const failed = new ZSet()
    for (const places of placesOf(contents.rows(), partition, order, TYPES)) {
      naiveWindow(calls, places, order, TYPES).forEach((results, i) => {
        const failure = results.find((r) => typeof r === 'object' && r !== null && 'sqlstate' in r)
        if (failure !== undefined) failed.add([(failure as { sqlstate: string }).sqlstate], 1)
        else expected.add([...places[i], ...(results as Datum[])], 1)
      })
    }
    expect(rows.text()).toBe(expected.text())
    expect(errors.text()).toBe(failed.text())
  }
}

/** A partition of many rows, then one row more at a time; answers how many rows of state the last one looked at. */
function rowsRead(call: WindowCall, at: number): number {
  const states = createState()
  let read = 0
  const counted: StateFactory = {
    drop: (id) => states.drop(id),
    keyedTable: (spec) => states.keyedTable(spec),
    arrangement: (spec) => {
      const arrangement = states.arrangement(spec)
      const gather = arrangement.gather.bind(arrangement)
      arrangement.gather = (columns, slots, n) => {
        read += n
        return gather(columns, slots, n)
      }
      return arrangement
    },
  }
  const circuit = new Circuit()
  const input = new InputNode({ id: 0, position: -1 }, [INT4, INT4])
  circuit.add([input])
  const order = [{ column: 0, desc: false, nullsFirst: false }]
  const spec = { id: 1, position: 4, stateId: 's', partition: [], order, calls: [call] }
  circuit.add([new WindowOperator(spec, input.output.pipe(), counted)])
  const rows = Array.from({ length: 20_000 }, (_, i): Row => [i * 2, i % 7])
  input.pushRows(batchFromRows([INT4, INT4], rows))
  circuit.runTick(tickAt(1))
  for (let tick = 2; tick < 4; tick++) {
    read = 0
    input.pushRows(batchFromRows([INT4, INT4], [[at + tick * 2 + 1, 3]]))
    circuit.runTick(tickAt(tick))
  }
  return read
}

describe('what a change of a large partition reads', () => {
  const sum: WindowCall = {
    fn: 'aggregate',
    strategy: 'sum_int',
    args: [{ column: 1 }],
    argTypes: [INT4],
    filter: null,
    ignoreNulls: false,
    frame: RUNNING,
    type: INT8,
  }
  const rows = (from: number, to: number): WindowFrame => ({
    ...RUNNING,
    mode: 'rows',
    start: offset(from),
    end: offset(to),
  })

  it('a row at the end of a running sum: the end', () => {
    expect(rowsRead(sum, 100_000)).toBeLessThan(3000)
  })
  it('a row in the middle, frames of ten rows: some around it', () => {
    expect(rowsRead({ ...sum, frame: rows(-5, 4) }, 20_000)).toBeLessThan(4000)
  })
  it('a row at the end, frames of five thousand rows: no frame from end to end', () => {
    expect(rowsRead({ ...sum, strategy: 'max', type: INT4, frame: rows(-5000, 0) }, 100_000)).toBeLessThan(4000)
  })
  it('lag: the neighbours', () => {
    const args = [{ column: 1 }, { value: 1 }, { value: null }]
    expect(rowsRead({ ...sum, fn: 'lag', strategy: null, args, argTypes: [INT4, INT4, INT4] }, 20_000)).toBeLessThan(
      3000,
    )
  })
})

/** The same changes into two operators, of which one lets go what is closed: rows below the bound do not change any more. */
function checkRelease(g: Gen, calls: readonly WindowCall[]): void {
  const sessions = calls === SESSIONS
  const looks = looksOf(calls)
  const make = (countsGone: boolean) => {
    const circuit = new Circuit()
    const input = new InputNode({ id: 0, position: -1 }, TYPES)
    circuit.add([input])
    const order = [{ column: 8, desc: false, nullsFirst: false }]
    const spec = { id: 1, position: 4, stateId: 's', partition: [0], order, calls, sizes: SMALL, countsGone }
    const operator = new WindowOperator(spec, input.output.pipe(), createState())
    circuit.add([operator])
    return { circuit, input, operator, output: operator.output.pipe() }
  }
  const [all, released] = [make(false), make(looks.counts)]
  let bound = 0
  const reaches = [{ column: 9, bound: () => bound - 2 }]
  const release = sessions
    ? released.operator.sessionRelease(() => bound)
    : released.operator.orderedRelease(8, () => bound, reaches)
  const isOpen = (row: Row) => row[8] === null || (row[8] as number) >= bound
  const types = [...TYPES, ...calls.map(({ type }) => type)]
  const rows: Row[] = []
  for (let tick = 1; tick <= 8; tick++) {
    const changes: [Row, number][] = []
    for (let k = g(fc.nat, { max: 5 }); k > 0; k--) {
      const row = anyRow(g, false, sessions)
      if (!isOpen(row)) continue
      const count = sessions ? 1 : pickFrom(g, [1, 1, 2])
      changes.push([row, count])
      for (let i = 0; i < count; i++) rows.push(row)
    }
    const open = rows.filter(isOpen)
    if (open.length > 0 && g(fc.boolean)) {
      const gone = pickFrom(g, open)
      changes.push([gone, -1])
      rows.splice(rows.indexOf(gone), 1)
    }
    const [one, other] = [all, released].map(({ circuit, input, output }) => {
      for (const [row, diff] of changes) input.pushRows(batchFromRows(TYPES, [row], [diff]))
      circuit.runTick(tickAt(tick))
      const delta = output.take()
      const errors = delta.errors.map((batch) => ({ ...batch, cols: batch.cols.slice(0, 1) }))
      return [
        new ZSet().addBatches(delta.rows, types).text(),
        new ZSet().addBatches(errors, ERROR_TYPES.slice(0, 1)).text(),
      ]
    })
    expect(other).toEqual(one)
    bound = Math.max(bound, g(fc.nat, { max: sessions ? 12 : 2 }) * tick)
    release.sweep(new Map())
    // What lies below the bound and is linked to nothing above it is gone.
    const kept = released.operator.state()[0].rows
    expect(kept).toBeLessThanOrEqual(all.operator.state()[0].rows)
    const far = rows.every((row) => row[8] !== null && (row[8] as number) + 3 < bound)
    const { back, ahead, first } = looks
    if (far && (sessions || (!first && back.rows + back.groups + ahead.rows + ahead.groups === 0))) expect(kept).toBe(0)
  }
}

/** Calls that look back, and ahead, only so far. */
function bounded(g: Gen): WindowCall[] {
  const all = Array.from({ length: g(fc.integer, { min: 1, max: 3 }) }, () => anyCall(g))
  const near = all.filter((call) => !looksOf([call]).back.all && !looksOf([call]).ahead.all)
  const looks = looksOf(near)
  return looks.first ? near.filter(({ fn }) => fn !== 'rank' && fn !== 'dense_rank') : near
}

const RUNS = Number(process.env['MILLRACE_TEST_RUNS'] ?? 60)

describe('window functions, incremental equals recompute at every tick', () => {
  it('one call', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => check(g, true)),
      { numRuns: RUNS * 4 },
    )
  })
  it('sessions merge and part', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => check(g, false, true)),
      { numRuns: RUNS * 2 },
    )
  })
  it('sessions that are closed go without a trace', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => checkRelease(g, SESSIONS)),
      { numRuns: RUNS },
    )
  })
  it('rows that are closed, and that no call looks back at, go without a trace', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const calls = bounded(g)
        if (calls.length > 0) checkRelease(g, calls)
      }),
      { numRuns: RUNS },
    )
  })
  it('several calls', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => check(g, false)),
      { numRuns: RUNS * 2 },
    )
  })
})
