import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchFromRows, concatBatches, rowsOf, sliceBatch, takeBatch } from './batch-build.ts'
import { buildColumn, columnBuilder } from './column-build.ts'
import { datumAt } from './column-read.ts'
import { takeRows } from './column-shape.ts'
import { BOOL, INT8, NUMERIC, TEXT, TIMESTAMP } from './sql-type.ts'
import type { Datum } from './value.ts'
import { datumOf, someTypes } from './values.testkit.ts'

const rowsOfTypes = fc.array(fc.tuple(...someTypes.map((type) => fc.option(datumOf(type), { freq: 4 }))), {
  maxLength: 20,
})

describe('columns', () => {
  test('give back what was appended, for every type', () => {
    fc.assert(
      fc.property(rowsOfTypes, (rows) => {
        expect(rowsOf(batchFromRows(someTypes, rows as Datum[][]), someTypes)).toEqual(rows)
      }),
    )
  })

  test('slicing, gathering and concatenating equal the same on rows', () => {
    fc.assert(
      fc.property(rowsOfTypes, rowsOfTypes, fc.nat(), fc.nat(), (left, right, x, y) => {
        const a = batchFromRows(someTypes, left as Datum[][])
        const b = batchFromRows(someTypes, right as Datum[][])
        const all = concatBatches([a, b])
        const rows = [...left, ...right]
        expect(rowsOf(all, someTypes)).toEqual(rows)
        const start = x % (rows.length + 1)
        const end = start + (y % (rows.length + 1 - start))
        expect(rowsOf(sliceBatch(all, start, end), someTypes)).toEqual(rows.slice(start, end))
        const picks = Int32Array.from(rows.keys())
          .reverse()
          .subarray(0, end - start)
        expect(rowsOf(takeBatch(all, picks, picks.length), someTypes)).toEqual([...picks].map((i) => rows[i]))
        const piece = sliceBatch(all, start, end)
        expect(rowsOf(concatBatches([piece, a]), someTypes)).toEqual([...rows.slice(start, end), ...left])
      }),
    )
  })

  test('row -1 gathers NULL', () => {
    const column = takeRows(buildColumn(TEXT, ['a', null, 'c']), Int32Array.of(2, -1, 1), 3)
    expect([0, 1, 2].map((i) => datumAt(column, i, TEXT))).toEqual(['c', null, null])
  })

  test('int8 becomes i64 only when a value leaves 2^53', () => {
    expect(buildColumn(INT8, [1, 2]).kind).toBe('f64')
    const wide = buildColumn(INT8, [1, 2n ** 62n, null])
    expect(wide.kind).toBe('i64')
    expect([0, 1, 2].map((i) => datumAt(wide, i, INT8))).toEqual([1, 2n ** 62n, null])
  })

  test('an infinite timestamp survives a wide column', () => {
    const column = buildColumn(TIMESTAMP, [Infinity, 2n ** 60n, -Infinity])
    expect([0, 1, 2].map((i) => datumAt(column, i, TIMESTAMP))).toEqual([Infinity, 2n ** 60n, -Infinity])
  })

  test('numerics of one scale keep one scale', () => {
    expect(buildColumn(NUMERIC, [{ mantissa: 150, scale: 2 }, null, { mantissa: 1, scale: 2 }])).toMatchObject({
      scale: 2,
    })
    expect(
      buildColumn(NUMERIC, [
        { mantissa: 150, scale: 2 },
        { mantissa: 1, scale: 1 },
      ]),
    ).toMatchObject({ scale: -1 })
  })

  test('truncate takes back the rows of a failed record', () => {
    for (const [type, good, bad] of [
      [TEXT, 'good', 'bad'],
      [BOOL, true, false],
      [INT8, 1, 2n ** 60n],
      [NUMERIC, { mantissa: 1, scale: 0 }, { mantissa: 5n ** 40n, scale: 3 }],
    ] as const) {
      const builder = columnBuilder(type)
      builder.append(good)
      builder.append(bad)
      builder.append(null)
      builder.truncate(1)
      builder.append(good)
      const column = builder.finish()
      expect([0, 1].map((i) => datumAt(column, i, type))).toEqual([good, good])
    }
  })
})
