import { describe, expect, it } from 'vitest'
import { createState } from '../state/factory.ts'
import { INT4 } from '../types/sql-type.ts'
import { Circuit } from './circuit.ts'
import { InputNode } from './input.ts'
import { DistinctOperator } from './operators/distinct.ts'
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
