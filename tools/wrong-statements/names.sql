-- Names that mean nothing, or too much.
SELECT * FROM missing
SELECT * FROM public.missing
SELECT * FROM nowhere.t
SELECT missing FROM t
SELECT t.missing FROM t
SELECT x.id FROM t
-- differs: another text
SELECT t.id FROM t AS x
SELECT public.t.missing FROM t
SELECT nowhere.t.id FROM t
SELECT nmae FROM t
SELECT t.nmae FROM t
SELECT idd FROM t
SELECT "ID" FROM t
SELECT * FROM "T"
SELECT id FROM t, u
SELECT id FROM t JOIN u ON t.id = u.id
SELECT t.id FROM t JOIN u ON id = 1
SELECT name FROM t, v
SELECT x.* FROM t
SELECT *
SELECT t.* 
SELECT missing(1)
-- differs: another code
SELECT public.missing(1)
SELECT nowhere.lower('a')
SELECT lower()
SELECT lower('a', 'b')
SELECT lower(1)
SELECT lower(DATE '2020-01-01')
SELECT abs('a'::text)
SELECT abs(true)
SELECT substr('abc')
SELECT length(1)
SELECT length(id) FROM t
SELECT round('x'::text, 1)
SELECT date_trunc(1, 2)
SELECT date_trunc('day', 5)
SELECT sum(name) FROM t
SELECT avg(ok) FROM t
SELECT sum(d) FROM t
SELECT min(j) FROM t
SELECT max(ok) FROM t
SELECT bool_and(id) FROM t
SELECT string_agg(id) FROM t
SELECT string_agg(id, ',') FROM t
SELECT string_agg(name) FROM t
SELECT count(1, 2) FROM t
SELECT percentile_cont(0.5) FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY name) FROM t
SELECT rank(1) FROM t
SELECT lag() OVER () FROM t
SELECT row_number(1) OVER () FROM t
SELECT ntile('x'::text) OVER (ORDER BY id) FROM t
SELECT unnest(1)
SELECT unnest(id) FROM t
SELECT generate_series(1)
SELECT generate_series(1, 'x'::text)
SELECT * FROM generate_series(1, 2, 3, 4)
SELECT * FROM missing_function(1)
SELECT * FROM lower('a') AS x(a, b)
SELECT * FROM generate_series(1, 2) AS x(a, b)
SELECT * FROM t AS x(a, b, c, d, e, f, g, h, i)
SELECT * FROM (SELECT 1) AS x(a, b)
SELECT * FROM (VALUES (1, 2)) AS x(a, b, c)
WITH x(a, b) AS (SELECT 1) SELECT * FROM x
WITH x AS (SELECT 1), x AS (SELECT 2) SELECT * FROM x
WITH x AS (SELECT * FROM y), y AS (SELECT 1) SELECT * FROM x
WITH x AS (SELECT * FROM x) SELECT * FROM x
SELECT * FROM t, t
SELECT * FROM t AS a, u AS a
SELECT * FROM t JOIN t ON true
SELECT * FROM t JOIN u USING (name)
SELECT * FROM t JOIN u USING (missing)
SELECT * FROM t JOIN u USING (price)
SELECT * FROM (t JOIN u USING (id)) JOIN v USING (missing)
SELECT * FROM t JOIN u ON t.id = v.id
SELECT * FROM t JOIN u ON t.id = u.id JOIN v ON w.id = 1
SELECT * FROM t, (SELECT t.id) AS x
-- differs: another code
SELECT * FROM t, (SELECT name FROM u WHERE u.id = t.id) AS x
SELECT * FROM t JOIN (SELECT t.id) AS x ON true
SELECT * FROM t RIGHT JOIN LATERAL (SELECT t.id) AS x ON true
SELECT * FROM t FULL JOIN LATERAL (SELECT t.id) AS x ON true
SELECT id FROM t ORDER BY missing
SELECT id FROM t ORDER BY 2
SELECT id FROM t ORDER BY 0
SELECT id FROM t ORDER BY -1
SELECT id FROM t ORDER BY 1.5
SELECT id FROM t ORDER BY 'a'
SELECT id AS a, name AS a FROM t ORDER BY a
SELECT id FROM t GROUP BY 2
SELECT id FROM t GROUP BY 'a'
SELECT id AS x FROM t WHERE x = 1
SELECT id AS x, count(*) FROM t GROUP BY x HAVING x > 1
SELECT id FROM t UNION SELECT id FROM u ORDER BY missing
SELECT id FROM t UNION SELECT id FROM u ORDER BY id + 1
SELECT id FROM t UNION SELECT id FROM u ORDER BY t.id
SELECT DISTINCT id FROM t ORDER BY name
SELECT DISTINCT ON (name) id FROM t ORDER BY id
SELECT sum(id) OVER w FROM t
SELECT sum(id) OVER w FROM t WINDOW w AS (), w AS ()
SELECT sum(id) OVER (w PARTITION BY id) FROM t WINDOW w AS ()
SELECT sum(id) OVER (w ORDER BY id) FROM t WINDOW w AS (ORDER BY name)
SELECT sum(id) OVER (w) FROM t WINDOW w AS (ROWS 1 PRECEDING)
SELECT CAST(1 AS missing)
SELECT 1::missing
SELECT '1'::public.missing
-- differs: another text
SELECT NULL::missing[]
-- differs: another text
SELECT 1::int(3)
SELECT 1::text(3)
SELECT 1::numeric(0)
SELECT 1::numeric(1001)
SELECT 1::numeric(2, 1001)
SELECT 1::numeric(1, 2, 3)
SELECT 'a'::varchar(0)
SELECT 'a'::char(10485761)
-- differs: another code
SELECT 1::timestamp(-1)
SELECT CURRENT_USER(1)
-- differs: it points at another part of the expression
SELECT id COLLATE missing FROM t
-- differs: the feature is refused by name
SELECT name COLLATE missing FROM t
-- differs: it points at another part of the expression
SELECT id COLLATE "C" FROM t
-- differs: the feature is refused by name
SELECT * FROM t FOR UPDATE OF u
-- differs: the feature is refused by name
SELECT * FROM t AS x FOR UPDATE OF t
TABLE missing
EXPLAIN SELECT * FROM missing
SELECT EXISTS (SELECT missing FROM t)
SELECT (SELECT missing)
SELECT id FROM t WHERE id IN (SELECT missing FROM u)
SELECT * FROM t WHERE t.id = u.id
SELECT currval('missing')
SELECT nextval('t')
SELECT nextval('missing')
SELECT setval('s', 0)
SELECT 'missing'::regclass
SELECT 'missing'::regtype
SELECT 'missing'::regproc
-- differs: the feature is refused by name
SELECT 'lower('::regprocedure
