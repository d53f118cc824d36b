import { describe, expect, test } from 'vitest'
import { GrammarError } from './errors.ts'
import { buildParser, parseExpression, parseStatement, parseStatements } from './parse.ts'
import { samples } from './testing/samples.ts'

function failure(sql: string): GrammarError {
  try {
    parseStatements(sql)
  } catch (e) {
    if (e instanceof GrammarError) return e
    throw e
  }
  throw new Error(`accepted: ${sql}`)
}

test.each(samples)('reads %s', (sql) => {
  expect(parseStatements(sql)).toHaveLength(1)
})

describe('errors', () => {
  test.each([
    ['SELEC 1', 'syntax error at or near "SELEC"', 0, 'Perhaps you meant "SELECT" instead of "SELEC".'],
    ['SELECT * FORM t', 'syntax error at or near "FORM"', 9, 'Perhaps you meant "FROM" instead of "FORM".'],
    ['SELECT * FROM', 'syntax error at end of input', 13, undefined],
    ['SELECT (1; SELECT 2', 'syntax error at or near ";"', 9, undefined],
    ["SELECT 'abc", 'unterminated quoted string at or near "\'abc"', 7, undefined],
    ['SELECT "abc', 'unterminated quoted identifier at or near ""abc"', 7, undefined],
    ['SELECT 1 /* x', 'unterminated /* comment at or near "/* x"', 9, undefined],
    ['SELECT $$abc', 'unterminated dollar-quoted string at or near "$$abc"', 7, undefined],
    ['SELECT 123abc', 'trailing junk after numeric literal at or near "123abc"', 7, undefined],
    ['SELECT a = b = c', 'syntax error at or near "="', 13, undefined],
    ['SELECT 1 LIMIT 1 LIMIT 2', 'multiple LIMIT clauses not allowed at or near "LIMIT"', 17, undefined],
    ['CREATE TABLE t (a int', 'syntax error at end of input', 21, undefined],
    ['SELECT FROM t WHERE )', 'syntax error at or near ")"', 20, undefined],
  ])('%s', (sql, message, position, hint) => {
    const e = failure(sql)
    expect([e.sqlstate, e.message, e.position, e.hint]).toEqual(['42601', message, position, hint])
  })

  test('the earlier error wins over one of the lexer behind it', () => {
    expect(failure("SELECT ) 'x").position).toBe(7)
  })

  test('nesting ends at 128 with 54001, and never at the end of the stack', () => {
    expect(parseStatements(`SELECT ${'('.repeat(100)}1${')'.repeat(100)}`)).toHaveLength(1)
    const deep = [
      `SELECT ${'('.repeat(20_000)}1`,
      `SELECT ${'NOT '.repeat(20_000)}a`,
      `SELECT ${'- '.repeat(20_000)}a`,
      `SELECT ${'f('.repeat(20_000)}a`,
      `SELECT ${'CASE WHEN '.repeat(20_000)}a`,
      `SELECT ${'ARRAY['.repeat(20_000)}a`,
      `SELECT ARRAY${'['.repeat(20_000)}a`,
      `SELECT * FROM ${'('.repeat(20_000)}t`,
      `${'('.repeat(20_000)}SELECT 1`,
      `${'EXPLAIN '.repeat(20_000)}SELECT 1`,
      `SELECT 1${' + 1'.repeat(20_000)}`,
      `SELECT a${'[1]'.repeat(20_000)}`,
      `SELECT 1${' UNION SELECT 1'.repeat(20_000)}`,
      `SELECT * FROM a${' CROSS JOIN b'.repeat(20_000)}`,
      `SELECT * FROM a${' JOIN b'.repeat(20_000)}`,
      `SELECT ${'a ^ b || '.repeat(20_000)}a`,
      `CREATE TABLE t (a ${'STRUCT<a '.repeat(20_000)}int`,
      `CREATE SOURCE s WITH (a = ${'('.repeat(20_000)}`,
      `SELECT 1 GROUP BY ${'GROUPING SETS ('.repeat(20_000)}a`,
    ]
    for (const sql of deep) expect([sql.slice(0, 30), failure(sql).sqlstate]).toEqual([sql.slice(0, 30), '54001'])
  })

  test('a long AND is flat, and fine', () => {
    expect(parseStatements(`SELECT a${' AND a'.repeat(10_000)}`)).toHaveLength(1)
  })
})

test('statements are split, and know their text', () => {
  const sql = ' SELECT 1 ; ; -- nothing\n SELECT 2;'
  expect(parseStatements(sql).map((s) => sql.slice(s.span.start, s.span.end))).toEqual(['SELECT 1', 'SELECT 2'])
  expect(() => parseStatement('SELECT 1; SELECT 2')).toThrow(
    'cannot insert multiple commands into a prepared statement',
  )
  expect(() => parseStatement('  ')).toThrow('syntax error at end of input')
})

test('places are offsets into the text given', () => {
  const sql = 'SELECT a + b.c FROM t'
  const e = parseExpression('a + b.c')
  expect(e.kind === 'binary' && [e.opSpan, e.right.span, e.span]).toEqual([
    { start: 2, end: 3 },
    { start: 4, end: 7 },
    { start: 0, end: 7 },
  ])
  const s = parseStatement(sql)
  expect(s.kind === 'query' && s.body.kind === 'select' && s.body.targets[0].expr.span).toEqual({ start: 7, end: 14 })
})

test('the grammar passes every check of Chevrotain', () => {
  expect(() => buildParser(true)).not.toThrow()
})
