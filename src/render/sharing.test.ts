import { describe, expect, it } from 'vitest'
import { Circuit } from '../dataflow/circuit.ts'
import { ERROR_TYPES } from '../dataflow/contract.ts'
import { InputNode } from '../dataflow/input.ts'
import type { GetOperator } from '../dataflow/operators/get.ts'
import { formatDelta, parseDelta, tickAt } from '../dataflow/testing/deltas.ts'
import { createState } from '../state/factory.ts'
import { INT4, TEXT } from '../types/sql-type.ts'
import { renderPlan } from './render.ts'
import { SharedArrangements } from './sharing.ts'
import { CONTEXT } from './testing/harness.ts'
import { node, planOf } from './testing/random-plan.ts'

const ROW = [INT4, TEXT]

function world() {
  const circuit = new Circuit()
  const states = createState()
  const sharing = new SharedArrangements()
  const inputs = new Map([1, 2].map((id) => [id, new InputNode({ id, position: -1 }, ROW)]))
  circuit.add(inputs.values())
  let tick = 0
  const join = (type: 'inner' | 'left') =>
    planOf([
      node({ op: 'get', object: 1, columns: [0, 1] }, ROW),
      node({ op: 'get', object: 2, columns: [0, 1] }, ROW),
      node({ op: 'join', type, left: 0, right: 1, leftKeys: [0], rightKeys: [0], nullSafe: false, residual: null }, [
        ...ROW,
        ...ROW,
      ]),
    ])
  return {
    circuit,
    states,
    sharing,
    source: (object: number) => inputs.get(object)!,
    view(objectId: number, type: 'inner' | 'left', snapshot: (object: number, get: GetOperator) => void = () => {}) {
      const resolve = (object: number) => inputs.get(object)!.output
      const view = renderPlan({
        plan: join(type),
        objectId,
        circuit,
        states,
        context: CONTEXT,
        resolve,
        resultKey: [],
        sharing,
      })
      for (const get of view.gets) snapshot(get.object, get)
      view.catchUp()
      view.connect()
      return view
    },
    step(...deltas: string[]) {
      for (const [i, delta] of deltas.entries()) inputs.get(i + 1)!.pushRows(parseDelta(delta, ROW))
      circuit.runTick(tickAt(++tick))
    },
  }
}
const contents = (view: ReturnType<ReturnType<typeof world>['view']>) =>
  formatDelta([...view.output.rows.scan()], [...ROW, ...ROW])

describe('arrangements shared between views', () => {
  it('are kept once; a later view catches up and both follow', () => {
    const { view, step, sharing } = world()
    const first = view(10, 'inner')
    step('+ 1 a\n+ 2 b', '+ 1 x')
    const second = view(11, 'inner')
    expect(sharing.size).toBe(2)
    step('', '')
    expect(contents(second)).toEqual(['+ 1 a 1 x'])
    step('- 1 a', '+ 2 y')
    expect(contents(first)).toEqual(['+ 2 b 2 y'])
    expect(contents(second)).toEqual(['+ 2 b 2 y'])
  })
  it('leave errors to each view: they come with its own snapshot', () => {
    const { view, step, source } = world()
    view(10, 'inner')
    step('+ 1 a', '+ 1 x')
    const failed = parseDelta('+ 22012 m o 1 r', ERROR_TYPES)
    const second = view(11, 'inner', (object, get) => {
      if (object === 1) get.pushErrors(failed)
    })
    step('', '')
    expect(formatDelta([...second.output.errors.scan()], ERROR_TYPES)).toEqual(['+ 22012 m o@1 1 r'])
    source(1).pushErrors(failed)
    step('', '')
    expect(formatDelta([...second.output.errors.scan()], ERROR_TYPES)).toEqual(['+2 22012 m o@1 1 r'])
  })
  it('outlive the view that made them, and go with the last user', () => {
    const { view, step, sharing, states, circuit } = world()
    const first = view(10, 'inner')
    step('+ 1 a', '+ 1 x')
    const second = view(11, 'left')
    step('', '')
    first.dispose()
    step('+ 3 c', '- 1 x')
    expect(contents(second)).toEqual(['+ 1 a null null', '+ 3 c null null'])
    second.dispose()
    expect([sharing.size, [...states.structures()].length, circuit.size]).toEqual([0, 0, 2])
  })
})
