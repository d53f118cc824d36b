import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareAsBags, compareResult, diffLines, hashOf, resultLines } from './compare.ts'
import { compareError } from './errors.ts'
import { formatPlain, formatTyped } from './format.ts'
import type { SortMode } from './record.ts'

describe("SQLite's value forms", () => {
  test.each([
    ['12', 'I', '12'],
    ['-3.99', 'I', '-3'],
    ['abc', 'I', '0'],
    ['99999999999999999999', 'I', '99999999999999999999'],
    ['t', 'I', '1'],
    ['1', 'R', '1.000'],
    ['2.34567', 'R', '2.346'],
    ['', 'T', '(empty)'],
    ['a\tb\u00e9', 'T', 'a@b@'],
    [null, 'I', 'NULL'],
    [null, 'T', 'NULL'],
  ])('%j as %s is %s', (value, type, text) => {
    expect(formatTyped(value, type)).toBe(text)
  })
})

test("row by row values stay as PostgreSQL's text", () => {
  expect([formatPlain('1.50'), formatPlain(''), formatPlain(null), formatPlain('t')]).toEqual([
    '1.50',
    '(empty)',
    'NULL',
    't',
  ])
})

const shape = (sort: SortMode = 'nosort', mode: 'rowwise' | 'valuewise' = 'rowwise', types = 'II') => ({
  types,
  sort,
  mode,
})
const rows = [
  ['2', 'b'],
  ['10', 'a'],
]

describe('comparing', () => {
  test('row by row, blanks as one', () => {
    expect(compareResult(rows, ['2    b', '10 a'], shape())).toBeNull()
    expect(compareResult(rows, ['10 a', '2 b'], shape())).toBe('- 10 a\n  2 b\n+ 10 a')
  })

  test('rowsort sorts as text on both sides', () => {
    expect(compareResult(rows, ['10 a', '2 b'], shape('rowsort'))).toBeNull()
    expect(compareResult(rows, ['2 b', '10 a'], shape('rowsort'))).toBeNull()
    expect(compareResult(rows, ['2 b', '11 a'], shape('rowsort'))).not.toBeNull()
  })

  test('numbers and times by value, for files of another dialect', () => {
    const got = [
      ['2', '4193850.571428571429', '2015-07-15 00:00:20.01', '2023-09-14 06:00:00+00'],
      ['10', '6221.5000000000000000', '2015-07-15 00:00:20', '2023-09-14 06:00:00.5+05:30'],
    ]
    const want = [
      '2 4193850.5714285714285714285714 2015-07-15 00:00:20.010 2023-09-14 06:00:00+00:00',
      '10 6221.50 2015-07-15 00:00:20.000 2023-09-14 06:00:00.500+05:30',
    ]
    const by = (byValue: boolean) => ({ ...shape('rowsort', 'rowwise', 'IRTT'), byValue })
    expect(compareResult(got, want, by(true))).toBeNull()
    expect(compareResult(got, want, by(false))).not.toBeNull()
    for (const other of ['6221.51', '6221', '-6221.50']) {
      expect(compareResult(got, [want[0], want[1].replace('6221.50', other)], by(true)), other).not.toBeNull()
    }
    expect(compareResult(got, [want[0].replace('.010', '.011'), want[1]], by(true))).not.toBeNull()
  })

  test('valuesort sorts values', () => {
    expect(compareResult(rows, ['10', '2', 'a', 'b'], shape('valuesort'))).toBeNull()
  })

  test('value by value, one a line', () => {
    expect(compareResult(rows, ['2', 'b', '10', 'a'], shape('nosort', 'valuewise', 'IT'))).toBeNull()
  })

  test('a hash of the values', () => {
    const expected = `4 values hashing to ${hashOf(['10', 'a', '2', 'b'])}`
    expect(compareResult(rows, [expected], shape('rowsort', 'valuewise', 'IT'))).toBeNull()
    expect(compareResult(rows.slice(1), [expected], shape('rowsort', 'valuewise', 'IT'))).toContain(
      '2 values hashing to',
    )
  })

  test('the hash is md5 over the values, a line each', () => {
    expect(hashOf(['1', '2'])).toBe('6ddb4095eb719e2a9f0a3f95677d24e0')
  })

  test('what a result prints as, it equals', () => {
    const value = fc.oneof(fc.constant(null), fc.stringMatching(/^[a-z0-9 ]{0,3}$/))
    const table = fc.array(fc.tuple(value, value))
    fc.assert(
      fc.property(table, fc.constantFrom<SortMode>('nosort', 'rowsort', 'valuesort'), (data, sort) => {
        expect(compareResult(data, resultLines(data, shape(sort)), shape(sort))).toBeNull()
      }),
    )
  })
})

describe('bags', () => {
  test('order does not matter, counts do', () => {
    expect(compareAsBags(rows, [...rows].reverse())).toBeNull()
    expect(compareAsBags(rows, [...rows, rows[0]])).toContain('+ 2 b')
  })

  test('NULL is not the text NULL', () => {
    expect(compareAsBags([[null]], [['NULL']])).not.toBeNull()
  })
})

test('a diff shows what is the same too, and is cut when it is long', () => {
  expect(diffLines(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe('  a\n- b\n+ x\n  c')
  const many = Array.from({ length: 100 }, (_, i) => String(i))
  const diff = diffLines(many, [...many.slice(0, 90), 'x', ...many.slice(91)])
  expect(diff).toContain('- 90\n+ x')
  expect(diff).toContain('… 87 equal lines')
})

describe('errors', () => {
  const error = {
    severity: 'ERROR',
    sqlstate: '22012',
    message: 'division by zero',
    detail: 'a detail',
    hint: null,
    position: null,
  }

  test.each(['division', '22012', '22012: division by zero', 'ERROR: division', 'zero.*a detail', '(division'])(
    'matched by %s',
    (pattern) => {
      const matched = compareError(error, { kind: 'pattern', pattern })
      // An open group is no pattern here, and taken literally it does not occur.
      if (pattern === '(division') expect(matched).not.toBeNull()
      else expect(matched).toBeNull()
    },
  )

  test('not matched', () => {
    expect(compareError(error, { kind: 'pattern', pattern: 'overflow' })).toContain(
      'got: ERROR: 22012: division by zero',
    )
  })

  test('by its text, line by line', () => {
    expect(compareError(error, { kind: 'text', text: 'db error: ERROR: division by zero' })).toBeNull()
    expect(compareError(error, { kind: 'text', text: 'ERROR: division' })).not.toBeNull()
  })
})
