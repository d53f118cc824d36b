import { expect, test } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { parseSql, planStatement } from './plan-statement.ts'
import { catalogOf, contextOf } from './testing/planner.ts'

const catalog = catalogOf('CREATE TABLE t (k int, o int, v int, x text);')

/** Windows that PostgreSQL 15 refuses, with its words; where its error points is marked by ¶. */
const WRONG: readonly (readonly [sql: string, sqlstate: string, message: string, hint?: string])[] = [
  ['SELECT v FROM t WHERE ¶sum(v) OVER () > 1', '42P20', 'window functions are not allowed in WHERE'],
  ['SELECT k FROM t GROUP BY ¶rank() OVER ()', '42P20', 'window functions are not allowed in GROUP BY'],
  ['SELECT k FROM t GROUP BY k HAVING ¶rank() OVER () > 1', '42P20', 'window functions are not allowed in HAVING'],
  ['SELECT sum(¶rank() OVER ()) FROM t', '42803', 'aggregate function calls cannot contain window function calls'],
  [
    'SELECT rank() OVER (ORDER BY ¶rank() OVER ()) FROM t',
    '42P20',
    'window functions are not allowed in window definitions',
  ],
  ['SELECT sum(¶rank() OVER ()) OVER () FROM t', '42P20', 'window function calls cannot be nested'],
  [
    'SELECT ¶lower(x) OVER () FROM t',
    '42809',
    'OVER specified, but lower is not a window function nor an aggregate function',
  ],
  ['SELECT ¶rank() FROM t', '42809', 'window function rank requires an OVER clause'],
  ['SELECT ¶rank(v) OVER () FROM t', '42809', 'WITHIN GROUP is required for ordered-set aggregate rank'],
  ["SELECT lag(v, 1, ¶'x') OVER () FROM t", '22P02', 'invalid input syntax for type integer: "x"'],
  [
    'SELECT ¶lag(v, 1, x) OVER () FROM t',
    '42883',
    'function lag(integer, integer, text) does not exist',
    'No function matches the given name and argument types. You might need to add explicit type casts.',
  ],
  ['SELECT ¶count(DISTINCT v) OVER () FROM t', '0A000', 'DISTINCT is not implemented for window functions'],
  [
    'SELECT ¶array_agg(v ORDER BY v) OVER () FROM t',
    '0A000',
    'aggregate ORDER BY is not implemented for window functions',
  ],
  [
    'SELECT ¶rank() FILTER (WHERE true) OVER () FROM t',
    '0A000',
    'FILTER is not implemented for non-aggregate window functions',
  ],
  ['SELECT sum(v) OVER ¶w FROM t', '42704', 'window "w" does not exist'],
  [
    'SELECT sum(v) OVER w FROM t WINDOW w AS (ORDER BY v), w AS ¶(ORDER BY k)',
    '42P20',
    'window "w" is already defined',
  ],
  [
    'SELECT sum(v) OVER ¶(w PARTITION BY k) FROM t WINDOW w AS (ORDER BY v)',
    '42P20',
    'cannot override PARTITION BY clause of window "w"',
  ],
  [
    'SELECT sum(v) OVER ¶(w ORDER BY k) FROM t WINDOW w AS (ORDER BY v)',
    '42P20',
    'cannot override ORDER BY clause of window "w"',
  ],
  [
    'SELECT sum(v) OVER ¶(w) FROM t WINDOW w AS (ORDER BY v ROWS 1 PRECEDING)',
    '42P20',
    'cannot copy window "w" because it has a frame clause',
    'Omit the parentheses in this OVER clause.',
  ],
  [
    'SELECT sum(v) OVER (ORDER BY v ROWS ¶UNBOUNDED FOLLOWING) FROM t',
    '42P20',
    'frame start cannot be UNBOUNDED FOLLOWING',
  ],
  [
    'SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN CURRENT ROW AND ¶UNBOUNDED PRECEDING) FROM t',
    '42P20',
    'frame end cannot be UNBOUNDED PRECEDING',
  ],
  [
    'SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN CURRENT ROW AND ¶1 PRECEDING) FROM t',
    '42P20',
    'frame starting from current row cannot have preceding rows',
  ],
  [
    'SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN 1 FOLLOWING AND ¶CURRENT ROW) FROM t',
    '42P20',
    'frame starting from following row cannot have preceding rows',
  ],
  [
    'SELECT sum(v) OVER (ORDER BY v ROWS ¶1 FOLLOWING) FROM t',
    '42P20',
    'frame starting from following row cannot end with current row',
  ],
  ['SELECT sum(v) OVER ¶(GROUPS 1 PRECEDING) FROM t', '42P20', 'GROUPS mode requires an ORDER BY clause'],
  [
    'SELECT sum(v) OVER ¶(ORDER BY k, v RANGE 1 PRECEDING) FROM t',
    '42P20',
    'RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column',
  ],
  [
    'SELECT sum(v) OVER (ORDER BY x RANGE ¶1 PRECEDING) FROM t',
    '0A000',
    'RANGE with offset PRECEDING/FOLLOWING is not supported for column type text',
  ],
  [
    "SELECT sum(v) OVER (ORDER BY v RANGE ¶'1 day'::interval PRECEDING) FROM t",
    '0A000',
    'RANGE with offset PRECEDING/FOLLOWING is not supported for column type integer and offset type interval',
    'Cast the offset value to an appropriate type.',
  ],
  ['SELECT sum(v) OVER (ORDER BY v ROWS -1 PRECEDING) FROM t', '22013', 'frame starting offset must not be negative'],
  [
    'SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN CURRENT ROW AND NULL FOLLOWING) FROM t',
    '22004',
    'frame ending offset must not be null',
  ],
  ['SELECT sum(v) OVER (ORDER BY v ROWS ¶v PRECEDING) FROM t', '42P10', 'argument of ROWS must not contain variables'],
  [
    'SELECT sum(v) OVER (ORDER BY v RANGE -1 PRECEDING) FROM t',
    '22013',
    'invalid preceding or following size in window function',
  ],
  [
    'SELECT sum(¶v) OVER (PARTITION BY sum(k)) FROM t',
    '42803',
    'column "t.v" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  [
    'SELECT ¶v, sum(sum(v)) OVER () FROM t',
    '42803',
    'column "t.v" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
]

const cases = WRONG.map(([marked, sqlstate, message, hint]) => ({ marked, sqlstate, message, hint }))

test.each(cases)('$marked', ({ marked, sqlstate, message, hint }) => {
  const sql = marked.replace('¶', '')
  let error: unknown
  try {
    for (const node of parseSql(sql)) planStatement(node, contextOf(sql, catalog))
  } catch (e) {
    error = e
  }
  expect(error).toBeInstanceOf(SqlError)
  const { sqlstate: state, message: text, fields } = error as SqlError
  const position = marked.includes('¶') ? marked.indexOf('¶') + 1 : undefined
  expect([state, text, fields.position, fields.hint]).toEqual([sqlstate, message, position, hint])
})
