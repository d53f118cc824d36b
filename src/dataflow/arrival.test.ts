import { describe, expect, it } from 'vitest'
import { createState } from '../state/factory.ts'
import type { F64Column } from '../types/column.ts'
import { INT4, INT8, TEXT, TIMESTAMPTZ } from '../types/sql-type.ts'
import { CLOCK } from './contract.ts'
import { ArrivalOperator } from './operators/arrival.ts'
import { EmitOnCloseOperator } from './operators/emit-on-close.ts'
import type { BoundOf } from './release.ts'
import { Bench } from './testing/deltas.ts'

// A tick is a millisecond of the clock.
const ROW = [INT4, TEXT]
const spec = { id: 1, position: 4, stateId: 's' }
const at = (ms: number) => `1970-01-01 00:00:00.00${ms}+00`

describe('arrival', () => {
  const arrivals = () => new Bench([ROW], ([input], add) => add(new ArrivalOperator(spec, input.pipe())))

  it('gives each row the time of the tick in which it comes', () => {
    const bench = arrivals()
    expect(bench.step('+ 1 a\n+2 2 b')).toEqual([`+ 1 a ${at(1)}`, `+2 2 b ${at(1)}`])
    expect(bench.step('')).toEqual([])
    expect(bench.step('+ 1 a')).toEqual([`+ 1 a ${at(3)}`])
  })

  it('lets cancel out what comes and goes in one tick', () => {
    const bench = arrivals()
    expect(bench.step('+ 1 a\n- 1 a\n+ 2 b')).toEqual([`+ 2 b ${at(1)}`])
  })

  it('has no state, and asks for no time', () => {
    const { circuit } = arrivals()
    const [, operator] = circuit.operators
    expect([operator.name, operator.state().length, circuit.frontier()]).toEqual([
      'arrival',
      0,
      Number.POSITIVE_INFINITY,
    ])
  })

  it('leaves the times of batches that others keep as they are', () => {
    const bench = arrivals()
    const operator = new ArrivalOperator(spec, bench.inputs[0].output.pipe())
    bench.circuit.add([operator])
    const kept = operator.output.pipe()
    for (const delta of ['+ 1 a', '+ 2 b\n+ 3 c', '+ 4 d']) bench.step(delta)
    const times = kept.take().rows.map(({ n, cols }) => [...(cols[2] as F64Column).data].slice(0, n))
    expect(times).toEqual([[1000], [2000, 2000], [3000]])
  })
})

describe('emitOnClose by the clock', () => {
  const WINDOWS = [INT8, TIMESTAMPTZ]
  /** Windows of 4 ms, in µs. */
  const clock: BoundOf = (now) => (now.has(CLOCK) ? Math.floor(now.get(CLOCK)! / 4000) * 4000 : null)
  const row = (n: number, ms: number) => `${n} 1970-01-01T00:00:00.00${ms}Z`

  it('lets a window go in the tick at which it ends, and asks for that tick', () => {
    const bench = new Bench([WINDOWS], ([input], add) =>
      add(new EmitOnCloseOperator({ ...spec, column: 1, bound: clock, clock }, input.pipe(), createState())),
    )
    expect(bench.step(`+ ${row(7, 0)}`)).toEqual([])
    expect(bench.circuit.frontier()).toBe(4000)
    expect(bench.step(`- ${row(7, 0)}\n+ ${row(8, 0)}\n+ ${row(9, 4)}`)).toEqual([])
    expect(bench.step('')).toEqual([])
    // Nothing comes: time alone does it.
    expect(bench.step('')).toEqual([`+ 8 ${at(0).replace('.000', '')}`])
    expect(bench.circuit.frontier()).toBe(8000)
    for (let tick = 5; tick < 8; tick++) expect(bench.step('')).toEqual([])
    expect(bench.step('')).toEqual([`+ 9 ${at(4)}`])
    expect(bench.circuit.frontier()).toBe(Number.POSITIVE_INFINITY)
  })

  it('asks for no tick while a watermark holds back what the clock has closed', () => {
    let watermark = 0
    const both: BoundOf = (now) => Math.min(clock(now) ?? 0, watermark)
    const bench = new Bench([WINDOWS], ([input], add) =>
      add(new EmitOnCloseOperator({ ...spec, column: 1, bound: both, clock }, input.pipe(), createState())),
    )
    bench.step(`+ ${row(7, 0)}`)
    for (let tick = 2; tick <= 5; tick++) expect(bench.step('')).toEqual([])
    expect(bench.circuit.frontier()).toBe(Number.POSITIVE_INFINITY)
    watermark = 5000
    expect(bench.step(`+ ${row(1, 4)}`)).toEqual([`+ 7 ${at(0).replace('.000', '')}`])
  })
})
