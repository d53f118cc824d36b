/** What the hints for other databases' SQL tell users to write: each spelling is planned here, none is refused. */
import { expect, test } from 'vitest'
import { dialectRules } from '../../grammar/dialect-hint.ts'
import { parseSql, planStatement } from './plan-statement.ts'
import { catalogOf, contextOf } from './testing/planner.ts'

const CATALOG = catalogOf(`
  CREATE TABLE t (a int PRIMARY KEY, b int, c text, v jsonb, x int[], p text);
  CREATE TABLE u (a int PRIMARY KEY, b int)`)

/** By the words of the hint. COPY and SHOW are the session's to carry out: they only are read here. */
const SPELLINGS: Readonly<Record<string, string>> = {
  'ON CONFLICT (key) DO UPDATE SET …': 'INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2',
  'INSERT INTO t (a, …) VALUES (1, …)': 'INSERT INTO t (a, b) VALUES (1, 2)',
  "INSERT INTO t (a, p) SELECT a, 'x' FROM u": "INSERT INTO t (a, p) SELECT a, 'x' FROM u",
  'CREATE TABLE t AS SELECT * FROM u WITH NO DATA': 'CREATE TABLE w AS SELECT * FROM u WITH NO DATA',
  'type[]': 'CREATE TABLE w (a int[]); SELECT x::bigint[] FROM t',
  'INSERT … ON CONFLICT DO NOTHING': 'INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING',
  'INSERT … ON CONFLICT (key) DO UPDATE SET …': 'INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2',
  'TRUNCATE and INSERT INTO in one transaction': 'TRUNCATE t; INSERT INTO t (a) VALUES (1)',
  'COPY t FROM STDIN': 'COPY t FROM STDIN',
  'COPY (SELECT …) TO STDOUT': 'COPY (SELECT a FROM t) TO STDOUT',
  'the next larger type: bigint for INT UNSIGNED': 'CREATE TABLE w (a bigint)',
  'CREATE TABLE u AS SELECT c::type AS c, … FROM t': 'CREATE TABLE w AS SELECT b::bigint AS b, c FROM t',
  'ALTER TABLE t RENAME COLUMN a TO b': 'ALTER TABLE t RENAME COLUMN b TO d',
  'ALTER TABLE a RENAME TO b': 'ALTER TABLE t RENAME TO w',
  'SHOW COLUMNS FROM t': 'SHOW COLUMNS FROM t',
  'string_agg(x, s ORDER BY y)': "SELECT string_agg(c, ',' ORDER BY a) FROM t",
  'LIKE or a regular expression (~)': "SELECT a FROM t WHERE c LIKE '%x%' OR c ~ 'x'",
  'FOR SHARE, with the whole primary key in WHERE': 'SELECT b FROM t WHERE a = 1 FOR SHARE',
  'UNION ALL of a query for each level': 'SELECT b, sum(a) FROM t GROUP BY b UNION ALL SELECT NULL, sum(a) FROM t',
  "x ~ 'pattern'": "SELECT a FROM t WHERE c ~ 'x'",
  'a / b, which divides integers whole': 'SELECT a / b FROM t',
  'a <> b': 'SELECT a <> b FROM t',
  'a prepared parameter ($1) or a WITH clause': 'WITH q AS (SELECT 1 AS n) SELECT t.a FROM t, q WHERE t.a = n',
  'LIMIT n': 'SELECT a FROM t LIMIT 10',
  'CROSS JOIN LATERAL (…) or LEFT JOIN LATERAL (…) ON true': `
    SELECT * FROM t CROSS JOIN LATERAL (SELECT u.b AS y FROM u WHERE u.a = t.a) l;
    SELECT * FROM t LEFT JOIN LATERAL (SELECT u.b AS y FROM u WHERE u.a = t.a) l ON true`,
  '"names in double quotes"': 'SELECT "a" FROM "t"',
  "CASE WHEN x ~ 'pattern' THEN x::type END": "SELECT CASE WHEN c ~ '^[0-9]+$' THEN c::int END FROM t",
  'the columns by name, or * EXCEPT (a), x AS a': 'SELECT a + 1 AS a, b FROM t; SELECT * EXCEPT (a), a + 1 AS a FROM t',
  'x[n + 1]: arrays count from 1': 'SELECT x[1] FROM t',
  "jsonb_build_object('name', x, …)": "SELECT jsonb_build_object('a', a, 'b', b) FROM t",
  'unnest(ARRAY[…])': 'SELECT a FROM unnest(ARRAY[1, 2]) AS a',
  "v -> 'path' ->> 'leaf'": "SELECT v -> 'path' ->> 'leaf' FROM t",
  'sum(x) FILTER (WHERE b = 1) for each column': 'SELECT sum(a) FILTER (WHERE b = 1) AS one FROM t',
  'the list without its last comma': 'SELECT a, b FROM t',
  EXCEPT: 'SELECT a FROM t EXCEPT SELECT a FROM u',
  'LIMIT b OFFSET a': 'SELECT a FROM t LIMIT 10 OFFSET 5',
  'UPDATE t SET … FROM u WHERE …': 'UPDATE t SET b = u.b FROM u WHERE u.a = t.a',
  'DELETE FROM t USING u WHERE …': 'DELETE FROM t USING u WHERE u.a = t.a',
  'DELETE FROM t': 'DELETE FROM t',
  'INSERT INTO t': 'INSERT INTO t (a) VALUES (1)',
  'WHERE key IN (SELECT key FROM t … LIMIT n)': 'DELETE FROM t WHERE a IN (SELECT a FROM t ORDER BY a LIMIT 5)',
  'x COLLATE "C"': 'SELECT c COLLATE "C" FROM t',
  "'' (a doubled quote) or E'…\\'…'": "SELECT 'it''s', E'it\\'s'",
  '-- comments': 'SELECT a FROM t -- why',
}

const offered = [...new Set(dialectRules.flatMap((rule) => rule.instead ?? []))]

test('every hint says what to write or what there is not', () => {
  for (const rule of dialectRules) expect(rule.instead ?? rule.absent, rule.construct).toBeDefined()
  expect(Object.keys(SPELLINGS).sort()).toEqual([...offered].sort())
})

test.each(Object.entries(SPELLINGS))('%s', (_, sql) => {
  for (const node of parseSql(sql)) {
    if (node.kind !== 'copy' && node.kind !== 'showObjects') planStatement(node, contextOf(sql, CATALOG))
  }
})
