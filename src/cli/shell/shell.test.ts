import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pointTo } from './run.ts'
import { splitStatements } from './split.ts'
import { displayWidth, renderTable } from './table.ts'

describe('splitting a script', () => {
  test.each([
    ['select 1; select 2', ['select 1'], 'select 2'],
    ["select ';'; x", ["select ';'"], 'x'],
    ["select 'it''s;'; x", ["select 'it''s;'"], 'x'],
    [String.raw`select e'\';'; x`, [String.raw`select e'\';'`], 'x'],
    [String.raw`select '\'; x`, [String.raw`select '\'`], 'x'],
    ['select ";"; x', ['select ";"'], 'x'],
    ['do $a$ ; $$ ; $a$; x', ['do $a$ ; $$ ; $a$'], 'x'],
    ['select a$1; x', ['select a$1'], 'x'],
    ['-- a;\nselect 1; -- b', ['-- a;\nselect 1'], ''],
    ['/* ; /* ; */ ; */ select 1;', ['/* ; /* ; */ ; */ select 1'], ''],
    [';; ;', [], ''],
    ["select 'open; x", [], "select 'open; x"],
  ])('%j', (text, statements, rest) => {
    expect(splitStatements(text)).toEqual({ statements, rest })
  })

  test('plain statements come back as they were', () => {
    const statement = fc.stringMatching(/^[a-z0-9 =,()]*[a-z][a-z0-9 =,()]*$/).map((s) => s.trim())
    fc.assert(
      fc.property(fc.array(statement), (list) => {
        expect(splitStatements(list.map((s) => `${s};`).join('\n')).statements).toEqual(list)
      }),
    )
  })
})

describe('tables', () => {
  const columns = [
    { name: 'id', typeOid: 23 },
    { name: 'name', typeOid: 25 },
  ]

  test('numbers to the right, text to the left, NULL empty', () => {
    const rows = [
      ['1', 'ada'],
      ['200', null],
    ]
    expect(renderTable(columns, rows)).toBe(
      [' id  | name', '-----+------', '   1 | ada', ' 200 |', '(2 rows)', ''].join('\n'),
    )
  })

  test('a value of two lines makes a row of two lines', () => {
    expect(renderTable(columns.slice(1), [['a\nb']])).toBe(
      [' name', '------', ' a   +', ' b', '(1 row)', ''].join('\n'),
    )
  })

  test('East Asian letters take two columns, combining marks none', () => {
    expect([displayWidth('漢字'), displayWidth('e\u0301'), displayWidth('abc')]).toEqual([4, 1, 3])
  })
})

test('an error points to its place', () => {
  expect(pointTo('select 1,\n  foo', 13)).toBe('\nLINE 2:   foo\n          ^')
  expect(pointTo('select 1', null)).toBe('')
})
