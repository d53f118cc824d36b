import { expect, test } from 'vitest'
import { Choices } from './choices.ts'
import { queryOf, worldOf } from './experiment.ts'
import { shrink } from './shrink.ts'

test('a sequence shrinks to what makes it fail', async () => {
  const fails = async (sequence: readonly number[]) => sequence.some((value) => value >= 7) && sequence.length >= 2
  expect(await shrink([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8], fails)).toEqual([0, 7])
})

test('the number of tries is bounded', async () => {
  let tries = 0
  await shrink([9, 9, 9, 9, 9, 9, 9, 9], async () => ++tries < 0, 5)
  expect(tries).toBe(5)
})

test('what was drawn from a seed is drawn again, and played again', () => {
  const first = Choices.seeded(11)
  const world = worldOf(first, 3)
  expect(worldOf(Choices.seeded(11), 3)).toEqual(world)
  expect(worldOf(Choices.played(first.taken), 3)).toEqual(world)
  const query = Choices.seeded(12)
  const sql = queryOf(world, query)
  expect(queryOf(world, Choices.played(query.taken))).toBe(sql)
})

test('a sequence that has ended makes the simplest query', () => {
  const world = worldOf(Choices.played([]), 0)
  expect(queryOf(world, Choices.played([]))).toBe('SELECT r1.id AS c0 FROM t0 r1')
})
