import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createState } from '../state/factory.ts'
import type { Batch } from '../types/batch.ts'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { INT4, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { CHANGE_TYPES, ChangesInput } from './operators/changes.ts'

const TYPES: readonly SqlType[] = [INT4, TEXT, TEXT]

interface Change {
  readonly op: 'put' | 'delete' | 'truncate'
  readonly id: number
  /** null: not sent. */
  readonly a: string | null
  readonly b: string
}

const change: fc.Arbitrary<Change> = fc.record({
  op: fc.constantFrom('put', 'put', 'put', 'delete', 'truncate'),
  id: fc.nat(3),
  a: fc.option(fc.constantFrom('x', 'y'), { freq: 4 }),
  b: fc.constantFrom('p', 'q'),
})
const MARKS = { put: 0, delete: 1, truncate: 2 } as const

function batchOf(changes: readonly (Change & { readonly at: number })[]): { rows: Batch; marks: Uint8Array } {
  const rows = changes.map(({ op, id, a, b, at }): Datum[] => [
    op === 'truncate' ? null : id,
    op === 'put' ? a : null,
    op === 'put' ? b : null,
    `p${String(at).padStart(5, '0')}`,
    op === 'put' && a === null ? '1' : null,
    at,
  ])
  return {
    rows: batchFromRows([...TYPES, ...CHANGE_TYPES], rows),
    marks: Uint8Array.from(changes, ({ op }) => MARKS[op]),
  }
}

/** The table that the changes are of, and how many could not be taken. */
function model(changes: readonly Change[]) {
  const table = new Map<number, [string, string]>()
  let refused = 0
  for (const { op, id, a, b } of changes) {
    if (op === 'truncate') table.clear()
    else if (op === 'delete') table.delete(id)
    else if (a !== null) table.set(id, [a, b])
    else if (table.has(id)) table.set(id, [table.get(id)![0], b])
    else refused++
  }
  return { rows: [...table].map(([id, [a, b]]) => [id, a, b]).sort(), refused }
}

const rowsIn = (input: ChangesInput) => [...input.rows.scan()].flatMap((batch) => rowsOf(batch, TYPES)).sort()
const newInput = () => new ChangesInput({ id: 0, position: 0, stateId: 's' }, TYPES, [0], createState())

describe('changes of a database', () => {
  test('make its table, whatever the batches, whatever comes again', () => {
    const cut = fc.record({ length: fc.integer({ min: 1, max: 6 }), back: fc.option(fc.nat(8), { freq: 3 }) })
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 40 }),
        fc.array(cut, { minLength: 1, maxLength: 20 }),
        (given, cuts) => {
          const changes = given.map((each, i) => ({ ...each, at: i + 1 }))
          const input = newInput()
          let refused = 0
          let next = 0
          for (let i = 0; next < changes.length; i++) {
            const { length, back } = cuts[i % cuts.length]
            // The connector goes back some way and sends again, as after a restart; all that was sent comes before anything new.
            if (back !== null && next > 1) {
              const again = batchOf(changes.slice(Math.max(0, next - 1 - back), next - 1))
              refused += input.pushChanges(0, 1, again.rows, again.marks).length
            }
            const { rows, marks } = batchOf(changes.slice(next, next + length))
            refused += input.pushChanges(0, 1, rows, marks).length
            next += length
          }
          const expected = model(changes)
          expect(rowsIn(input)).toEqual(expected.rows)
          expect(refused).toBe(expected.refused)
        },
      ),
    )
  })

  test('partitions have marks of their own', () => {
    const input = newInput()
    const one = batchOf([{ op: 'put', id: 1, a: 'x', b: 'p', at: 9 }])
    const other = batchOf([{ op: 'put', id: 2, a: 'x', b: 'p', at: 3 }])
    input.pushChanges(0, 2, one.rows, one.marks)
    input.pushChanges(1, 2, other.rows, other.marks)
    input.pushChanges(0, 2, other.rows, other.marks)
    expect(rowsIn(input)).toHaveLength(2)
    expect(input.duplicates).toBe(1)
  })

  test('a truncation among several partitions is refused, with its offset', () => {
    const input = newInput()
    const { rows, marks } = batchOf([
      { op: 'put', id: 1, a: 'x', b: 'p', at: 1 },
      { op: 'truncate', id: 0, a: null, b: 'p', at: 2 },
    ])
    expect(input.pushChanges(0, 2, rows, marks)).toEqual([
      { offset: 2, reason: 'TRUNCATE in a topic of several partitions' },
    ])
    expect(rowsIn(input)).toHaveLength(1)
  })

  test('after forgetting, the stream from its beginning is taken again', () => {
    const input = newInput()
    const { rows, marks } = batchOf([{ op: 'put', id: 1, a: 'x', b: 'p', at: 5 }])
    input.pushChanges(0, 1, rows, marks)
    input.forget()
    const earlier = batchOf([{ op: 'put', id: 1, a: 'y', b: 'p', at: 1 }])
    input.pushChanges(0, 1, earlier.rows, earlier.marks)
    expect(rowsIn(input)).toEqual([[1, 'y', 'p']])
  })
})
