import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deparse, deparseExpression } from './deparse.ts'
import { parseExpression, parseStatement, parseStatements } from './parse.ts'
import { conformanceStatements, hasConformance } from './testing/conformance.ts'
import { samples } from './testing/samples.ts'

const PLACES: ReadonlySet<string> = new Set(['span', 'opSpan', 'valueSpan', 'tiesSpan'])

/** The tree without its places. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (PLACES.has(k) ? [] : [[k, bare(v)]])))
}

/** Whether two trees are the same but for their places; quicker than bare copies, for thousands of trees. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b)
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  const keysOf = (o: object) => Object.keys(o).filter((k) => !PLACES.has(k))
  const keys = keysOf(left)
  return keys.length === keysOf(right).length && keys.every((k) => k in right && same(left[k], right[k]))
}

test.each(samples)('parse, deparse, parse: %s', (sql) => {
  const tree = parseStatement(sql)
  const text = deparse(tree)
  expect([text, bare(parseStatement(text))]).toEqual([text, bare(tree)])
})

test.skipIf(!hasConformance)('parse, deparse, parse on the conformance statements (skipped where absent)', () => {
  const different: string[] = []
  for (const sql of conformanceStatements()) {
    let trees: ReturnType<typeof parseStatements>
    try {
      trees = parseStatements(sql)
    } catch {
      continue
    }
    for (const tree of trees) if (!same(parseStatement(deparse(tree)), tree)) different.push(sql)
  }
  expect(different).toEqual([])
})

// Texts that need not make sense, only be read: every operator beside every other, at random depth.
const { expression } = fc.letrec<{ expression: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    fc.constantFrom(
      'a',
      't.a',
      '"Ä b"',
      'NULL',
      'TRUE',
      '$1',
      "X'1F'",
      'current_date',
      "date '2024-01-01'",
      "interval '5' second",
      '(1, b)',
      '*x'.slice(1),
    ),
    fc.nat().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }).map(String),
    fc.string().map((s) => `'${s.replaceAll("'", "''").replaceAll('\0', '')}'`),
  ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('atom'),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('+', '-', '*', '/', '%', '^', '||', '->', '@>', 'AND', 'OR', 'AT TIME ZONE', 'OPERATOR(s.+)'),
        tie('expression'),
      )
      .map(([l, op, r]) => `${l} ${op} ${r}`),
    fc
      .tuple(tie('expression'), fc.constantFrom('=', '<', '<>', 'LIKE', 'NOT ILIKE', 'IS DISTINCT FROM'), tie('atom'))
      .map(([l, op, r]) => `(${l}) ${op} ${r}`),
    fc.tuple(fc.constantFrom('NOT', '-', '+', '@'), tie('expression')).map(([op, e]) => `${op} ${e}`),
    fc
      .tuple(tie('expression'), fc.constantFrom('IS NULL', 'IS NOT TRUE', '::int[]', 'COLLATE "C"', '[1]', '[1:2]'))
      .map(([e, op]) => `(${e}) ${op}`),
    fc.tuple(tie('atom'), tie('atom'), tie('expression')).map(([a, b, c]) => `(${a}) NOT BETWEEN ${b} AND (${c})`),
    fc.array(tie('expression'), { minLength: 1, maxLength: 3 }).map((list) => `f(${list.join(', ')})`),
    fc.array(tie('expression'), { minLength: 1, maxLength: 3 }).map((list) => `a IN (${list.join(', ')})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `CASE WHEN ${a} THEN ${b} END`),
    tie('expression').map((e) => `(SELECT ${e} FROM t WHERE ${e})`),
    tie('expression').map((e) => `count(*) FILTER (WHERE ${e}) OVER (ORDER BY ${e} DESC ROWS 1 PRECEDING)`),
  ),
}))

describe('property', () => {
  test('parse, deparse, parse of random expressions is the identity', () => {
    let read = 0
    fc.assert(
      fc.property(expression, (text) => {
        let tree: ReturnType<typeof parseExpression>
        try {
          tree = parseExpression(text)
        } catch {
          return
        }
        read++
        expect(bare(parseExpression(deparseExpression(tree)))).toEqual(bare(tree))
      }),
      { numRuns: 3000 },
    )
    expect(read).toBeGreaterThan(2000)
  })
})
