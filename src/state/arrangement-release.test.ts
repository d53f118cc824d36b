import { expect, test } from 'vitest'
import { batchFromRows, negateBatch, rowsOf } from '../types/batch-build.ts'
import { INT4, TEXT } from '../types/sql-type.ts'
import { createState } from './factory.ts'

const TYPES = [INT4, TEXT]
const rows = (n: number) =>
  batchFromRows(
    TYPES,
    Array.from({ length: n }, (_, i) => [i, `row ${i}`]),
  )

test('an arrangement that becomes empty gives its memory back, and the checkpoint hears of every row', () => {
  const state = createState()
  const arrangement = state.arrangement({ id: 'a', types: TYPES, key: [0] })
  const small = arrangement.bytes()
  arrangement.apply(rows(40_000))
  for (const _ of state.collect());
  const full = arrangement.bytes()
  arrangement.apply(negateBatch(rows(40_000)))
  expect(arrangement.rows).toBe(0)
  expect(arrangement.bytes()).toBeLessThan(small + full / 10)
  expect(state.dirtyRows()).toBe(40_000)
  arrangement.apply(rows(3))
  expect([...arrangement.scan()].flatMap((batch) => rowsOf(batch, TYPES))).toEqual(rowsOf(rows(3), TYPES))
})

test('not while somebody still reads the rows as they were', () => {
  const arrangement = createState().arrangement({ id: 'a', types: TYPES, key: [0] })
  arrangement.apply(rows(40_000))
  const pin = arrangement.pin()
  arrangement.apply(negateBatch(rows(40_000)))
  let seen = 0
  for (const batch of pin.scan()) seen += batch.n
  expect(seen).toBe(40_000)
  pin.release()
  expect([...arrangement.scan()]).toEqual([])
})
