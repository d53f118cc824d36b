import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ERROR_TYPES } from '../dataflow/contract.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
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
  it('where so many rows are enough gives no others than all of it has, and does not go on for more', async () => {
    const adding = OPS.filter((op) => ['map', 'union', 'join', 'distinct', 'aggregate', 'topK'].includes(op))
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.integer({ min: 1, max: 6 }), async (g, rowsMax) => {
        const plan = anyPlan(g, adding, 3)
        const contents = new Map(
          [...OBJECTS].map(([object, types]) => {
            const rows = Array.from({ length: g(fc.nat, { max: 8 }) }, () => types.map((type) => anyDatum(g, type)))
            return [object, rows.map((row) => batchFromRows(types, [row]))]
          }),
        )
        const once = (more: object) =>
          runOnce({
            plan,
            context: CONTEXT,
            objectTypes: (object) => OBJECTS.get(object)!,
            snapshot: (object) => ({ rows: contents.get(object)!, errors: [] }),
            tick: tickAt(1),
            slice: async () => {},
            sliceRows: 1,
            ...more,
          })
        const [all, some] = [await once({}), await once({ rowsMax })]
        const count = ({ rows }: typeof all) =>
          rows.reduce((sum, { n, diffs }) => sum + diffs.slice(0, n).reduce((a, b) => a + b, 0), 0)
        expect(count(some)).toBeGreaterThanOrEqual(Math.min(rowsMax, count(all)))
        const rest = new ZSet().addBatches(all.rows, plan.types)
        for (const batch of some.rows) rest.addBatches([{ ...batch, diffs: batch.diffs.map((d) => -d) }], plan.types)
        expect(rest.rows().every(({ diff }) => diff > 0)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('a join without an end is left where there are enough', async () => {
    const types = [...OBJECTS.values()][0]!
    const rows = batchFromRows(
      types,
      Array.from({ length: 3000 }, (_, i) => [i, 'a', i]),
    )
    const base = { position: -1, appendOnly: true, growth: 'none', types } as const
    const both = [...types, ...types]
    const get = { ...base, op: 'get', object: [...OBJECTS.keys()][0]!, columns: types.map((_, i) => i) } as const
    const join = { op: 'join', type: 'inner', left: 0, right: 1, leftKeys: [], rightKeys: [], nullSafe: false } as const
    const plan: PhysicalPlan = {
      formatVersion: 1,
      nodes: [get, get, { ...base, ...join, residual: null, types: both }],
      root: 2,
      types: both,
      fingerprint: '',
    }
    let slices = 0
    const { rows: found } = await runOnce({
      plan,
      context: CONTEXT,
      objectTypes: () => types,
      snapshot: () => ({ rows: [rows], errors: [] }),
      tick: tickAt(1),
      slice: async () => {
        slices++
      },
      rowsMax: 3,
    })
    expect(found.reduce((sum, { n }) => sum + n, 0)).toBeLessThan(300_000)
    expect(slices).toBeLessThan(1000)
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
