import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PhysicalNode, PhysicalPlan } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import { BOOL, INT4, INT8, type SqlType } from '../types/sql-type.ts'
import { type Change, Harness } from './testing/harness.ts'
import { node, planOf } from './testing/random-plan.ts'
import { ZSet } from './testing/zset.ts'

const EDGE: readonly SqlType[] = [INT4, INT4]
const OBJECTS = new Map([[1, EDGE]])
const column = (index: number, type: SqlType = INT4): Scalar => ({ kind: 'column', index, type })
type Limit = Extract<PhysicalNode, { op: 'scope' }>['limit']

/** reach(a, b) = edge(a, b) ∪ π(reach(a, x) ⋈ edge(x, b)), as a set. */
function reachability(limit: Limit = null): PhysicalPlan {
  const body = [
    node({ op: 'import', index: 0 }, EDGE),
    node({ op: 'variable', index: 0 }, EDGE),
    node(
      { op: 'join', type: 'inner', left: 1, right: 0, leftKeys: [1], rightKeys: [0], nullSafe: false, residual: null },
      [...EDGE, ...EDGE],
    ),
    node({ op: 'map', input: 2, filter: null, exprs: [column(0), column(3)] }, EDGE),
    node({ op: 'union', inputs: [0, 3] }, EDGE),
    node({ op: 'distinct', input: 4 }, EDGE),
  ]
  return planOf([
    node({ op: 'get', object: 1, columns: [0, 1] }, EDGE),
    node({ op: 'scope', imports: [0], body, results: [5], output: 0, limit }, EDGE),
  ])
}

/** Shortest distances: dist(b) = min over paths; a min inside the recursion. */
function distances(): PhysicalPlan {
  const one: Scalar = { kind: 'const', value: 1, type: INT4 }
  const next: Scalar = { kind: 'call', fn: 'int4pl(int4,int4)', args: [column(1), one], type: INT4, position: 9 }
  const near: Scalar = {
    kind: 'call',
    fn: 'int4lt(int4,int4)',
    args: [column(1), { kind: 'const', value: 9, type: INT4 }],
    type: BOOL,
    position: 9,
  }
  const body = [
    node({ op: 'import', index: 0 }, EDGE),
    node({ op: 'variable', index: 0 }, EDGE),
    node({ op: 'constant', rows: [[0, 0]] }, EDGE),
    node(
      { op: 'join', type: 'inner', left: 1, right: 0, leftKeys: [0], rightKeys: [0], nullSafe: false, residual: near },
      [...EDGE, ...EDGE],
    ),
    node({ op: 'map', input: 3, filter: null, exprs: [column(3), next] }, EDGE),
    node({ op: 'union', inputs: [2, 4] }, EDGE),
    node(
      {
        op: 'aggregate',
        input: 5,
        keys: [0],
        aggregates: [{ fn: 'min(int4)', args: [1], distinct: false, filter: null, order: [], type: INT4 }],
      },
      EDGE,
    ),
  ]
  return planOf([
    node({ op: 'get', object: 1, columns: [0, 1] }, EDGE),
    node({ op: 'scope', imports: [0], body, results: [6], output: 0, limit: null }, EDGE),
  ])
}

const insert = (a: number, b: number): Change => ({ object: 1, row: [a, b], diff: 1 })
const remove = (a: number, b: number): Change => ({ object: 1, row: [a, b], diff: -1 })
const pairs = (...rows: [number, number][]) => ZSet.of(rows.map((row) => ({ row, diff: 1 }))).text()

function checkGraph(plan: PhysicalPlan, numRuns: number): void {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const harness = new Harness(plan, OBJECTS)
      const edges: [number, number][] = []
      for (let tick = 0; tick < 12; tick++) {
        const changes: Change[] = []
        for (let k = g(fc.nat, { max: 3 }); k >= 0; k--) {
          if (edges.length > 3 && g(fc.nat, { max: 2 }) > 0) {
            const [edge] = edges.splice(g(fc.nat, { max: edges.length - 1 }), 1)
            changes.push(remove(...edge))
          } else {
            const edge: [number, number] = [g(fc.nat, { max: 5 }), g(fc.nat, { max: 5 })]
            edges.push(edge)
            changes.push(insert(...edge))
          }
        }
        harness.step(changes)
        const expected = harness.expected()
        expect(harness.rows.text()).toBe(expected.rows.text())
        expect(harness.errors.text()).toBe(expected.errors.text())
      }
    }),
    { numRuns },
  )
}

describe('recursion', () => {
  it('reachability shrinks when an edge goes, also inside a cycle', () => {
    const harness = new Harness(reachability(), OBJECTS)
    harness.step([insert(1, 2), insert(2, 3), insert(3, 1)])
    expect(harness.rows.text()).toBe(pairs([1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3], [3, 1], [3, 2], [3, 3]))
    harness.step([remove(3, 1)])
    expect(harness.rows.text()).toBe(pairs([1, 2], [1, 3], [2, 3]))
    harness.step([insert(3, 1), remove(1, 2)])
    expect(harness.rows.text()).toBe(pairs([2, 1], [2, 3], [3, 1]))
  })
  it('reachability equals recompute under random inserts and deletes', () => checkGraph(reachability(), 40))
  it('shortest distances equal recompute: a non-monotone operator inside the loop', () => checkGraph(distances(), 40))
  it('RETURN AT RECURSION LIMIT gives the state of that round', () => {
    checkGraph(reachability({ rounds: 2, onLimit: 'return' }), 15)
  })
  it('ERROR AT RECURSION LIMIT fails while the fixpoint is farther, and recovers', () => {
    const harness = new Harness(reachability({ rounds: 2, onLimit: 'error' }), OBJECTS)
    harness.step([insert(1, 2), insert(2, 3)])
    expect(harness.errors.text()).toBe('')
    harness.step([insert(3, 4)])
    expect(harness.errors.text()).toBe('+1 ["54001"]')
    harness.step([remove(2, 3)])
    expect(harness.errors.text()).toBe('')
    expect(harness.rows.text()).toBe(pairs([1, 2], [3, 4]))
  })
  it('without a limit an endless recursion is an error beyond the bound of the server', () => {
    const one: Scalar = { kind: 'const', value: 1, type: INT8 }
    const types = [INT8]
    const body = [
      node({ op: 'import', index: 0 }, EDGE),
      node({ op: 'variable', index: 0 }, types),
      node(
        {
          op: 'map',
          input: 0,
          filter: null,
          exprs: [{ kind: 'cast', arg: column(0), explicit: true, type: INT8, position: 0 }],
        },
        types,
      ),
      node(
        {
          op: 'map',
          input: 1,
          filter: null,
          exprs: [{ kind: 'call', fn: 'int8pl(int8,int8)', args: [column(0, INT8), one], type: INT8, position: 0 }],
        },
        types,
      ),
      node({ op: 'union', inputs: [2, 3] }, types),
    ]
    const plan = planOf([
      node({ op: 'get', object: 1, columns: [0, 1] }, EDGE),
      node({ op: 'scope', imports: [0], body, results: [4], output: 0, limit: null }, types),
    ])
    const harness = new Harness(plan, OBJECTS)
    harness.step([insert(0, 0)])
    expect(harness.errors.text()).toBe('+1 ["54001"]')
    harness.step([remove(0, 0)])
    expect(harness.errors.text()).toBe('')
    expect(harness.rows.text()).toBe('')
  })
  it('costs the derivations touched, not the graph', () => {
    const harness = new Harness(reachability(), OBJECTS)
    const chain = Array.from({ length: 30 }, (_, i) => insert(i, i + 1))
    harness.step([...chain.slice(0, 15), ...chain.slice(16)])
    const before = steps(harness)
    harness.step([insert(100, 101)])
    // One edge beside the rest: two iterations of the body, however long the chain is.
    expect(steps(harness) - before).toBeLessThanOrEqual(20)
  })
})

/** Operator steps inside the scope so far: counted where they all pass. */
const counters = new WeakMap<Harness, { n: number }>()
function steps(harness: Harness): number {
  let counter = counters.get(harness)
  if (counter === undefined) {
    const counting = { n: 0 }
    counter = counting
    counters.set(harness, counter)
    const scope = harness.view.operators.find((operator) => operator.name === 'scope') as unknown as {
      spec: { circuit: { operators: Iterable<{ step(...args: unknown[]): void }> } }
    }
    for (const operator of scope.spec.circuit.operators) {
      const step = operator.step.bind(operator)
      operator.step = (...args) => {
        counting.n++
        step(...args)
      }
    }
  }
  return counter.n
}
