import { describe, expect, test } from 'vitest'
import { parseSlt } from './parse.ts'

const parse = (text: string) => parseSlt(text, 'f.slt')
const one = (text: string) => {
  const records = parse(text)
  expect(records).toHaveLength(1)
  return records[0]
}

describe('statements', () => {
  test('ok, over several lines, with the line of its header', () => {
    expect(one('# note\n\nstatement ok\nCREATE TABLE t(\n  a int)\n')).toMatchObject({
      kind: 'statement',
      place: { file: 'f.slt', line: 3 },
      sql: 'CREATE TABLE t(\n  a int)',
      expect: { kind: 'ok' },
    })
  })

  test('count', () => {
    expect(one('statement count 3\nDELETE FROM t')).toMatchObject({ expect: { kind: 'count', count: 3 } })
  })

  test('an error: any, by pattern, by its text over several lines', () => {
    expect(one('statement error\nx')).toMatchObject({ expect: { error: { kind: 'pattern', pattern: null } } })
    expect(one('statement error division by .*\nx')).toMatchObject({ expect: { error: { pattern: 'division by .*' } } })
    expect(one('statement error\nx\n----\nERROR: a\n\nDETAIL: b\n\n\n')).toMatchObject({
      expect: { error: { kind: 'text', text: 'ERROR: a\n\nDETAIL: b' } },
    })
  })
})

describe('queries', () => {
  test('types, sort mode, label and rows', () => {
    expect(one('query IT rowsort lbl\nSELECT 1, 2\n----\n1 a\n2 b\n')).toMatchObject({
      types: 'IT',
      sort: 'rowsort',
      label: 'lbl',
      sql: 'SELECT 1, 2',
      expect: { kind: 'rows', lines: ['1 a', '2 b'] },
    })
  })

  test('without a sort mode, with a retry', () => {
    expect(one('query I retry 3 backoff 1.5s\nSELECT 1\n----\n1')).toMatchObject({
      types: 'I',
      sort: null,
      retry: { times: 3, backoffMs: 1500 },
    })
  })

  test('an expected error', () => {
    expect(one('query error no such\nSELECT 1')).toMatchObject({ expect: { error: { pattern: 'no such' } } })
  })

  test('no rows', () => {
    expect(one('query I\nSELECT 1\n----\n')).toMatchObject({ expect: { kind: 'rows', lines: [] } })
    expect(one('query I\nSELECT 1\n')).toMatchObject({ expect: { kind: 'rows', lines: [] } })
  })

  test('the rows of an earlier query of the label', () => {
    expect(one('query I rowsort same\nSELECT 1\n')).toMatchObject({ label: 'same', expect: { lines: null } })
  })
})

describe('what stands before a record', () => {
  test('conditions and a connection hold for one record', () => {
    const records = parse('skipif mysql # why\nonlyif millrace\nconnection two\nstatement ok\na\n\nstatement ok\nb\n')
    expect(records).toMatchObject([
      {
        conditions: [
          { kind: 'skipif', label: 'mysql' },
          { kind: 'onlyif', label: 'millrace' },
        ],
        connection: 'two',
      },
      { conditions: [], connection: null },
    ])
  })

  test('conditions before a loop hold for all of it', () => {
    const records = parse('skipif a\nforeach x 1 2\nonlyif b\nquery I\nSELECT ${x}\nendloop\n\nstatement ok\nb\n')
    const both = [
      { kind: 'skipif', label: 'a' },
      { kind: 'onlyif', label: 'b' },
    ]
    expect(records).toMatchObject([{ conditions: both }, { conditions: both }, { conditions: [] }])
  })
})

describe('control', () => {
  test('modes, sleep, halt, include', () => {
    const text =
      'control sortmode rowsort\ncontrol substitution on\ncontrol resultmode valuewise\nsleep 20ms\ninclude ./a*.part\nhalt'
    expect(parse(text)).toMatchObject([
      { setting: { name: 'sortmode', value: 'rowsort' } },
      { setting: { name: 'substitution', value: true } },
      { setting: { name: 'resultmode', value: 'valuewise' } },
      { kind: 'sleep', ms: 20 },
      { kind: 'include', pattern: './a*.part' },
      { kind: 'halt' },
    ])
  })

  test('let names variables', () => {
    expect(one('let a, b\nSELECT 1, 2\n')).toMatchObject({ kind: 'let', names: ['a', 'b'], sql: 'SELECT 1, 2' })
  })

  test('hash-threshold and subtest say nothing more', () => {
    expect(parse('hash-threshold 8\nsubtest x\n')).toEqual([])
  })
})

describe('time and lives of the server', () => {
  test('clock: a step or a time', () => {
    expect(parse('clock +5m\nclock +250ms\nclock 2026-01-01 00:00')).toMatchObject([
      { kind: 'clock', sql: "ADVANCE CLOCK BY INTERVAL '5 minutes'" },
      { kind: 'clock', sql: "ADVANCE CLOCK BY INTERVAL '250 milliseconds'" },
      { kind: 'clock', sql: "ADVANCE CLOCK TO '2026-01-01 00:00'" },
    ])
    expect(() => parse('clock soon')).toThrow('clock needs')
  })

  test('crash and restart', () => {
    expect(parse('crash\n\nrestart\n')).toMatchObject([
      { kind: 'life', how: 'crash' },
      { kind: 'life', how: 'restart' },
    ])
  })

  test('subscribe: a relation, a query, a statement; expect: the changes up to an empty line', () => {
    const text = 'subscribe s v\n\nsubscribe q SELECT a\nFROM t\n\nsubscribe p SUBSCRIBE v WITH (SNAPSHOT = false)\n\n'
    expect(parse(`${text}connection c\nexpect s\n+ 1 a\n- 2 b\n\nexpect q\n`)).toMatchObject([
      { kind: 'subscribe', name: 's', sql: 'SUBSCRIBE TO v' },
      { kind: 'subscribe', name: 'q', sql: 'SUBSCRIBE TO (SELECT a\nFROM t)' },
      { kind: 'subscribe', name: 'p', sql: 'SUBSCRIBE v WITH (SNAPSHOT = false)' },
      { kind: 'expect', name: 's', lines: ['+ 1 a', '- 2 b'] },
      { kind: 'expect', name: 'q', lines: [] },
    ])
  })
})

describe('loops', () => {
  test('a range, and names, nested', () => {
    const text = 'loop i 0 2\n\nfor x in a b\n\nstatement ok\nINSERT $i ${x}\n\nendloop\n\nendloop\n'
    const sql = parse(text).map((record) => (record.kind === 'statement' ? [record.sql, record.place.line] : []))
    expect(sql).toEqual([
      ['INSERT 0 a', 5],
      ['INSERT 0 b', 5],
      ['INSERT 1 a', 5],
      ['INSERT 1 b', 5],
    ])
  })

  test('an open loop is an error with its place', () => {
    expect(() => parse('loop i 0 2\nstatement ok\nx')).toThrow('endloop is missing')
  })
})

describe('what is refused', () => {
  test('system, and unknown directives, fail as records; the rest is read', () => {
    expect(parse('system ok\nrm -rf /\n\ndance\n\nstatement ok\nx')).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining('system') },
      { kind: 'refused', reason: 'unknown directive "dance"' },
      { kind: 'statement' },
    ])
  })

  test.each(['statement maybe\nx', 'control colour on', 'sleep soon', 'query I rowsort a b\nx'])('%j', (text) => {
    expect(() => parse(text)).toThrow()
  })
})
