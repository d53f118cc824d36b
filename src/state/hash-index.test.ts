import { expect, test } from 'vitest'
import type { Column } from '../types/column.ts'
import { HashIndex } from './hash-index.ts'

test('keys whose hashes all fall into a few segments are kept and found', () => {
  const index = new HashIndex({ matches: () => true, verify: () => {} })
  const keys = 200_000
  const none: Column[] = []
  // Ascending hashes, as of rows that were dealt out by their upper bits: the single table ends with segments 0 to 9 full.
  const hashOf = (slot: number) => slot * 2_654
  for (let slot = 0; slot < keys; slot++) index.insert(hashOf(slot), slot)
  expect(index.size).toBe(keys)
  for (let slot = 0; slot < keys; slot += 97) expect(index.find(hashOf(slot), none, 0)).toBe(slot)
  expect(index.find(hashOf(keys) + 1, none, 0)).toBe(-1)
})
