import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Column } from './column.ts'
import { buildColumn } from './column-build.ts'
import { equalAt, hashRow, hashRows } from './hash.ts'
import { FLOAT8, INT8, INTERVAL, NUMERIC, TEXT } from './sql-type.ts'
import { formatText, parseText } from './text.ts'

function hashes(column: Column, n: number): number[] {
  const out = new Uint32Array(n)
  hashRows([column], n, out)
  return [...out]
}

describe('group equality and its hash', () => {
  test('numerics are equal by value, whatever their scale', () => {
    const column = buildColumn(NUMERIC, [
      { mantissa: 1, scale: 0 },
      { mantissa: 100, scale: 2 },
      { mantissa: 10n ** 30n, scale: 30 },
      { mantissa: 11, scale: 1 },
    ])
    const [a, b, c, d] = hashes(column, 4)
    expect([b, c]).toEqual([a, a])
    expect(d).not.toBe(a)
    expect(equalAt(column, 0, column, 2)).toBe(true)
    expect(equalAt(column, 0, column, 3)).toBe(false)
  })

  test('an int8 hashes alike in an f64 and in an i64 column', () => {
    const narrow = buildColumn(INT8, [5, -7, null])
    const wide = buildColumn(INT8, [5, -7, null, 2n ** 60n])
    expect([narrow.kind, wide.kind]).toEqual(['f64', 'i64'])
    expect(hashes(wide, 3)).toEqual(hashes(narrow, 3))
    for (let i = 0; i < 3; i++) expect(equalAt(narrow, i, wide, i)).toBe(true)
    expect(equalAt(narrow, 0, wide, 3)).toBe(false)
  })

  test('zero equals minus zero, NaN equals NaN, NULL equals NULL', () => {
    const column = buildColumn(FLOAT8, [0, -0, NaN, -NaN, null, null, 1])
    const h = hashes(column, 7)
    expect([h[1], h[3], h[5]]).toEqual([h[0], h[2], h[4]])
    expect([0, 2, 4].every((i) => equalAt(column, i, column, i + 1))).toBe(true)
    expect(equalAt(column, 4, column, 0)).toBe(false)
  })

  test('one day equals 24 hours', () => {
    const column = buildColumn(INTERVAL, [
      { months: 0, days: 1, micros: 0 },
      { months: 0, days: 0, micros: 86_400_000_000 },
    ])
    const [a, b] = hashes(column, 2)
    expect(b).toBe(a)
    expect(equalAt(column, 0, column, 1)).toBe(true)
  })

  test('equal rows hash equal; hashRow agrees with hashRows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.option(fc.string({ unit: 'binary' })), fc.option(fc.integer({ min: -3, max: 3 }))), {
          minLength: 1,
        }),
        (rows) => {
          const cols = [
            buildColumn(
              TEXT,
              rows.map((r) => r[0]),
            ),
            buildColumn(
              INT8,
              rows.map((r) => r[1]),
            ),
          ]
          const out = new Uint32Array(rows.length)
          hashRows(cols, rows.length, out)
          for (let i = 0; i < rows.length; i++) expect(hashRow(cols, i)).toBe(out[i])
        },
      ),
    )
  })

  test('character(n) values of one length that differ in trailing blanks alone are one', () => {
    const type = { kind: 'bpchar', length: 3 } as const
    const column = buildColumn(type, [parseText('a', type), parseText('a  ', type), parseText(' a', type)])
    expect(hashRow([column], 0)).toBe(hashRow([column], 1))
    expect([equalAt(column, 0, column, 1), equalAt(column, 0, column, 2)]).toEqual([true, false])
    expect(formatText(parseText('a', type), type)).toBe('a  ')
  })
})
