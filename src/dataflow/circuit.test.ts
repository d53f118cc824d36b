import { describe, expect, it } from 'vitest'
import { createState } from '../state/factory.ts'
import { batchFromRows, splitBatch } from '../types/batch-build.ts'
import type { Column } from '../types/column.ts'
import { INT4 } from '../types/sql-type.ts'
import { Circuit } from './circuit.ts'
import { InputNode } from './input.ts'
import { ArrangeOperator } from './operators/arrange.ts'
import { DistinctOperator } from './operators/distinct.ts'
import { JoinOperator } from './operators/join.ts'
import { MapOperator } from './operators/map.ts'
import { NegateOperator } from './operators/negate.ts'
import { UnionOperator } from './operators/union.ts'
import { OutputNode } from './output.ts'
import { formatDelta, parseDelta, tickAt } from './testing/deltas.ts'

const TYPES = [INT4]
const at = (id: number) => ({ id, position: -1 })
const push = (input: InputNode, text: string) => input.pushRows(parseDelta(text, TYPES))

describe('a circuit', () => {
  it('runs producers before consumers, each operator once a tick', () => {
    const circuit = new Circuit()
    const input = new InputNode(at(0), TYPES)
    const negated = new NegateOperator(at(1), input.output.pipe())
    // Reads the input directly and through the negation: one step sees both.
    const both = new UnionOperator(at(2), [input.output.pipe(), negated.output.pipe()], TYPES)
    let steps = 0
    const step = both.step.bind(both)
    both.step = () => {
      steps++
      step()
    }
    const out = both.output.pipe()
    circuit.add([both, negated, input])
    push(input, '+ 1\n+ 2')
    circuit.runTick(tickAt(1))
    expect(steps).toBe(1)
    expect(formatDelta(out.take().rows, TYPES)).toEqual([])
  })

  it('a join that makes many rows hands them on in parts; the result sees the tick whole', () => {
    const states = createState()
    const circuit = new Circuit()
    const inputs = [new InputNode(at(0), TYPES), new InputNode(at(1), TYPES)]
    const sides = inputs.map((input, i) => {
      const arrangement = states.arrangement({ id: `side${i}`, types: TYPES, key: [] })
      const arrange = new ArrangeOperator(at(2 + i), input.output.pipe(), arrangement)
      circuit.add([arrange])
      return { input: arrange.output.pipe(), arrangement, keys: [] }
    })
    const [left, right] = [sides[0]!, sides[1]!]
    const join = new JoinOperator({ ...at(4), left, right, nullSafe: false, residual: null, iterations: null })
    const read = join.output.pipe()
    let most = 0
    let runs = 0
    const sum = new MapOperator(at(5), read, TYPES, (cols, n) => {
      runs++
      return { n, cols: [{ ...cols[0]!, data: new Float64Array(n).fill(7) } as Column] }
    })
    const pieces = sum.pieces.bind(sum)
    sum.pieces = function* (tick) {
      most = Math.max(most, join.output.pushed - seen)
      seen = join.output.pushed
      yield* pieces(tick)
    }
    let seen = 0
    const result = new OutputNode({ ...at(6), stateId: 'v', key: [0] }, sum.output.pipe(), states)
    circuit.add([...inputs, join, sum, result])
    const rows = (n: number) =>
      batchFromRows(
        TYPES,
        Array.from({ length: n }, (_, i) => [i]),
      )
    for (const batch of splitBatch(rows(700), 512)) for (const input of inputs) input.pushRows(batch)
    circuit.runTick(tickAt(1))
    expect(formatDelta(result.takeChanges().rows, TYPES)).toEqual([`+${700 * 700} 7`])
    expect(most).toBeLessThan(200_000)
    expect(runs).toBeGreaterThan(100)
    expect(circuit.busy).toBe(false)

    // Given up in the middle: what it left does not disturb those that stay.
    for (const batch of splitBatch(rows(600), 512)) inputs[0]!.pushRows(batch)
    const given = circuit.pieces(tickAt(2))
    for (let i = 0; i < 20; i++) given.next()
    given.return()
    circuit.remove([...inputs, join, sum, result])
    const other = new InputNode(at(7), TYPES)
    const view = new OutputNode({ ...at(8), stateId: 'w', key: [0] }, other.output.pipe(), states)
    circuit.add([other, view])
    push(other, '+ 1')
    circuit.runTick(tickAt(3))
    expect(formatDelta(view.takeChanges().rows, TYPES)).toEqual(['+ 1'])
  })

  it('touches only the operators behind what changed', () => {
    const circuit = new Circuit()
    const stepped: number[] = []
    const inputs = Array.from({ length: 1000 }, (_, i) => {
      const input = new InputNode(at(i), TYPES)
      const view = new NegateOperator(at(i), input.output.pipe())
      const step = view.step.bind(view)
      view.step = () => {
        stepped.push(i)
        step()
      }
      circuit.add([input, view])
      return input
    })
    push(inputs[7], '+ 1')
    circuit.runTick(tickAt(1))
    circuit.runTick(tickAt(2))
    expect(stepped).toEqual([7])
  })

  it('takes in and lets go of operators between ticks', () => {
    const circuit = new Circuit()
    const input = new InputNode(at(0), TYPES)
    circuit.add([input])
    push(input, '+ 1')
    circuit.runTick(tickAt(1))
    const late = new NegateOperator(at(1), input.output.pipe())
    const out = late.output.pipe()
    circuit.add([late])
    push(input, '+ 2')
    circuit.runTick(tickAt(2))
    expect(formatDelta(out.take().rows, TYPES)).toEqual(['- 2'])
    push(input, '+ 3')
    circuit.remove([late])
    circuit.runTick(tickAt(3))
    expect(out.pending).toBe(false)
    expect([input.output.consumers, circuit.size, circuit.busy]).toEqual([0, 1, false])
  })

  it('holds back operators until a later call', () => {
    const circuit = new Circuit()
    const input = new InputNode(at(0), TYPES)
    const slow = new NegateOperator(at(1), input.output.pipe())
    const after = new NegateOperator(at(2), slow.output.pipe())
    const beside = new NegateOperator(at(3), input.output.pipe())
    const [late, now] = [after.output.pipe(), beside.output.pipe()]
    circuit.add([input, slow, after, beside])
    for (const text of ['+ 1', '+ 2']) {
      push(input, text)
      circuit.runTick(tickAt(1), new Set([slow]))
    }
    expect([late.pending, circuit.busy]).toEqual([false, true])
    expect(formatDelta(now.take().rows, TYPES)).toEqual(['- 1', '- 2'])
    circuit.runTick(tickAt(1))
    expect(formatDelta(late.take().rows, TYPES)).toEqual(['+ 1', '+ 2'])
    expect(circuit.busy).toBe(false)
  })

  it('adopts a circuit that was hydrated apart, with what is pending', () => {
    const [apart, live] = [new Circuit(), new Circuit()]
    const source = new InputNode(at(0), TYPES)
    const first = new NegateOperator(at(1), source.output.pipe())
    live.add([source, first])
    const snapshot = new InputNode(at(2), TYPES)
    const view = new DistinctOperator({ ...at(3), stateId: 'v' }, snapshot.output.pipe(), createState())
    const out = view.output.pipe()
    apart.add([snapshot, view])
    push(snapshot, '+ 1')
    apart.runTick(tickAt(1))
    push(snapshot, '+ 1\n+ 2')
    live.adopt(apart)
    live.runTick(tickAt(2))
    expect(formatDelta(out.take().rows, TYPES)).toEqual(['+ 1', '+ 2'])
    expect([apart.size, live.size]).toEqual([0, 4])
  })

  it('an output consolidates, keeps the result and hands the delta on', () => {
    const circuit = new Circuit()
    const input = new InputNode(at(0), TYPES)
    const output = new OutputNode({ ...at(1), stateId: 'v', key: [0] }, input.output.pipe(), createState())
    const dependant = output.output.pipe()
    circuit.add([input, output])
    push(input, '+ 1\n+ 2')
    push(input, '- 1\n+ 3')
    circuit.runTick(tickAt(1))
    expect(formatDelta(output.takeChanges().rows, TYPES)).toEqual(['+ 2', '+ 3'])
    expect(output.takeChanges().rows).toEqual([])
    expect(formatDelta(dependant.take().rows, TYPES)).toEqual(['+ 2', '+ 3'])
    expect(formatDelta([...output.rows.scan()], TYPES)).toEqual(['+ 2', '+ 3'])
  })
})
