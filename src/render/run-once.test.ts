import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ERROR_TYPES } from '../dataflow/contract.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { runOnce } from './run-once.ts'
import { CONTEXT, tickAt } from './testing/harness.ts'
import { naivePlan } from './testing/naive.ts'
import { anyPlan, OBJECTS, OPS } from './testing/random-plan.ts'
import { anyDatum } from './testing/random-scalar.ts'
import { ZSet } from './testing/zset.ts'

describe('a plan run once', () => {
  it('gives what the plan means over the snapshots, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const plan = anyPlan(g, OPS, 4)
        const contents = new Map(
          [...OBJECTS].map(([object, types]) => {
            const rows = Array.from({ length: g(fc.nat, { max: 8 }) }, () => types.map((type) => anyDatum(g, type)))
            return [object, { rows: ZSet.of(rows.map((row) => ({ row, diff: 1 }))), errors: new ZSet() }]
          }),
        )
        let slices = 0
        const { rows, errors } = await runOnce({
          plan,
          context: CONTEXT,
          objectTypes: (object) => OBJECTS.get(object)!,
          snapshot: (object) => ({
            rows: contents
              .get(object)!
              .rows.rows()
              .map(({ row, diff }) => batchFromRows(OBJECTS.get(object)!, [row], [diff])),
            errors: [],
          }),
          tick: tickAt(1),
          slice: async () => {
            slices++
          },
          sliceRows: 3,
        })
        const expected = naivePlan(plan, contents, CONTEXT, tickAt(1))
        expect(new ZSet().addBatches(rows, plan.types).text()).toBe(expected.rows.text())
        const states = errors.map((batch) => ({ ...batch, cols: batch.cols.slice(0, 1) }))
        expect(new ZSet().addBatches(states, ERROR_TYPES.slice(0, 1)).text()).toBe(expected.errors.text())
        expect(slices).toBeGreaterThan(0)
      }),
      { numRuns: 100 },
    )
  })
  it('stops when a slice throws', async () => {
    const [types] = OBJECTS.values()
    const plan = anyPlan(((arbitrary: unknown) => (arbitrary === fc.boolean ? false : 0)) as never, ['distinct'], 1)
    const run = runOnce({
      plan,
      context: CONTEXT,
      objectTypes: (object) => OBJECTS.get(object)!,
      snapshot: () => ({ rows: [batchFromRows(types, [[1, 'a', 1]])], errors: [] }),
      tick: tickAt(1),
      slice: () => Promise.reject(new Error('cancelled')),
    })
    await expect(run).rejects.toThrow('cancelled')
  })
})
