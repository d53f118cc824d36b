/** Ordinary statements: what two readings of SQL are compared over, beside those of sql-tests/. */
export const CORPUS: readonly string[] = `
SELECT id, owner FROM accounts WHERE balance > 100 AND region = 'eu' ORDER BY id
SELECT a.id, sum(o.amount) AS total FROM accounts a JOIN orders o ON o.account = a.id GROUP BY a.id HAVING sum(o.amount) > 10
SELECT * FROM a LEFT JOIN b ON a.id = b.id RIGHT JOIN c ON c.id = b.id FULL JOIN d USING (id)
SELECT * FROM a, b, c WHERE a.x = b.x AND b.y = c.y
SELECT a + b * c - d / e % f, (a + b) * (c - d), -a + -b, a - b - c, a / b / c
SELECT a || b || 'c', a < b, a <= b, a <> b, a != b, a >= b
SELECT NOT a, NOT a AND b, NOT (a AND b), NOT a = b
SELECT 1 FROM t WHERE (a = 1 OR b = 2) AND (c = 3 OR d = 4)
SELECT 1 FROM t WHERE a = 1 AND b = 2 OR c = 3
SELECT a IS NULL, a IS NOT NULL, a IS TRUE, a IS NOT FALSE FROM t
SELECT a BETWEEN 1 AND 2, a NOT BETWEEN b AND c + 1 FROM t
SELECT 1 FROM t WHERE a BETWEEN 1 AND 2 AND b BETWEEN 3 AND 4
SELECT a IN (1, 2, 3), a NOT IN ('x', 'y') FROM t
SELECT a IN (SELECT b FROM u WHERE u.k = t.k), a NOT IN (SELECT b FROM u) FROM t
SELECT a LIKE 'x%', a NOT LIKE '%y', a ILIKE 'z_', a NOT ILIKE b FROM t
SELECT CASE WHEN a > 1 THEN 'x' WHEN a > 0 THEN 'y' ELSE 'z' END, CASE a WHEN 1 THEN 2 END FROM t
SELECT CAST(a AS int), b::bigint, c::numeric(12, 2), CAST(d AS varchar(10)), e::text::int FROM t
SELECT count(*), count(a), count(DISTINCT a), sum(a + 1), min(a), max(b), avg(c) FROM t
SELECT coalesce(a, b, 0), nullif(a, b), greatest(a, b), least(a, 1), lower(upper(a)) FROM t
SELECT (SELECT max(a) FROM u), EXISTS (SELECT 1 FROM u WHERE u.a = t.a) FROM t
SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM u) AND NOT EXISTS (SELECT 2 FROM v)
SELECT d.a FROM (SELECT a, b FROM t WHERE b = 1) AS d JOIN (SELECT a FROM u) e ON d.a = e.a
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r
SELECT 1 UNION SELECT 2 UNION ALL SELECT 3
SELECT a FROM t EXCEPT SELECT a FROM u INTERSECT SELECT a FROM v
SELECT a FROM t INTERSECT SELECT a FROM u UNION SELECT a FROM v ORDER BY 1 LIMIT 3
SELECT DISTINCT a, b FROM t ORDER BY a DESC, b ASC NULLS FIRST, c DESC NULLS LAST
SELECT a FROM t ORDER BY lower(a), 2 LIMIT 10 OFFSET 5
SELECT a FROM t OFFSET 5
SELECT a AS b, c d, t.e AS "F" FROM s.t AS t
SELECT t.*, u.a FROM t JOIN u ON t.id = u.id AND u.a > 1
SELECT 0, 1, 1.50, 12345678901234567890, 0.000000000000000001, 1e5, 1.5e-3
SELECT 'it''s', '', ' ', 'äöü', '%', '--', '/* no comment */'
SELECT true, false, NULL, NULL IS NULL
SELECT /* one */ 1 -- two
SELECT a FROM t GROUP BY a, b, lower(c) HAVING count(*) > 1 AND min(d) < 5
SELECT date_trunc('minute', ts), extract_part(ts) FROM t GROUP BY 1
SELECT "Odd Name", "select" FROM "Odd Table" WHERE "A b" = 1
INSERT INTO t VALUES (1, 'a', NULL, 1.5)
INSERT INTO t (a, b) VALUES (1, 2), (3, 4), (-5, +6)
INSERT INTO t (a, b) SELECT a, b + 1 FROM u WHERE c IS NOT NULL
INSERT INTO s.t SELECT * FROM u
UPDATE t SET a = 1
UPDATE t SET a = a + 1, b = lower(b), c = NULL WHERE id = 5 AND NOT d
UPDATE t AS x SET a = (SELECT max(b) FROM u) WHERE x.id IN (1, 2)
DELETE FROM t
DELETE FROM s.t WHERE a = 1 AND b < 2
`
  .trim()
  .split('\n')
