import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INT4, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'
import { type Change, Harness } from './testing/harness.ts'
import { node, planOf } from './testing/random-plan.ts'
import { type Gen, pickFrom } from './testing/random-scalar.ts'

const TYPES: readonly SqlType[] = [INT4, INT4, TEXT]
const OBJECTS = new Map([
  [1, TYPES],
  [2, TYPES],
])
type Compare = '>=' | '>' | '<=' | '<'

function planFor(compare: Compare, outer: boolean, keyed: boolean) {
  const key = keyed ? [0] : []
  return planOf([
    node({ op: 'get', object: 1, columns: [0, 1, 2] }, TYPES),
    node({ op: 'get', object: 2, columns: [0, 1, 2] }, TYPES),
    node(
      {
        op: 'asofJoin',
        outer,
        left: 0,
        right: 1,
        leftKeys: key,
        rightKeys: key,
        nearest: { left: 1, right: 1, compare },
      },
      [...TYPES, ...TYPES],
    ),
  ])
}

/** Few keys, times and texts: many ties, many rows that one right row serves. */
function anyRow(g: Gen): Row {
  const orNull = (value: Datum) => (g(fc.nat, { max: 14 }) === 0 ? null : value)
  return [orNull(g(fc.nat, { max: 1 })), orNull(g(fc.nat, { max: 12 })), pickFrom(g, ['a', 'b', 'c'])]
}

function check(g: Gen): void {
  const compare = pickFrom(g, ['>=', '>', '<=', '<'] as const)
  const harness = new Harness(planFor(compare, g(fc.boolean), g(fc.nat, { max: 3 }) > 0), OBJECTS)
  const known: { object: number; row: Row }[] = []
  for (let tick = 0; tick < 8; tick++) {
    const changes: Change[] = Array.from({ length: g(fc.nat, { max: 16 }) }, () => {
      // Half of the time a row that was there goes; sometimes one that was not.
      if (known.length > 0 && g(fc.boolean)) {
        const [{ object, row }] = known.splice(g(fc.nat, { max: known.length - 1 }), 1)
        return { object, row, diff: -1 }
      }
      const object = g(fc.integer, { min: 1, max: 2 })
      const row = anyRow(g)
      const diff = pickFrom(g, [1, 1, 1, 1, 2, -1])
      if (diff > 0) known.push({ object, row })
      return { object, row, diff }
    })
    harness.step(changes)
    expect(harness.rows.text()).toBe(harness.expected().rows.text())
    if (g(fc.nat, { max: 3 }) === 0) harness.restart()
  }
}

describe('ASOF JOIN', () => {
  it('gives what looking at all right rows gives, after every tick', () => {
    fc.assert(
      fc.property(fc.gen(), (g) => check(g)),
      { numRuns: Number(process.env['MILLRACE_TEST_RUNS'] ?? 250) },
    )
  })

  it('takes the first row of a time in the row order, and the next one once that is gone', () => {
    const harness = new Harness(planFor('>=', true, true), OBJECTS)
    harness.step([
      { object: 1, row: [1, 10, 'order'], diff: 1 },
      { object: 2, row: [1, 5, 'y'], diff: 1 },
      { object: 2, row: [1, 5, 'x'], diff: 1 },
    ])
    expect(harness.rows.text()).toBe('+1 [1,10,"order",1,5,"x"]')
    harness.step([{ object: 2, row: [1, 5, 'x'], diff: -1 }])
    expect(harness.rows.text()).toBe('+1 [1,10,"order",1,5,"y"]')
    harness.step([{ object: 2, row: [1, 5, 'y'], diff: -1 }])
    expect(harness.rows.text()).toBe('+1 [1,10,"order",null,null,null]')
  })

  it('changes only the left rows that a changed right row serves', () => {
    const harness = new Harness(planFor('>=', false, true), OBJECTS)
    const rows = (object: number, step: number): Change[] =>
      Array.from({ length: 1000 / step }, (_, i) => ({ object, row: [1, i * step, 'r'], diff: 1 }))
    harness.step([...rows(1, 1), ...rows(2, 100)])
    let changed = 0
    const { output } = harness.view
    const taken = output.takeChanges.bind(output)
    output.takeChanges = () => {
      const delta = taken()
      changed = delta.rows.reduce((n, batch) => n + batch.n, 0)
      return delta
    }
    harness.step([{ object: 2, row: [1, 550, 'new'], diff: 1 }])
    // 550 to 599: each loses the version of 500 and gets that of 550.
    expect(changed).toBe(100)
    // Behind another row of its time: serves nothing.
    harness.step([{ object: 2, row: [1, 550, 'zzz'], diff: 1 }])
    expect(changed).toBe(0)
  })
})
