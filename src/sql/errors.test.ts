import { expect, test } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { parseSql, planStatement } from './plan-statement.ts'
import { catalogOf, contextOf } from './testing/planner.ts'

const catalog = catalogOf(`
  CREATE TABLE t (id int PRIMARY KEY, a int, b text);
  CREATE TABLE s (k int, a int, v numeric);
  CREATE VIEW vw AS SELECT a FROM t;
  CREATE INDEX t_a ON t (a);
`)

/** A literal's own place, whatever expression gives it its type. */
const LITERALS: readonly (readonly [sql: string, message: string])[] = [
  ["SELECT abs(¶'x')", 'invalid input syntax for type double precision: "x"'],
  ["SELECT round(1.5, ¶'x')", 'invalid input syntax for type integer: "x"'],
  ["SELECT * FROM t WHERE a = ¶'x'", 'invalid input syntax for type integer: "x"'],
  ["SELECT 1 BETWEEN ¶'a' AND 'b'", 'invalid input syntax for type integer: "a"'],
  ["SELECT 1 UNION SELECT ¶'a'", 'invalid input syntax for type integer: "a"'],
  ["SELECT ¶'a' UNION SELECT 1", 'invalid input syntax for type integer: "a"'],
  ["SELECT date ¶'foo'", 'invalid input syntax for type date: "foo"'],
  ["SELECT interval ¶'foo'", 'invalid input syntax for type interval: "foo"'],
  ["SELECT CAST(¶'foo' AS interval)", 'invalid input syntax for type interval: "foo"'],
  ["SELECT generate_series(1, 2) + ¶'x'", 'invalid input syntax for type integer: "x"'],
  ["CREATE TABLE x (a int DEFAULT ¶'x')", 'invalid input syntax for type integer: "x"'],
]

/** Where the error points is marked by ¶ in the statement. */
const WRONG: readonly (readonly [sql: string, sqlstate: string, message: string])[] = [
  ['SELECT * FROM ¶nope', '42P01', 'relation "nope" does not exist'],
  ['SELECT ¶nope FROM t', '42703', 'column "nope" does not exist'],
  ['SELECT ¶t.nope FROM t', '42703', 'column t.nope does not exist'],
  ['SELECT ¶x.a FROM t', '42P01', 'missing FROM-clause entry for table "x"'],
  ['SELECT ¶a FROM t, s', '42702', 'column reference "a" is ambiguous'],
  ['SELECT 1 FROM t, ¶t', '42712', 'table name "t" specified more than once'],
  ['SELECT * FROM t, (SELECT ¶t.a) x', '42P01', 'invalid reference to FROM-clause entry for table "t"'],
  ['UPDATE t SET ¶t.a = 1', '42703', 'column "t" of relation "t" does not exist'],
  [
    'SELECT ¶b FROM t GROUP BY a',
    '42803',
    'column "t.b" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  [
    'SELECT a, count(*) FROM s GROUP BY a HAVING ¶k > 1',
    '42803',
    'column "s.k" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  [
    'SELECT (SELECT max(k) FROM s WHERE s.a = t.id) FROM t GROUP BY a',
    '42803',
    'subquery uses ungrouped column "t.id" from outer query',
  ],
  ['SELECT 1 FROM t WHERE ¶count(*) > 1', '42803', 'aggregate functions are not allowed in WHERE'],
  ['SELECT sum(¶count(*)) FROM t', '42803', 'aggregate function calls cannot be nested'],
  ['SELECT a FROM t GROUP BY ¶7', '42P10', 'GROUP BY position 7 is not in select list'],
  ['SELECT a FROM t ORDER BY ¶7', '42P10', 'ORDER BY position 7 is not in select list'],
  [
    'SELECT DISTINCT a FROM t ORDER BY ¶b',
    '42P10',
    'for SELECT DISTINCT, ORDER BY expressions must appear in select list',
  ],
  ['SELECT 1 FROM t WHERE ¶a', '42804', 'argument of WHERE must be type boolean, not type integer'],
  ['SELECT CASE WHEN true THEN ¶1 ELSE b END FROM t', '42804', 'CASE types text and integer cannot be matched'],
  ['SELECT a ¶+ b FROM t', '42883', 'operator does not exist: integer + text'],
  ['SELECT ¶nope(a) FROM t', '42883', 'function nope(integer) does not exist'],
  ['SELECT ¶abs(DISTINCT a) FROM t', '42809', 'DISTINCT specified, but abs is not an aggregate function'],
  ["SELECT ¶'x'::int", '22P02', 'invalid input syntax for type integer: "x"'],
  ['SELECT a::¶nope FROM t', '42704', 'type "nope" does not exist'],
  ['SELECT a FROM t UNION SELECT ¶a, b FROM t', '42601', 'each UNION query must have the same number of columns'],
  ['SELECT 1 WHERE 1 ¶IN (SELECT a, b FROM t)', '42601', 'subquery has too many columns'],
  ['SELECT a FROM t LIMIT ¶-1', '2201W', 'LIMIT must not be negative'],
  ['SELECT * FROM t JOIN s USING (b)', '42703', 'column "b" specified in USING clause does not exist in right table'],
  ['WITH x AS (SELECT 1), ¶x AS (SELECT 2) SELECT 1', '42712', 'WITH query name "x" specified more than once'],
  [
    'WITH RECURSIVE ¶r AS (SELECT * FROM r) SELECT * FROM r',
    '42P19',
    'recursive query "r" does not have the form non-recursive-term UNION [ALL] recursive-term',
  ],
  ['INSERT INTO t (¶nope) VALUES (1)', '42703', 'column "nope" of relation "t" does not exist'],
  ['INSERT INTO t (id) VALUES (1, ¶2)', '42601', 'INSERT has more expressions than target columns'],
  ['INSERT INTO t (id, ¶a) VALUES (1)', '42601', 'INSERT has more target columns than expressions'],
  ['INSERT INTO t (id) VALUES (¶true)', '42804', 'column "id" is of type integer but expression is of type boolean'],
  ['INSERT INTO ¶vw VALUES (1)', '55000', 'cannot insert into view "vw"'],
  [
    'INSERT INTO s VALUES (1) ¶ON CONFLICT (k) DO NOTHING',
    '42P10',
    'there is no unique or exclusion constraint matching the ON CONFLICT specification',
  ],
  ['UPDATE t SET a = 1, ¶a = 2', '42601', 'multiple assignments to same column "a"'],
  ['CREATE TABLE x (a int, ¶a int)', '42701', 'column "a" specified more than once'],
  ['CREATE TABLE ¶nope.x (a int)', '3F000', 'schema "nope" does not exist'],
  ['CREATE TABLE x (a int, ¶PRIMARY KEY (b))', '42703', 'column "b" named in key does not exist'],
  ['DROP TABLE ¶vw', '42809', '"vw" is not a table'],
  ['DROP INDEX ¶nope', '42704', 'index "nope" does not exist'],
]

/** Refused by name: parsed, understood, not implemented. */
const POINTS: readonly (readonly [sql: string, sqlstate: string, message: string])[] = [
  ['INSERT INTO s (k, a) SELECT 1, ¶true', '42804', 'column "a" is of type integer but expression is of type boolean'],
  [
    'INSERT INTO s (a, k) SELECT id, ¶b FROM t ORDER BY 1',
    '42804',
    'column "k" is of type integer but expression is of type text',
  ],
  ['INSERT INTO s (k, a) SELECT 1, 2, ¶3', '42601', 'INSERT has more expressions than target columns'],
  ['SELECT a FROM t UNION SELECT ¶b FROM t', '42804', 'UNION types integer and text cannot be matched'],
  ['SELECT 1¶::date', '42846', 'cannot cast type integer to date'],
  ["SELECT a ¶LIKE 'x' FROM t", '42883', 'operator does not exist: integer ~~ unknown'],
  ['SELECT 1 ¶IN (1, true)', '42883', 'operator does not exist: integer = boolean'],
  ['SELECT 1 ¶BETWEEN true AND false', '42883', 'operator does not exist: integer >= boolean'],
  ['SELECT CASE 1 ¶WHEN true THEN 1 END', '42883', 'operator does not exist: integer = boolean'],
  ['SELECT (1, 2) ¶= (1, 2, 3)', '42601', 'unequal number of entries in row expressions'],
  [
    'SELECT DISTINCT ON (¶a) a FROM t ORDER BY b',
    '42P10',
    'SELECT DISTINCT ON expressions must match initial ORDER BY expressions',
  ],
  ['SELECT ¶x.t.a FROM t', '42P01', 'invalid reference to FROM-clause entry for table "t"'],
  ['SELECT ¶extract(year FROM 1)', '42883', 'function pg_catalog.extract(unknown, integer) does not exist'],
  ['UPDATE t SET (a, b) = ¶(1, 2, 3)', '42601', 'number of columns does not match number of values'],
  ['CREATE TABLE x (a int DEFAULT ¶b)', '0A000', 'cannot use column reference in DEFAULT expression'],
  [
    'CREATE TABLE x (a int PRIMARY KEY, b int ¶PRIMARY KEY)',
    '42P16',
    'multiple primary keys for table "x" are not allowed',
  ],
  ['CREATE TABLE x (a int, ¶PRIMARY KEY (a, a))', '42701', 'column "a" appears twice in primary key constraint'],
  [
    'CREATE TABLE x (a int NULL ¶NOT NULL)',
    '42601',
    'conflicting NULL/NOT NULL declarations for column "a" of table "x"',
  ],
  ['SELECT a FROM t FETCH FIRST 1 ROW WITH TIES', '42601', 'WITH TIES cannot be specified without ORDER BY clause'],
  ["SELECT e'\\xff'", '22021', 'invalid byte sequence for encoding "UTF8": 0xff'],
]

const REFUSED: readonly (readonly [sql: string, feature: string])[] = [
  ['SELECT a FROM t UNION CORRESPONDING SELECT a FROM s', 'CORRESPONDING'],
  ['SELECT * FROM ¶t TABLESAMPLE SYSTEM (10)', 'TABLESAMPLE'],
  ['CREATE TABLE x (a int ¶CHECK (a > 0) NO INHERIT)', 'CHECK … NO INHERIT'],
  ['SUBSCRIBE t ENVELOPE UPSERT (KEY (a))', 'SUBSCRIBE … ENVELOPE'],
  ["¶CREATE SINK x FROM t INTO KAFKA BROKER 'a:1' TOPIC 't' FORMAT JSON", 'CREATE SINK'],
  ['CREATE UNLOGGED TABLE x (a int)', 'an UNLOGGED table'],
]

function failure(sql: string): SqlError {
  try {
    for (const node of parseSql(sql)) planStatement(node, contextOf(sql, catalog))
  } catch (e) {
    if (e instanceof SqlError) return e
    throw e
  }
  throw new Error(`planned without an error: ${sql}`)
}

const place = (marked: string): number | undefined => (marked.includes('¶') ? marked.indexOf('¶') + 1 : undefined)

test.each([...WRONG, ...POINTS])('%s', (marked, sqlstate, message) => {
  const error = failure(marked.replace('¶', ''))
  expect(`${error.sqlstate} ${error.message}`).toBe(`${sqlstate} ${message}`)
  if (place(marked) !== undefined) expect(error.fields.position).toBe(place(marked))
})

const HINTS: readonly (readonly [sql: string, hint: string | undefined])[] = [
  ['SELECT ¶t.a FROM t x', 'Perhaps you meant to reference the table alias "x".'],
  ['SELECT ¶t.a FROM t x, t y', 'Perhaps you meant to reference the table alias "x".'],
  ['SELECT ¶t.* FROM t x', 'Perhaps you meant to reference the table alias "x".'],
  [
    'SELECT 1 FROM t x WHERE EXISTS (SELECT 1 FROM s WHERE ¶t.a = s.a)',
    'Perhaps you meant to reference the table alias "x".',
  ],
  ['SELECT ¶public.t.a FROM public.t x', 'Perhaps you meant to reference the table alias "x".'],
  ['UPDATE t x SET a = ¶t.id', 'Perhaps you meant to reference the table alias "x".'],
  ['DELETE FROM t x WHERE ¶t.id = 1', 'Perhaps you meant to reference the table alias "x".'],
  ['SELECT ¶vw.a FROM vw x', 'Perhaps you meant to reference the table alias "x".'],
  ['WITH w AS (SELECT 1 AS id) SELECT ¶w.id FROM w ww', 'Perhaps you meant to reference the table alias "ww".'],
  [
    'SELECT s.k FROM s, (SELECT ¶s.k FROM t) q',
    'There is an entry for table "s", but it cannot be referenced from this part of the query.',
  ],
  ['SELECT ¶x.t.a FROM t', 'There is an entry for table "t", but it cannot be referenced from this part of the query.'],
  ['SELECT ¶t.a FROM (SELECT * FROM t) x', undefined],
  ['SELECT x.¶idd FROM t x', 'Perhaps you meant to reference the column "x.id".'],
]

test.each(HINTS)('what is hinted at: %s', (marked, hint) => {
  const error = failure(marked.replace('¶', ''))
  expect(error.fields.hint).toBe(hint)
  if (error.sqlstate === '42P01') expect(error.fields.position).toBe(place(marked))
})

test.each(REFUSED)('refused: %s', (marked, feature) => {
  const error = failure(marked.replace('¶', ''))
  expect(`${error.sqlstate} ${error.message}`).toBe(`0A000 ${feature} is not supported`)
  if (place(marked) !== undefined) expect(error.fields.position).toBe(place(marked))
})

test.each(LITERALS)('where a text is no value: %s', (marked, message) => {
  const error = failure(marked.replace('¶', ''))
  expect([error.message, error.fields.position]).toEqual([message, place(marked)])
})

test('nesting names its limit', () => {
  const error = failure(`SELECT ${'('.repeat(200)}1${')'.repeat(200)}`)
  expect([error.sqlstate, error.message, error.fields.hint]).toEqual([
    '54001',
    'stack depth limit exceeded',
    'A statement nests at most 128 levels deep.',
  ])
})

test('a near miss of a column is hinted at', () => {
  expect(failure('SELECT idd FROM t').fields.hint).toBe('Perhaps you meant to reference the column "t.id".')
})
