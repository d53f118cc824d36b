import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consolidate } from '../dataflow/consolidate.ts'
import { ERROR_TYPES } from '../dataflow/contract.ts'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { COUNT_MAX, copiesOf } from '../types/copies.ts'
import { INT4, INT8, TEXT } from '../types/sql-type.ts'
import { Harness } from './testing/harness.ts'
import { node, planOf } from './testing/random-plan.ts'

const objects = new Map([
  [1, [INT4]],
  [2, [TEXT]],
])
const get = (object: number, type = object === 1 ? INT4 : TEXT) => node({ op: 'get', object, columns: [0] }, [type])
const join = (left: number, right: number, keys: readonly number[] = [], types = [INT4, TEXT]) =>
  node(
    { op: 'join', type: 'inner', left, right, leftKeys: keys, rightKeys: keys, nullSafe: false, residual: null },
    types,
  )
const count = (input: number) =>
  node(
    {
      op: 'aggregate',
      input,
      keys: [],
      aggregates: [{ fn: 'count()', args: [], distinct: false, filter: null, order: [], type: INT8 }],
    } as never,
    [INT8],
  )
const rows = (object: number, diff: number) => ({ object, row: object === 1 ? [1] : ['x'], diff })
const errorsOf = (harness: Harness) =>
  [...harness.view.output.errors.scan()].flatMap((batch) => rowsOf(batch, ERROR_TYPES).map((row) => row.slice(0, 3)))
const TOO_OFTEN = ['54000', `a row occurs more than ${COUNT_MAX} times`]

describe('rows that occur more often than 32 bits can say', () => {
  it('are counted right while they only pass, made by inserts and retractions of either side in any order', () => {
    const steps = fc.array(
      fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 70_000, 3_000_000, -1, -70_000), fc.boolean()),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(steps, (plan) => {
        const harness = new Harness(planOf([get(1), get(2), join(0, 1), count(2)]), objects)
        const held = [0, 0, 0]
        let tick: ReturnType<typeof rows>[] = []
        for (const [object, asked, goesOn] of plan) {
          const diff = Math.max(asked, -held[object]!)
          held[object]! += diff
          if (diff !== 0) tick.push(rows(object, diff))
          if (goesOn) continue
          harness.step(tick)
          tick = []
          const total = held[1]! * held[2]!
          expect([...harness.view.output.rows.scan()].flatMap((b) => rowsOf(b, [INT8]))).toEqual(
            total === 0 && harness.view.output.rows.rows === 0 ? [] : [[total]],
          )
          expect(errorsOf(harness)).toEqual([])
        }
      }),
      { numRuns: 40 },
    )
  })

  it('poison the view that keeps them, for as long as it is there', () => {
    const harness = new Harness(planOf([get(1), get(2), join(0, 1)]), objects)
    harness.step([rows(1, 50_000), rows(2, 40_000)])
    expect(errorsOf(harness)).toEqual([])
    harness.step([rows(2, 3_000)])
    expect(errorsOf(harness)).toEqual([[...TOO_OFTEN, 'output']])
    harness.step([rows(1, 1)])
    harness.restart()
    harness.step([rows(1, -50_001)])
    expect(errorsOf(harness)).toEqual([[...TOO_OFTEN, 'output']])
  })

  it('poison it when one of its operators keeps them, too', () => {
    // (a × b) × c: the pairs of the first join are kept for the second.
    const twice = planOf([get(1), get(2), join(0, 1), get(1), join(2, 3, [], [INT4, TEXT, INT4]), count(4)])
    const harness = new Harness(twice, objects)
    harness.step([rows(1, 60_000), rows(2, 60_000)])
    expect(errorsOf(harness)).toEqual([[...TOO_OFTEN, 'output']])
  })

  it('are errors of the join itself where no batch could tell their number', () => {
    const harness = new Harness(planOf([get(1), get(2), join(0, 1), count(2)]), objects)
    harness.step([rows(1, COUNT_MAX)])
    harness.step([rows(2, COUNT_MAX)])
    expect(errorsOf(harness)).toEqual([[...TOO_OFTEN, 'join']])
  })
})

it('consolidation deals such counts out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(COUNT_MAX, -COUNT_MAX, 1, 1e9, -1e9))),
      (given) => {
        const sum = (list: readonly (readonly [unknown, number])[], key: number) =>
          list.reduce((total, [k, diff]) => (k === key ? total + diff : total), 0)
        const batches = given.map(([k, diff]) => batchFromRows([INT4], [[k]], [diff]))
        const out = consolidate(batches).flatMap((b) =>
          rowsOf(b, [INT4]).map((row, i) => [row[0], b.diffs[i]!] as const),
        )
        for (const key of [1, 2]) {
          const total = sum(given, key)
          expect(sum(out, key)).toBe(total)
          expect(out.filter(([k]) => k === key).length).toBe(Math.ceil(Math.abs(total) / COUNT_MAX))
        }
      },
    ),
  )
  expect(copiesOf([0, -5], 2).diffs).toEqual(Int32Array.of(-5))
})
