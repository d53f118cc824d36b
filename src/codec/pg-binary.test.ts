import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatType } from '../types/pg-type.ts'
import { DATE, INT4, JSONB, NUMERIC, TIMESTAMP } from '../types/sql-type.ts'
import { parseText } from '../types/text.ts'
import { datumOf, someTypes } from '../types/values.testkit.ts'
import { decodeBinary, encodeBinary } from './pg-binary.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('binary form', () => {
  test.each(someTypes.map((type) => [formatType(type), type] as const))('%s: every value comes back', (_, type) => {
    fc.assert(
      fc.property(datumOf(type), (value) => {
        expect(decodeBinary(encodeBinary(value, type), type)).toEqual(value)
      }),
    )
  })

  // As numeric_send, date_send … of PostgreSQL 15 give them.
  test.each([
    ['1', NUMERIC, '0001000000000000' + '0001'],
    ['-12345.678', NUMERIC, '0003000140000003' + '0001' + '0929' + '1a7c'],
    ['0.00', NUMERIC, '0000000000000002'],
    ['10000', NUMERIC, '0001000100000000' + '0001'],
    ['0.00001', NUMERIC, '0001fffe00000005' + '03e8'],
    ['NaN', NUMERIC, '00000000c0000000'],
    ['2000-01-01', DATE, '00000000'],
    ['infinity', DATE, '7fffffff'],
    ['2000-01-01 00:00:01', TIMESTAMP, '00000000000f4240'],
    ['infinity', TIMESTAMP, '7fffffffffffffff'],
    ['{"a": 1}', JSONB, `01${Buffer.from('{"a": 1}').toString('hex')}`],
  ] as const)('%s', (text, type, bytes) => expect(hex(encodeBinary(parseText(text, type), type))).toBe(bytes))

  test('bytes of the wrong length are refused', () => {
    expect(() => decodeBinary(Uint8Array.of(1, 2), INT4)).toThrow('insufficient data')
    expect(() => decodeBinary(Uint8Array.of(1, 2, 3, 4, 5), INT4)).toThrow('incorrect binary data')
  })
})
