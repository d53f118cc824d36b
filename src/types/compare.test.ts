import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildColumn } from './column-build.ts'
import { compareAt, compareBySort, compareDatum, compareRows, compareValueRows } from './compare.ts'
import { equalDatum } from './datum.ts'
import { arrayOf, BYTEA, FLOAT8, INT4, INTERVAL, JSONB, NUMERIC, type SqlType, TEXT } from './sql-type.ts'
import { encodeUtf8 } from './utf8.ts'
import type { Datum } from './value.ts'
import { datumOf, someTypes } from './values.testkit.ts'

const sorted = (type: SqlType, data: Datum[]) => data.toSorted((a, b) => compareDatum(type, a, b))

describe('order', () => {
  test.each<[string, SqlType, Datum[]]>([
    ['floats: NaN largest, then NULL', FLOAT8, [-Infinity, -1, 0, 1, Infinity, NaN, null]],
    ['text by bytes', TEXT, ['', 'A', 'B', 'a', 'ab', 'é', '\uffee', '😀']],
    ['bytea by bytes', BYTEA, [new Uint8Array([]), new Uint8Array([0]), new Uint8Array([255])]],
    ['arrays: elements, then length, NULL elements last', arrayOf(INT4), [[], [1], [1, 2], [1, null], [2], [null]]],
    [
      'jsonb: [] null string number boolean array object',
      JSONB,
      ['[]', 'null', '"a"', '2', '10', 'false', 'true', '[1]', '[1, 2]', '{}', '{"b": 1}', '{"a": 1, "b": 2}'],
    ],
    [
      'numeric: -Infinity, numbers, Infinity, NaN',
      NUMERIC,
      [
        { mantissa: -Infinity, scale: 0 },
        { mantissa: -1, scale: 0 },
        { mantissa: 5, scale: 1 },
        { mantissa: 10n ** 20n, scale: 0 },
        { mantissa: Infinity, scale: 0 },
        { mantissa: NaN, scale: 0 },
      ],
    ],
    [
      'intervals by total',
      INTERVAL,
      [
        { months: 0, days: -1, micros: 0 },
        { months: 0, days: 29, micros: 0 },
        { months: 1, days: 0, micros: 0 },
        { months: 0, days: 30, micros: 1 },
      ],
    ],
  ])('%s', (_, type, data) => {
    expect(sorted(type, data.toReversed())).toEqual(data)
  })

  test('columns compare as their values do', () => {
    for (const type of someTypes) {
      fc.assert(
        fc.property(fc.option(datumOf(type)), fc.option(datumOf(type)), (a, b) => {
          const column = buildColumn(type, [a, b])
          expect(Math.sign(compareAt(type, column, 0, column, 1))).toBe(Math.sign(compareDatum(type, a, b)))
        }),
        { numRuns: 50 },
      )
    }
  })

  test('text order is the order of the UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareDatum(TEXT, a, b))).toBe(Buffer.compare(encodeUtf8(a), encodeUtf8(b)))
      }),
    )
  })

  test('the row order separates equal values of different form', () => {
    const one = { mantissa: 1, scale: 0 }
    const oneZero = { mantissa: 10, scale: 1 }
    const column = buildColumn(NUMERIC, [one, oneZero])
    expect(equalDatum(one, oneZero)).toBe(true)
    expect(compareRows([NUMERIC], [column], 0, [column], 1)).toBeLessThan(0)
    expect(compareValueRows([NUMERIC], [oneZero], [one])).toBeGreaterThan(0)
    expect(compareValueRows([FLOAT8], [-0], [0])).toBeLessThan(0)
  })

  test('ORDER BY keys: direction and place of NULLs', () => {
    const cols = [buildColumn(INT4, [null, 1, 2])]
    const by = (desc: boolean, nullsFirst: boolean) =>
      [0, 1, 2].toSorted((i, j) => compareBySort([{ column: 0, desc, nullsFirst }], [INT4], cols, i, cols, j))
    expect(by(false, false)).toEqual([1, 2, 0])
    expect(by(true, false)).toEqual([2, 1, 0])
    expect(by(true, true)).toEqual([0, 2, 1])
  })
})
