import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildColumn } from './column-build.ts'
import { datumAt } from './column-read.ts'
import { compareDatum, compareForm } from './compare.ts'
import { hasForms, plainColumn } from './forms.ts'
import { arrayOf, FLOAT8, INT8, INTERVAL, JSONB, NUMERIC, type SqlType, TEXT, TIMESTAMP } from './sql-type.ts'
import { formatText, parseText } from './text.ts'
import type { Datum, Value } from './value.ts'

const BPCHAR: SqlType = { kind: 'bpchar' }
const plain = (type: SqlType, value: Datum): Datum => datumAt(plainColumn(type, buildColumn(type, [value]), 1), 0, type)
const text = (type: SqlType, written: string): string =>
  formatText(plain(type, parseText(written, type)) as Value, type)

describe('values that are written in several ways', () => {
  it('are of the types whose equality does not say how they are written', () => {
    expect([NUMERIC, FLOAT8, INTERVAL, JSONB, BPCHAR, arrayOf(NUMERIC)].every((type) => hasForms(type))).toBe(true)
    expect(hasForms({ ...BPCHAR, length: 3 })).toBe(false)
    expect([INT8, TEXT, TIMESTAMP, { ...NUMERIC, precision: 10, scale: 2 }].some((type) => hasForms(type))).toBe(false)
    expect(hasForms(arrayOf(JSONB), 'withoutJsonb')).toBe(false)
  })

  it('have one plain form', () => {
    expect(text(NUMERIC, '1.500')).toBe('1.5')
    expect(text(FLOAT8, '-0')).toBe('0')
    expect(text(INTERVAL, '1 mon -1 day 24:00:00')).toBe('30 days')
    expect(text(JSONB, '{"a": [1.10, 2]}')).toBe('{"a": [1.1, 2]}')
    expect(text(arrayOf(NUMERIC), '{1.0,NULL}')).toBe('{1,NULL}')
    expect(text(arrayOf(JSONB), '{1.0}')).toBe('{1}')
    expect(text(BPCHAR, ' a  ')).toBe(' a')
    expect(text(arrayOf(BPCHAR), '{"a "}')).toBe('{a}')
    expect(plain(NUMERIC, null)).toBe(null)
  })

  it('have a plain form that is equal to them, and the same for all that are equal', () => {
    const part = fc.constantFrom(0, 1, 29, 30, 31, -30, 2147483647, -2147483648)
    const micros = fc.constantFrom(0, 1, 86_400_000_000, -86_400_000_000, 9007199254740991)
    const interval = fc.record({ months: part, days: part, micros })
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const [x, y] = [plain(INTERVAL, a), plain(INTERVAL, b)]
        expect(compareDatum(INTERVAL, a, x)).toBe(0)
        const same = compareDatum(INTERVAL, x, y) === 0 && compareForm(x, y) === 0
        expect(same).toBe(compareDatum(INTERVAL, a, b) === 0)
      }),
    )
  })
})
