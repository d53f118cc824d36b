import { expect, test } from 'vitest'
import type { World } from '../world.ts'
import { MILLRACE_RELATIONS } from './millrace.ts'

/** Partitions with their end offsets, and how far their records have been taken in. */
function statusOf(ends: readonly [number, number][], positions: readonly [number, number][]) {
  const source = {
    status: { state: 'running', endOffsets: new Map(ends) },
    live: true,
    positions: new Map(positions),
    fetched: 5,
    deadLetters: { rows: 0 },
    deadLettersOf: () => 0,
    input: {},
  }
  const catalog = { byId: () => ({ name: 's' }) }
  const world = { sources: new Map([[1, source]]), safeMode: null, catalog } as unknown as World
  const relation = MILLRACE_RELATIONS.find(({ name }) => name === 'source_status')!
  const columns = relation.rowType.map(({ name }) => name)
  const shown = ['partition', 'committed_offset', 'end_offset', 'lag'].map((name) => columns.indexOf(name))
  return [...relation.rows({ world } as never, { setting: () => undefined })].map((row) => shown.map((c) => row[c]))
}

test('a partition that was added is shown before its first record', () => {
  expect(
    statusOf(
      [
        [2, 4],
        [0, 9],
        [1, 0],
      ],
      [[0, 7]],
    ),
  ).toEqual([
    [0, 7, 9, 2],
    [1, 0, 0, 0],
    [2, 0, 4, 4],
  ])
})

test('a source of which nothing is known has one row', () => {
  expect(statusOf([], [])).toEqual([[null, null, null, null]])
})
