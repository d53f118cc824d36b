import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INT4, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import { type Change, Harness } from './testing/harness.ts'
import { node, planOf } from './testing/random-plan.ts'
import { type Gen, pickFrom } from './testing/random-scalar.ts'
import { rowKey, ZSet } from './testing/zset.ts'

const TYPES: readonly SqlType[] = [INT4, TEXT]
const OBJECTS = new Map([[1, TYPES]])
const get = node({ op: 'get', object: 1, columns: [0, 1] }, TYPES)
const RUNS = Number(process.env['MILLRACE_TEST_RUNS'] ?? 100)

/** Changes of rows that are there; and moments that are mostly near one another. */
function anyChanges(g: Gen, input: ZSet): Change[] {
  const changes: Change[] = []
  const n = g(fc.nat, { max: 4 })
  for (let k = 0; k < n; k++) {
    const row: Row = [g(fc.nat, { max: 3 }), pickFrom(g, ['a', 'b'])]
    const diff = pickFrom(g, [1, 1, 2, -1, -1])
    if (input.count(row) + diff < 0) continue
    input.add(row, diff)
    changes.push({ object: 1, row, diff })
  }
  return changes
}

const anyPause = (g: Gen) => pickFrom(g, [0, 1, 1, 3, 9, 10, 11, 25])

describe('rows with a time to live', () => {
  it('leave that long after they last came, whatever is retracted before or behind', () => {
    const check = (g: Gen) => {
      const ttlMicros = 10
      const harness = new Harness(planOf([get, node({ op: 'expire', input: 0, ttlMicros }, TYPES)]), OBJECTS)
      const input = new ZSet()
      const alive = new Map<string, { row: Row; count: number; leaves: number }>()
      let now = 1000
      for (let tick = 0; tick < 12; tick++) {
        now += anyPause(g)
        const changes = anyChanges(g, input)
        const sums = new ZSet()
        for (const { row, diff } of changes) sums.add(row, diff)
        for (const { row, diff } of sums.rows()) {
          const known = alive.get(rowKey(row)) ?? { row, count: 0, leaves: 0 }
          const count = Math.max(0, known.count + diff)
          alive.set(rowKey(row), { row, count, leaves: diff > 0 ? now + ttlMicros : known.leaves })
        }
        for (const [key, { count, leaves }] of alive) if (count === 0 || leaves <= now) alive.delete(key)
        harness.step(changes, now)
        const expected = new ZSet()
        for (const { row, count } of alive.values()) expected.add(row, count)
        expect(harness.rows.text()).toBe(expected.text())
        const frontier = harness.circuit.frontier()
        for (const { leaves } of alive.values()) expect(frontier).toBeLessThanOrEqual(leaves)
        if (g(fc.nat, { max: 3 }) === 0) harness.restart()
      }
    }
    fc.assert(
      fc.property(fc.gen(), (g) => check(g)),
      { numRuns: RUNS },
    )
  })

  it('keep nothing of rows that have left', () => {
    const harness = new Harness(planOf([get, node({ op: 'expire', input: 0, ttlMicros: 10 }, TYPES)]), OBJECTS)
    for (let i = 0; i < 100; i++) harness.step([{ object: 1, row: [i, 'a'], diff: 1 }], i)
    expect(harness.rows.rows().length).toBe(10)
    harness.step([], 1000)
    expect(harness.rows.rows().length).toBe(0)
    expect(harness.circuit.frontier()).toBe(Number.POSITIVE_INFINITY)
    harness.step([{ object: 1, row: [5, 'a'], diff: -1 }], 1001)
    expect(harness.rows.text()).toBe('')
  })
})

describe('changes that wait for multiples of a period', () => {
  it('give at each multiple what the input was before it', () => {
    const check = (g: Gen) => {
      const everyMicros = 10
      const plan = planOf([get, node({ op: 'emitPeriodic', input: 0, everyMicros }, TYPES)])
      const harness = new Harness(plan, OBJECTS)
      const input = new ZSet()
      let shown = ''
      let waits = ''
      let now = 1000
      for (let tick = 0; tick < 12; tick++) {
        const before = now
        now += anyPause(g)
        // All that came in earlier periods is out; what comes now waits.
        if (Math.floor(now / everyMicros) > Math.floor(before / everyMicros)) shown = waits
        harness.step(anyChanges(g, input), now)
        waits = input.text()
        expect(harness.rows.text()).toBe(shown)
        if (shown !== waits) expect(harness.circuit.frontier()).toBe((Math.floor(now / everyMicros) + 1) * everyMicros)
        if (g(fc.nat, { max: 3 }) === 0) harness.restart()
      }
    }
    fc.assert(
      fc.property(fc.gen(), (g) => check(g)),
      { numRuns: RUNS },
    )
  })
})
