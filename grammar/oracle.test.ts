// PostgreSQL's own grammar as the judge: what it reads we read, and into the same tree.
import { isDeepStrictEqual } from 'node:util'
import { loadModule, parseSync } from 'libpg-query'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseStatements } from './parse.ts'
import { conformanceStatements, hasConformance } from './testing/conformance.ts'
import { canonical, pgStatement } from './testing/oracle-ddl.ts'
import { Unsupported } from './testing/oracle-expr.ts'

beforeAll(async () => {
  await loadModule()
})

type Verdict = 'same' | 'different' | 'refused' | 'not compared' | 'not PostgreSQL'
function compare(sql: string): Verdict {
  let theirs: unknown[]
  try {
    theirs = (parseSync(sql).stmts ?? []).map((s: { stmt?: unknown }) => canonical(s.stmt))
  } catch {
    return 'not PostgreSQL'
  }
  try {
    const ours = parseStatements(sql).map((s) => canonical(pgStatement(s)))
    return isDeepStrictEqual(ours, theirs) ? 'same' : 'different'
  } catch (e) {
    return e instanceof Unsupported ? 'not compared' : 'refused'
  }
}

describe.skipIf(!hasConformance)('conformance statements (skipped where ../shared/conformance is absent)', () => {
  test('at least 99.5 % of what PostgreSQL reads is read, none into another tree', () => {
    const counts: Record<Verdict, string[]> = {
      same: [],
      different: [],
      refused: [],
      'not compared': [],
      'not PostgreSQL': [],
    }
    for (const sql of conformanceStatements()) counts[compare(sql)].push(sql)
    const read = counts.same.length + counts.different.length + counts['not compared'].length
    expect(counts.different).toEqual([])
    expect(read / (read + counts.refused.length)).toBeGreaterThanOrEqual(0.995)
    expect(counts.same.length).toBeGreaterThan(9000)
  })
})

const precedence = [
  'SELECT 1 WHERE x = 1 OR y = 2 AND z = 3',
  'SELECT NOT a = b AND c, - 2 ^ 2, -a::int, a - b - c, a ^ b ^ c, - - 1, + - x',
  'SELECT a || b = c || d, a < b IS NULL, a IS NULL = b, a = NOT b',
  'SELECT a BETWEEN 1 AND 2 AND b, a NOT BETWEEN SYMMETRIC b + 1 AND c * 2 OR d',
  'SELECT a LIKE b || c ESCAPE d, a NOT ILIKE b AND c, a SIMILAR TO b',
  'SELECT a IN (1, 2) IN (true), a NOT IN (SELECT 1) AND b, (a, b) IN ((1, 2), (3, 4))',
  'SELECT a AT TIME ZONE b || c, a + b AT TIME ZONE c COLLATE "C", a::text COLLATE "C"',
  'SELECT a[1].b.c[2:3], (a).b.*, (f(x)).y, a.b[1][:2], ARRAY[[1, 2], [3]]',
  'SELECT a @> b -> c ->> d, a OPERATOR(pg_catalog.+) b * c, @ -5, a !~~ b',
  'SELECT x IS DISTINCT FROM y + 1, (x IS NOT DISTINCT FROM y) IS NULL, x ISNULL, x NOTNULL',
  'SELECT a = ANY (b), a <> ALL (SELECT 1), a LIKE ANY (ARRAY[b]), a < SOME (SELECT c)',
  'SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 EXCEPT ALL SELECT 4 ORDER BY 1 LIMIT 2',
  '(SELECT 1 ORDER BY 1) UNION (SELECT 2 LIMIT 1) OFFSET 1',
  '(SELECT 1 ORDER BY 1) LIMIT 2',
  'SELECT * FROM t CROSS JOIN u, v NATURAL LEFT JOIN w JOIN (x JOIN y USING (a)) AS z ON true',
  'SELECT * FROM a JOIN b JOIN c ON x ON y LEFT JOIN d USING (e) AS f',
  'SELECT x.a-x.b, int, a int, b "select", c AS select FROM t year',
  "SELECT date '2024-01-01', interval '1' day, interval '1 2' day to hour, interval(3) '1s', time with time zone '1:00', numeric(3,1) '1.2', double precision '1'",
  'SELECT count(*) FILTER (WHERE a) OVER (w ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES), sum(DISTINCT a ORDER BY b) FROM t WINDOW w AS (PARTITION BY c ORDER BY d DESC NULLS LAST)',
  'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a), f(VARIADIC x), f(a => 1, b := 2), rank() OVER w',
  "SELECT extract(epoch FROM a), substring(a FROM 1 FOR 2), substring(a FOR 2), position(a IN b), overlay(a PLACING b FROM 1), trim(LEADING 'x' FROM y), trim(a, b)",
  'SELECT a, grouping(a) FROM t GROUP BY GROUPING SETS ((a, b), (), ROLLUP (a, (b, c)), CUBE (d)), DISTINCT_a',
  'WITH RECURSIVE a (x) AS NOT MATERIALIZED (VALUES (1) UNION ALL SELECT x + 1 FROM a), b AS (DELETE FROM c RETURNING *) SELECT * FROM a',
  'SELECT * FROM ROWS FROM (f(1), g(2) AS (a int)) WITH ORDINALITY AS x (a, b), LATERAL (SELECT 1) y, h() AS (a int, b text)',
  'INSERT INTO t AS x (a, b[1], c.d) VALUES (1, DEFAULT, 2) ON CONFLICT (a, lower(b)) WHERE c DO UPDATE SET (a, b) = (1, 2), c = excluded.c WHERE d RETURNING a AS z',
  'UPDATE ONLY t AS x SET a = 1, (b, c) = (SELECT 1, 2) FROM u WHERE x.a = u.a RETURNING *',
  'SELECT CASE a WHEN 1 THEN 2 ELSE 3 END, CASE WHEN a THEN b END, nullif(a, b), greatest(a, b), coalesce(a, b)',
  'SELECT current_date, current_timestamp(3), localtime, user, current_schema, exists (select 1), array(select 1), row(1), row(), (1, 2)',
  'SELECT a FROM t FOR NO KEY UPDATE OF t SKIP LOCKED',
  'SELECT a FROM t ORDER BY a USING > NULLS FIRST FETCH FIRST 5 ROWS WITH TIES',
  "SELECT E'a\\n\\x41\\u0042', U&'\\0041', $$a'b$$, $x$ $$ $x$, B'01', X'1F', 'a'\n'b', 0x1F, 1_000, .5, 1., 1e5, 9999999999",
  "SELECT json_value(j FORMAT JSON, '$' PASSING 1 AS x RETURNING int DEFAULT 1 ON EMPTY ERROR ON ERROR), json_value(j, '$.a' NULL ON ERROR)",
  "SELECT json_query(j, '$' WITH CONDITIONAL WRAPPER OMIT QUOTES EMPTY ON ERROR), json_exists(j, '$' UNKNOWN ON ERROR), json_query(j, '$' RETURNING text FORMAT JSON ENCODING utf8 WITHOUT ARRAY WRAPPER KEEP QUOTES ON SCALAR STRING EMPTY OBJECT ON EMPTY)",
  "SELECT json_object('a' VALUE 1, 'b': 2 FORMAT JSON ABSENT ON NULL WITH UNIQUE KEYS RETURNING jsonb), json_object(), json_object(RETURNING text)",
  'SELECT json_array(1, 2 NULL ON NULL), json_array(SELECT 1 RETURNING jsonb), json_array(), json(x WITH UNIQUE), json_scalar(1), json_serialize(x RETURNING bytea)',
  'SELECT json_objectagg(a VALUE b NULL ON NULL WITH UNIQUE KEYS) FILTER (WHERE c) OVER (), json_arrayagg(a ORDER BY b RETURNING jsonb) OVER w FROM t WINDOW w AS (ORDER BY x)',
  "SELECT * FROM json_table(j, '$.a' AS p PASSING 1 AS x COLUMNS (i FOR ORDINALITY, a int PATH '$.a' DEFAULT 1 ON EMPTY, b bool EXISTS PATH '$' ERROR ON ERROR, c text FORMAT JSON WITH WRAPPER OMIT QUOTES, NESTED PATH '$' AS n COLUMNS (z int)) ERROR ON ERROR) AS t (a, b), LATERAL json_table(t.a, '$' COLUMNS (nested int)) u",
  'SELECT a IS JSON OBJECT WITH UNIQUE KEYS, a IS NOT JSON SCALAR, a IS JSON VALUE, json, json_value FROM json, json_value AS json (a)',
]
test.each(precedence)('the same tree: %s', (sql) => {
  expect(compare(sql)).toBe('same')
})
