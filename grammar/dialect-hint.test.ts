import { expect, test } from 'vitest'
import { dialectHint } from './dialect-hint.ts'
import { parseStatements } from './parse.ts'

const goldens: [sql: string, hint: string][] = [
  ['SELECT * FROM t LIMIT 5, 10', 'This is MySQL: LIMIT a, b. Write LIMIT b OFFSET a.'],
  ['SELECT TOP 10 a FROM t', 'This is Transact-SQL: TOP n. Write LIMIT n.'],
  ['SELECT [a b] FROM [my table]', 'This is Transact-SQL: [names in brackets]. Write "names in double quotes".'],
  ["SELECT a FROM t WHERE a REGEXP 'x'", "This is MySQL: REGEXP. Write x ~ 'pattern'."],
  ['INSERT IGNORE INTO t VALUES (1)', 'This is MySQL: INSERT IGNORE. Write INSERT … ON CONFLICT DO NOTHING.'],
  ['REPLACE INTO t VALUES (1)', 'This is MySQL: REPLACE INTO. Write INSERT … ON CONFLICT (key) DO UPDATE SET ….'],
  [
    'INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2',
    'This is MySQL: ON DUPLICATE KEY UPDATE. Write ON CONFLICT (key) DO UPDATE SET ….',
  ],
  [
    'CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY)',
    'This is MySQL: AUTO_INCREMENT. Millrace has no identity columns: give each row its key.',
  ],
  ['CREATE TABLE t (a INT) ENGINE=InnoDB', 'This is MySQL: ENGINE = …. Millrace has no storage engines: leave it out.'],
  [
    'CREATE TABLE t (id INT IDENTITY(1,1) PRIMARY KEY)',
    'This is Transact-SQL: IDENTITY(seed, step). Millrace has no identity columns: give each row its key.',
  ],
  [
    'CREATE TABLE t (a INT UNSIGNED)',
    'This is MySQL: UNSIGNED. Millrace has no unsigned types. Write the next larger type: bigint for INT UNSIGNED.',
  ],
  [
    "CREATE TABLE t (a INT COMMENT 'x')",
    "This is MySQL: COMMENT '…'. Millrace has no comments of tables and columns: leave it out.",
  ],
  ['SELECT a DIV b FROM t', 'This is MySQL: DIV. Write a / b, which divides integers whole.'],
  [
    "SELECT GROUP_CONCAT(a SEPARATOR ',') FROM t",
    'This is MySQL: GROUP_CONCAT(… SEPARATOR s). Write string_agg(x, s ORDER BY y).',
  ],
  [
    'SELECT * FROM t CROSS APPLY f(t.a)',
    'This is Transact-SQL: APPLY. Write CROSS JOIN LATERAL (…) or LEFT JOIN LATERAL (…) ON true.',
  ],
  [
    'SELECT a FROM t WITH (NOLOCK)',
    'This is Transact-SQL: WITH (NOLOCK). Millrace has no lock hints: readers never block.',
  ],
  [
    'SELECT SAFE_CAST(a AS INT64) FROM t',
    "This is BigQuery: SAFE_CAST. Millrace has no cast that gives NULL for what it cannot read. Write CASE WHEN x ~ 'pattern' THEN x::type END.",
  ],
  [
    'SELECT * REPLACE (a+1 AS a) FROM t',
    'This is BigQuery: * REPLACE (…). Write the columns by name, or * EXCEPT (a), x AS a.',
  ],
  ['SELECT ARRAY_AGG(a)[OFFSET(0)] FROM t', 'This is BigQuery: x[OFFSET(n)]. Write x[n + 1]: arrays count from 1.'],
  [
    'SELECT STRUCT(1 AS a, 2 AS b)',
    "This is BigQuery: STRUCT(… AS name). Millrace has no structs. Write jsonb_build_object('name', x, …).",
  ],
  ['SELECT a FROM UNNEST([1,2]) AS a', 'This is BigQuery: UNNEST([…]). Write unnest(ARRAY[…]).'],
  ['SELECT v:a.b::string FROM t', "This is Snowflake: v:path. Write v -> 'path' ->> 'leaf'."],
  [
    'SELECT * FROM t PIVOT(SUM(a) FOR b IN (1,2))',
    'This is Snowflake: PIVOT. Write sum(x) FILTER (WHERE b = 1) for each column.',
  ],
  ['SELECT a, FROM t', 'This is BigQuery: a trailing comma. Write the list without its last comma.'],
  ['SELECT a FROM t MINUS SELECT b FROM u', 'This is MySQL: MINUS. Write EXCEPT.'],
  [
    'SELECT a FROM t GROUP BY a WITH ROLLUP',
    'This is MySQL: WITH ROLLUP. Millrace has no ROLLUP. Write UNION ALL of a query for each level.',
  ],
  [
    'SELECT a FROM t LOCK IN SHARE MODE',
    'This is MySQL: LOCK IN SHARE MODE. Write FOR SHARE, with the whole primary key in WHERE.',
  ],
  [
    'ALTER TABLE t MODIFY COLUMN a INT',
    "This is MySQL: MODIFY COLUMN. Millrace has no change of a column's type. Write CREATE TABLE u AS SELECT c::type AS c, … FROM t.",
  ],
  ['RENAME TABLE a TO b', 'This is MySQL: RENAME TABLE. Write ALTER TABLE a RENAME TO b.'],
  ['UPDATE t JOIN u ON t.a=u.a SET t.b = u.b', 'This is MySQL: UPDATE … JOIN. Write UPDATE t SET … FROM u WHERE ….'],
  ['DELETE t FROM t JOIN u ON t.a = u.a', 'This is MySQL: DELETE t FROM … JOIN. Write DELETE FROM t USING u WHERE ….'],
  ['DECLARE @x INT', 'This is Transact-SQL: DECLARE @x. Write a prepared parameter ($1) or a WITH clause.'],
  ['EXEC sp_help', 'This is Transact-SQL: EXEC. Millrace has no procedures.'],
  [
    'INSERT OVERWRITE TABLE t SELECT 1',
    'This is Hive: INSERT OVERWRITE. Write TRUNCATE and INSERT INTO in one transaction.',
  ],
  ['INSERT INTO t SET a = 1', 'This is MySQL: INSERT … SET. Write INSERT INTO t (a, …) VALUES (1, …).'],
  [
    "INSERT INTO t PARTITION (d = '1') SELECT a FROM u",
    "This is Flink SQL: PARTITION (…) of INSERT. Millrace has no partitions of tables. Write INSERT INTO t (a, p) SELECT a, 'x' FROM u.",
  ],
  [
    'CREATE TABLE t LIKE u',
    'This is Flink SQL: CREATE TABLE … LIKE. Write CREATE TABLE t AS SELECT * FROM u WITH NO DATA.',
  ],
  ['CREATE TABLE t (a ARRAY<INT>)', 'This is Flink SQL: ARRAY<type>. Write type[].'],
  ['SELECT CAST(a AS ARRAY<INT>) FROM t', 'This is Flink SQL: ARRAY<type>. Write type[].'],
  ["SELECT a INTO OUTFILE 'x' FROM t", 'This is MySQL: INTO OUTFILE. Write COPY (SELECT …) TO STDOUT.'],
]

test.each(goldens)('%s', async (sql, hint) => {
  expect(() => parseStatements(sql)).toThrow()
  expect(await dialectHint(sql)).toBe(hint)
})

test('a statement nobody reads has no hint', async () => {
  expect(await dialectHint('this is no statement')).toBeUndefined()
})
