/** The smaller pieces of the runner. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseTestArguments } from './arguments.ts'
import { expandPaths, loadRecords } from './files.ts'
import { Fold } from './fold.ts'
import { Relations } from './relations.ts'
import { renderJunit, renderTotals } from './report.ts'
import { substitute } from './substitute.ts'

describe('substitution', () => {
  const variables = new Map([['a', '1']])

  test('$a, ${a}, a default, an escaped dollar', () => {
    expect(substitute('$a ${a} ${b:x} \\$a', variables)).toBe('1 1 x $a')
  })

  test('an unknown name is an error', () => {
    expect(() => substitute('$b', variables)).toThrow('there is no variable $b')
  })
})

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-slt-files-'))
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'sub'))
  write('b.slt', 'include ./sub/*.slt.part\n\nstatement ok\nb\n')
  write('sub/one.slt.part', 'statement ok\none\n')
  write('sub/two.slt.part', 'statement ok\ntwo\n')
  write('alone.slt.part', 'statement ok\nalone\n')
  write('a.test', 'statement ok\na\n')
  write('notes.md', '')
  write('circle.slt', 'include ./circle.slt\n')
  afterAll(() => rmSync(folder, { recursive: true }))

  test('a folder gives its files, included parts once', () => {
    const names = expandPaths([folder]).map((path) => path.slice(folder.length + 1))
    expect(names).toEqual(['a.test', 'alone.slt.part', 'b.slt', 'circle.slt'])
  })

  test('a part that is named runs', () => {
    const part = join(folder, 'sub/one.slt.part')
    expect(expandPaths([part])).toEqual([part])
  })

  test('includes stand in place, with their own lines', () => {
    const records = loadRecords(join(folder, 'b.slt'))
    expect(records.map((r) => (r.kind === 'statement' ? r.sql : ''))).toEqual(['one', 'two', 'b'])
    expect(records[0].place).toEqual({ file: join(folder, 'sub/one.slt.part'), line: 1 })
  })

  test('a circle of includes ends', () => {
    expect(() => loadRecords(join(folder, 'circle.slt'))).toThrow('nested too deeply')
  })
})

describe('which tables a query reads', () => {
  const relations = new Relations()
  relations.observe('CREATE TABLE t1 (a int); create table if not exists s."T 2" (a int)')
  relations.observe('CREATE MATERIALIZED VIEW v AS SELECT * FROM t1')
  relations.observe('CREATE VIEW w AS SELECT * FROM v')

  test('directly, through views, quoted', () => {
    expect(relations.tablesOf('SELECT * FROM w')).toEqual(['t1'])
    expect(relations.tablesOf('SELECT * FROM T1, s."T 2"')).toEqual(['t1', 's."T 2"'])
    expect(relations.tablesOf('SELECT 1')).toEqual([])
  })

  test('not once it is dropped', () => {
    relations.observe('DROP TABLE t1')
    expect(relations.tablesOf('SELECT * FROM t1')).toEqual([])
  })
})

describe('folding a subscription', () => {
  test('inserts and retracts add up', () => {
    const fold = new Fold()
    for (const row of [
      ['1', 'f', '2', 'a'],
      ['1', 't', null, null],
      ['2', 'f', '-1', 'a'],
      ['2', 'f', '1', 'b'],
    ]) {
      fold.apply(row)
    }
    expect(fold.rows()).toEqual([['a'], ['b']])
    expect(fold.problem).toBeNull()
  })

  test('a retract too many shows', () => {
    const fold = new Fold()
    fold.apply(['1', 'f', '-1', 'a'])
    expect(fold.hasNegative).toBe(true)
  })

  test('decreasing timestamps, and changes below the progress, are problems', () => {
    const fold = new Fold()
    fold.apply(['5', 't', null, null])
    fold.apply(['4', 'f', '1', 'a'])
    expect(fold.problem).toContain('timestamps decrease')
  })
})

describe('arguments', () => {
  test('modes and labels', () => {
    expect(parseTestArguments(['--mode', 'all', 'x']).modes).toEqual(['pull', 'view', 'subscribe', 'restart'])
    expect(parseTestArguments(['--mode=pull,view', 'x']).modes).toEqual(['pull', 'view'])
    expect(parseTestArguments(['--label', 'a', '--label', 'b', 'x']).labels).toEqual(['millrace', 'a', 'b'])
  })

  test('another server is neither restarted nor called millrace', () => {
    expect(parseTestArguments(['--url', 'postgresql://h', '--mode', 'all', 'x'])).toMatchObject({
      modes: ['pull', 'view', 'subscribe'],
      labels: [],
    })
    expect(() => parseTestArguments(['--url', 'postgresql://h', '--mode', 'restart', 'x'])).toThrow('leave --url away')
  })

  test('every flag is also a variable; the flag wins', () => {
    const env = { MILLRACE_MODE: 'view', MILLRACE_SEED: '7', MILLRACE_LABEL: 'a,b', MILLRACE_STUB_SOURCES: 'on' }
    expect(parseTestArguments(['x'], env)).toMatchObject({ modes: ['view'], seed: 7, stubSources: true })
    expect(parseTestArguments(['x'], env).labels).toEqual(['millrace', 'a', 'b'])
    expect(parseTestArguments(['--mode', 'pull', 'x'], env).modes).toEqual(['pull'])
    expect(() => parseTestArguments(['x'], { MILLRACE_MODE: 'bogus' })).toThrow('not "bogus"')
    expect(() => parseTestArguments(['x'], { MILLRACE_STUB_SOURCES: 'maybe' })).toThrow('must be on or off')
  })

  test.each([[[]], [['--mode', 'push', 'x']], [['--fast', 'x']], [['x', '--junit']]])('%j is refused', (args) => {
    expect(() => parseTestArguments(args)).toThrow()
  })
})

describe('reports', () => {
  const place = { file: 'f.slt', line: 3 }
  const outcome = { passed: 2, failures: [{ place, sql: 'x', message: 'a < b & "c"' }], unchecked: [] }
  const reports = [{ file: 'f.slt', mode: 'pull' as const, outcome, seconds: 1 }]

  test('the last line', () => {
    expect(renderTotals([...reports, ...reports])).toBe('4 passed, 2 failed')
  })

  test('JUnit, escaped', () => {
    expect(renderJunit(reports)).toContain('tests="3" failures="1"')
    expect(renderJunit(reports)).toContain('a &lt; b &amp; &quot;c&quot;')
  })
})
