import { describe, expect, test } from 'vitest'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { INT4, TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import { finish } from './finishing.ts'

const TYPES = [INT4, TEXT]
const run = (
  rows: readonly Row[],
  diffs: readonly number[],
  finishing: Partial<Parameters<typeof finish>[2]>,
): string[] => {
  const batches = rows.length === 0 ? [] : [batchFromRows(TYPES, rows, diffs)]
  const result = finish(batches, TYPES, { order: [], limit: null, offset: 0, project: [0, 1], ...finishing })
  return result.flatMap((b) => rowsOf(b, TYPES).flatMap((row, i) => new Array<string>(b.diffs[i]!).fill(row.join(' '))))
}
const byFirst = [{ column: 0, desc: false, nullsFirst: false }]

describe('finishing', () => {
  test('nothing in, nothing out, ordered or not', () => {
    expect(run([], [], { order: byFirst, limit: 1 })).toEqual([])
    expect(run([], [], {})).toEqual([])
  })
  test('ties follow the row order, whatever order they came in', () => {
    expect(
      run(
        [
          [1, 'b'],
          [0, 'z'],
          [1, 'a'],
        ],
        [1, 1, 1],
        { order: byFirst },
      ),
    ).toEqual(['0 z', '1 a', '1 b'])
  })
  test('a row of count n is n rows, cut apart by offset and limit', () => {
    expect(
      run(
        [
          [1, 'a'],
          [2, 'b'],
        ],
        [3, 2],
        { order: byFirst, offset: 2, limit: 2 },
      ),
    ).toEqual(['1 a', '2 b'])
    expect(
      run(
        [
          [1, 'a'],
          [2, 'b'],
        ],
        [3, 2],
        { offset: 4 },
      ),
    ).toEqual(['2 b'])
  })
  test('limit 0 and offsets beyond the end give nothing', () => {
    expect(run([[1, 'a']], [1], { limit: 0 })).toEqual([])
    expect(run([[1, 'a']], [1], { offset: 5 })).toEqual([])
  })
})
