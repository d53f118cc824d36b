import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createState } from '../state/factory.ts'
import { memoryPager } from '../state/memory-pager.testkit.ts'
import { type Change, Harness } from './testing/harness.ts'
import { anyPlan, OBJECTS, OPS } from './testing/random-plan.ts'
import { anyDatum, type Gen, pickFrom } from './testing/random-scalar.ts'

/** Random deltas: inserts, retractions (also of what is not there), duplicates, errors. */
function anyTick(g: Gen, appendOnly: number | null = null): Change[] {
  return Array.from({ length: g(fc.nat, { max: 5 }) }, () => {
    const object = pickFrom(g, [...OBJECTS.keys()])
    const row = OBJECTS.get(object)!.map((type) => anyDatum(g, type))
    const diff = pickFrom(g, object === appendOnly ? [1, 1, 2] : [1, 1, 1, 2, -1])
    return { object, row, diff, ...(g(fc.nat, { max: 19 }) === 0 ? { error: '22012' } : {}) }
  })
}

function check(
  g: Gen,
  ops: Parameters<typeof anyPlan>[1],
  size: number,
  state = createState(),
  between: (harness: Harness) => void = () => {},
): void {
  const harness = new Harness(anyPlan(g, ops, size), OBJECTS, state)
  for (let tick = 0; tick < 5; tick++) {
    harness.step(anyTick(g))
    const expected = harness.expected()
    expect(harness.rows.text()).toBe(expected.rows.text())
    expect(harness.errors.text()).toBe(expected.errors.text())
    between(harness)
  }
}

/** The same with one object of which nothing is ever retracted: its arrangements do not look for identical rows. */
function checkAppendOnly(g: Gen, ops: Parameters<typeof anyPlan>[1], size: number): void {
  const plan = anyPlan(g, ops, size)
  const nodes = plan.nodes.map((each) =>
    each.op === 'get' && each.object === 1 ? { ...each, appendOnly: true } : each,
  )
  const harness = new Harness({ ...plan, nodes }, OBJECTS, createState())
  for (let tick = 0; tick < 5; tick++) {
    harness.step(anyTick(g, 1))
    const expected = harness.expected()
    expect(harness.rows.text()).toBe(expected.rows.text())
    expect(harness.errors.text()).toBe(expected.errors.text())
    if (g(fc.boolean)) harness.restart()
  }
}

const RUNS = Number(process.env['MILLRACE_TEST_RUNS'] ?? 60)

describe('incremental equals recompute at every tick', () => {
  for (const op of OPS) {
    it(`${op} alone and twice`, () => {
      fc.assert(
        fc.property(fc.gen(), (g) => check(g, [op], 2)),
        { numRuns: RUNS },
      )
    })
  }
  it('plans of linear operators and joins', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => check(g, ['map', 'join', 'union', 'negate'], 5)),
      { numRuns: RUNS },
    )
  })
  it('plans of every operator', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => check(g, OPS, 6)),
      { numRuns: RUNS * 3 },
    )
  })
  it('joins of an append-only object', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => checkAppendOnly(g, ['join', 'map', 'join'], 3)),
      { numRuns: RUNS * 3 },
    )
  })
  it('recursion over every operator', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => check(g, ['scope', 'map', 'scope'], 2)),
      { numRuns: RUNS },
    )
  })
  it('aggregates whose chunks are evicted at every tick', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const state = createState({ pager: memoryPager() })
        check(g, ['aggregate'], 2, state, () => state.evict())
      }),
      { numRuns: RUNS },
    )
  })
  it('plans rendered again onto their durable state, as after a restart', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        check(g, OPS, 4, createState(), (harness) => {
          if (g(fc.boolean)) harness.restart()
        })
      }),
      { numRuns: RUNS * 2 },
    )
  })
})
