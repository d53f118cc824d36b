import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchFromRows, rowsOf, sliceBatch } from '../types/batch-build.ts'
import { buildColumn } from '../types/column-build.ts'
import { BOOL, INT4, TIMESTAMP } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { datumOf, someTypes } from '../types/values.testkit.ts'
import { decodeBatch, decodeColumns, encodeBatch, encodeColumns } from './row.ts'

const rowsOfTypes = fc.array(fc.tuple(...someTypes.map((type) => fc.option(datumOf(type), { freq: 4 }))), {
  maxLength: 20,
})

describe('column blocks', () => {
  test('every batch comes back as it was, slices and odd alignments included', () => {
    fc.assert(
      fc.property(rowsOfTypes, fc.nat(7), fc.nat(), (rows, shift, cut) => {
        const whole = batchFromRows(
          someTypes,
          rows as Datum[][],
          rows.map((_, i) => (i % 2 === 0 ? -i - 1 : i)),
        )
        const start = cut % (rows.length + 1)
        const batch = sliceBatch(whole, start, rows.length)
        const bytes = encodeBatch(batch)
        const moved = new Uint8Array(bytes.length + shift)
        moved.set(bytes, shift)
        const back = decodeBatch(moved.subarray(shift))
        expect(rowsOf(back, someTypes)).toEqual(rows.slice(start))
        expect([...back.diffs]).toEqual([...batch.diffs.subarray(0, batch.n)])
      }),
    )
  })

  test('small integers take small room', () => {
    const n = 4096
    const size = (data: Datum[], type = INT4) => encodeColumns([buildColumn(type, data)], n).length
    expect(size(Array.from({ length: n }, (_, i) => i % 200))).toBeLessThan(n + 64)
    expect(
      size(
        Array.from({ length: n }, (_, i) => 1_700_000_000_000_000 + i),
        TIMESTAMP,
      ),
    ).toBeLessThan(2 * n + 64)
    expect(
      size(
        Array.from({ length: n }, () => true),
        BOOL,
      ),
    ).toBeLessThan(64)
  })

  test('a block of another version or another length is refused', () => {
    const bytes = encodeColumns([buildColumn(INT4, [1, 2000])], 2)
    expect(decodeColumns(bytes, 2).n).toBe(2)
    expect(() => decodeColumns(bytes, 3)).toThrow('holds the rows')
    expect(() => decodeColumns(bytes.subarray(0, bytes.length - 1))).toThrow('as long as it says')
    expect(() => decodeColumns(Uint8Array.of(99, ...bytes.subarray(1)))).toThrow('version')
  })
})
