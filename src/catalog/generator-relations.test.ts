import { expect, test } from 'vitest'
import { GENERATOR_RELATIONS } from './generator-relations.ts'

test('a table of a generator has columns of distinct names, and keys among them', () => {
  for (const tables of Object.values(GENERATOR_RELATIONS)) {
    for (const [table, { rowType, upsertKey }] of Object.entries(tables)) {
      expect(new Set(rowType.map((f) => f.name)).size, table).toBe(rowType.length)
      for (const key of upsertKey ?? []) expect(rowType[key].nullable, table).toBe(false)
    }
  }
})

test('an event of NEXMARK has the columns of each kind, of which only one is filled', () => {
  const { person, auction, bid, event } = GENERATOR_RELATIONS['nexmark']
  const width = person.rowType.length + auction.rowType.length + bid.rowType.length
  expect(event.rowType).toHaveLength(1 + width)
  expect(event.rowType.filter((f) => !f.nullable).map((f) => f.name)).toEqual(['event_type'])
  expect(event.rowType.map((f) => f.name)).toContain('bid_price')
})
