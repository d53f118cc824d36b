import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareNumeric, formatNumeric, parseNumericText, stripZeros } from './numeric.ts'
import {
  applyPrecision,
  numericAdd,
  numericCeil,
  numericDiv,
  numericFloor,
  numericFromFloat,
  numericMod,
  numericMul,
  numericRound,
  numericSub,
  numericTrunc,
} from './numeric-arith.ts'
import { numericExp, numericLn, numericLog, numericPower, numericSqrt } from './numeric-math.ts'
import { NUMERIC } from './sql-type.ts'
import type { Numeric } from './value.ts'
import { datumOf } from './values.testkit.ts'

const n = (text: string): Numeric => parseNumericText(text)!
const value = datumOf(NUMERIC) as fc.Arbitrary<Numeric>

describe('numeric', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['1.50', '1.50'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-12e-3', '-0.012'],
    ['1.5e3', '1500'],
    ['123456789012345678901234567890.123', '123456789012345678901234567890.123'],
    ['inf', 'Infinity'],
    ['nan', 'NaN'],
  ])('reads %s as %s', (text, printed) => expect(formatNumeric(n(text))).toBe(printed))

  test('refuses what is no number', () => {
    for (const text of ['', '.', 'x', '1x', '1e', '--1', '1 2']) expect(parseNumericText(text)).toBeUndefined()
    expect(() => parseNumericText('1e200000')).toThrow('overflows numeric format')
  })

  // Expected values as PostgreSQL 15 prints them.
  test.each<[string, Numeric, string]>([
    ['1 / 3', numericDiv(n('1'), n('3')), '0.33333333333333333333'],
    ['10 / 2', numericDiv(n('10'), n('2')), '5.0000000000000000'],
    ['2 / 3', numericDiv(n('2'), n('3')), '0.66666666666666666667'],
    ['100000 / 3', numericDiv(n('100000'), n('3')), '33333.333333333333'],
    ['1.5 * 1.50', numericMul(n('1.5'), n('1.50')), '2.250'],
    ['0.1 + 0.20', numericAdd(n('0.1'), n('0.20')), '0.30'],
    ['-7.5 % 2', numericMod(n('-7.5'), n('2')), '-1.5'],
    ['round(-2.5)', numericRound(n('-2.5'), 0), '-3'],
    ['round(1250, -2)', numericRound(n('1250'), -2), '1300'],
    ['trunc(-2.59, 1)', numericTrunc(n('-2.59'), 1), '-2.5'],
    ['floor(-2.1)', numericFloor(n('-2.1')), '-3'],
    ['ceil(2.1)', numericCeil(n('2.1')), '3'],
    ['sqrt(2)', numericSqrt(n('2')), '1.414213562373095'],
    ['exp(1)', numericExp(n('1')), '2.7182818284590452'],
    ['ln(2)', numericLn(n('2')), '0.6931471805599453'],
    ['log(2, 64)', numericLog(n('2'), n('64')), '6.0000000000000000'],
    ['power(2, 10)', numericPower(n('2'), n('10')), '1024.0000000000000000'],
    ['power(2, 0.5)', numericPower(n('2'), n('0.5')), '1.4142135623730950'],
    ['power(2, -1)', numericPower(n('2'), n('-1')), '0.5000000000000000'],
    ['0.1::float8', numericFromFloat(0.1, 15), '0.1'],
    ['1e20::float8', numericFromFloat(1e20, 15), '100000000000000000000'],
  ])('%s', (_, result, printed) => expect(formatNumeric(result)).toBe(printed))

  test('numeric(p, s) rounds and bounds', () => {
    expect(formatNumeric(applyPrecision(n('1.005'), 5, 2))).toBe('1.01')
    expect(() => applyPrecision(n('999.995'), 5, 2)).toThrow('numeric field overflow')
    expect(formatNumeric(applyPrecision(n('999.994'), 5, 2))).toBe('999.99')
  })

  test('text comes back', () => {
    fc.assert(
      fc.property(value, (v) => {
        expect(parseNumericText(formatNumeric(v))).toEqual(v)
      }),
    )
  })

  test('a + b - b = a, a * b / b = a, and stripped zeros change nothing', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        fc.pre(Number.isFinite(Number(a.mantissa)) && Number.isFinite(Number(b.mantissa)))
        expect(compareNumeric(numericSub(numericAdd(a, b), b), a)).toBe(0)
        expect(compareNumeric(stripZeros(a), a)).toBe(0)
        if (b.mantissa !== 0) expect(compareNumeric(numericDiv(numericMul(a, b), b), a)).toBe(0)
      }),
    )
  })
})
