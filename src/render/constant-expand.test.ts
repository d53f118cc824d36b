import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import { createState } from '../state/factory.ts'
import { INT4, INT8, TEXT } from '../types/sql-type.ts'
import { Harness } from './testing/harness.ts'
import { node, planOf } from './testing/random-plan.ts'

const ROW = [INT4, TEXT]
const int = (value: number | null): Scalar => ({ kind: 'const', value, type: INT4 })

/** `FROM t, generate_series(from, to) WITH ORDINALITY`. */
function crossPlan(from: number | null, to: number, outer = false): PhysicalPlan {
  const fn = 'generate_series(int4,int4)'
  return planOf([
    node({ op: 'get', object: 1, columns: [0, 1] }, ROW),
    node({ op: 'constant', rows: [[]] }, []),
    node({ op: 'flatMap', input: 1, fn, args: [int(from), int(to)], withOrdinality: true, outer }, [INT4, INT8]),
    node(
      { op: 'join', type: 'inner', left: 0, right: 2, leftKeys: [], rightKeys: [], nullSafe: false, residual: null },
      [...ROW, INT4, INT8],
    ),
  ])
}
const objects = new Map([[1, ROW]])

describe('a cross join with a table function of constants', () => {
  it('equals the batch query at every tick, and keeps nothing but its result', () => {
    const change = fc.record({
      object: fc.constant(1),
      row: fc.tuple(fc.constantFrom(null, 1, 2, 3), fc.constantFrom('a', 'b')),
      diff: fc.constantFrom(1, 1, 2, -1),
    })
    const bounds = fc.constantFrom([0, 4], [3, 3], [1, 0], [null, 2], [1, 1024], [1, 1025])
    fc.assert(
      fc.property(
        bounds,
        fc.boolean(),
        fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 4 }),
        (series, outer, ticks) => {
          const states = createState()
          const harness = new Harness(crossPlan(series[0], series[1]!, outer), objects, states)
          for (const changes of ticks) {
            harness.step(changes)
            expect(harness.rows.equals(harness.expected().rows)).toBe(true)
          }
          const kept = [...states.structures()].map(({ id }) => id).filter((id) => !/result|constant/.test(id))
          // Beyond 1024 rows it is a join again, which keeps both sides.
          expect(kept.length).toBe(series[1] === 1025 ? 2 : 0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('takes batches in pieces of whole rows', () => {
    const harness = new Harness(crossPlan(1, 1000), objects)
    harness.step(Array.from({ length: 9 }, (_, k) => ({ object: 1, row: [k, 'x'], diff: 1 })))
    expect(harness.rows.equals(harness.expected().rows)).toBe(true)
  })
})
