import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { parseStatements } from '../../grammar/parse.ts'
import { parseSlt } from '../../src/cli/test/parse.ts'
import { root } from '../processes.ts'
import { CORPUS } from './corpus.ts'
import { DEFECTS } from './defects.ts'
import { ourShape } from './our-shape.ts'
import { NotCompared } from './shape.ts'
import { theirShape } from './their-shape.ts'

/**
 * A second opinion on what SQL means: node-sql-parser reads the statements of this repository too, and where both parsers
 * accept one they must have read the same, its known defects apart.
 */
const { Parser } = createRequire(import.meta.url)('node-sql-parser/build/postgresql.js') as {
  Parser: new () => { astify(sql: string): unknown }
}
const theirs = new Parser()

type Verdict = 'same' | 'different' | 'refused' | 'not compared'

function compare(sql: string): Verdict {
  let ast: unknown
  try {
    ast = theirs.astify(sql)
  } catch {
    return 'refused'
  }
  try {
    const [statement, ...more] = parseStatements(sql)
    if (statement === undefined || more.length > 0) return 'not compared'
    return isDeepStrictEqual(ourShape(statement), theirShape(ast)) ? 'same' : 'different'
  } catch (error) {
    if (error instanceof NotCompared) return 'not compared'
    throw error
  }
}

/** Statements of sql-tests/ that are expected to work. */
function sqlTests(): string[] {
  const texts = new Set<string>()
  for (const file of readdirSync(join(root, 'sql-tests'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.slt')) continue
    for (const record of parseSlt(readFileSync(join(root, 'sql-tests', file), 'utf8'), file)) {
      const works = record.kind === 'query' || (record.kind === 'statement' && record.expect.kind !== 'error')
      if (works && !('error' in record && record.error)) texts.add(record.sql)
    }
  }
  return [...texts]
}

const excused = (sql: string): boolean => DEFECTS.some((defect) => defect.sign.test(sql))

test.each([
  ['the corpus', () => CORPUS, 0.9],
  ['sql-tests/', sqlTests, 0.5],
] as const)('%s is read alike', (_, statements, compared) => {
  const counts: Record<Verdict, string[]> = { same: [], different: [], refused: [], 'not compared': [] }
  const all = statements().filter((sql) => {
    try {
      return parseStatements(sql).length > 0
    } catch {
      // An error that the test expects.
      return false
    }
  })
  for (const sql of all) counts[compare(sql)].push(sql)
  expect(counts.different.filter((sql) => !excused(sql))).toEqual([])
  expect(counts.same.length / all.length).toBeGreaterThan(compared)
})

test.each(DEFECTS)('known to be read wrongly: $what', ({ example, sign }) => {
  expect(example).toMatch(sign)
  expect(compare(example)).toBe('different')
})

test('another reading is seen', () => {
  const [sum] = parseStatements('SELECT a - (b - c) FROM t')
  const ast = theirs.astify('SELECT a - b - c FROM t')
  expect(ourShape(sum!)).not.toEqual(theirShape(ast))
})
