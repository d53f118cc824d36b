import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildColumn } from '../types/column-build.ts'
import { compareDatum } from '../types/compare.ts'
import { INT4, TEXT } from '../types/sql-type.ts'
import { datumOf, someTypes } from '../types/values.testkit.ts'
import { keyEncoder } from './key.ts'

describe('key encoding', () => {
  test.each(someTypes.map((type) => [type.kind + (type.element?.kind ?? ''), type] as const))(
    'memcmp of %s keys is the SQL order, both ways, NULLs at either end',
    (_, type) => {
      const value = fc.option(datumOf(type))
      fc.assert(
        fc.property(value, value, fc.boolean(), fc.boolean(), (a, b, desc, nullsFirst) => {
          const encoder = keyEncoder([{ type, desc, nullsFirst }])
          let expected: number
          if (a === null || b === null) expected = a === b ? 0 : (a === null) === nullsFirst ? -1 : 1
          else expected = Math.sign(compareDatum(type, a, b)) * (desc ? -1 : 1)
          expect(Buffer.compare(encoder.encodeRow([a]), encoder.encodeRow([b]))).toBe(expected + 0)
        }),
      )
    },
  )

  test('columns follow each other in order; rows and columns encode alike', () => {
    const row = fc.tuple(fc.constantFrom('', 'a', 'a\0', 'ab'), fc.integer({ min: -2, max: 2 }))
    fc.assert(
      fc.property(row, row, (a, b) => {
        const encoder = keyEncoder([{ type: TEXT }, { type: INT4, desc: true }])
        const expected = compareDatum(TEXT, a[0], b[0]) || Math.sign(b[1] - a[1])
        expect(Buffer.compare(encoder.encodeRow(a), encoder.encodeRow(b))).toBe(expected + 0)
        const cols = [buildColumn(TEXT, [a[0]]), buildColumn(INT4, [a[1]])]
        expect(encoder.encodeAt(cols, 0)).toEqual(encoder.encodeRow(a))
      }),
    )
  })
})
