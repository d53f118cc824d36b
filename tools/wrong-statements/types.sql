-- Values of the wrong type, or in the wrong place.
SELECT 1 + 'a'
SELECT 1 + 'a'::text
SELECT 1 + true
SELECT true + false
SELECT 'a' + 'b'
SELECT DATE '2020-01-01' + DATE '2020-01-01'
SELECT now() + 1
SELECT -name FROM t
SELECT -true
SELECT NOT 1
SELECT NOT name FROM t
SELECT 1 AND true
SELECT true OR 'x'
SELECT 1 || 2
SELECT 1 = 'a'
SELECT 1 = 'a'::text
SELECT id = name FROM t
SELECT id = ok FROM t
SELECT d = id FROM t
SELECT j = 'x' FROM t
SELECT j = 1 FROM t
SELECT tags = 1 FROM t
SELECT tags = ARRAY['a'] FROM t
SELECT tags || 'a'::text FROM t
SELECT id < ANY (1) FROM t
SELECT id = ANY ('x') FROM t
SELECT id = ANY (name) FROM t
SELECT id = ANY (SELECT name FROM t) FROM t
SELECT id IN ('a', 'b') FROM t
SELECT id IN (1, 'a'::text) FROM t
SELECT id IN (SELECT name FROM t) FROM t
SELECT id IN (SELECT id, name FROM t) FROM t
SELECT (id, name) IN (SELECT id FROM t) FROM t
SELECT (1, 2) = (1, 2, 3)
SELECT (1, 'a'::text) = (1, 2)
SELECT (SELECT 1, 2)
SELECT (SELECT id FROM t)
SELECT 1 + (SELECT id FROM t)
SELECT ARRAY(SELECT id, name FROM t)
SELECT id LIKE 'a' FROM t
SELECT name LIKE 1 FROM t
SELECT name ~ 1 FROM t
SELECT 'a' LIKE 'a' ESCAPE 'xx'
SELECT 'a' ~ '('
SELECT 'a' ~ '['
SELECT 'a' ~ 'a{2,1}'
SELECT 'a' ~ '*a'
SELECT regexp_replace('a', 'a', 'b', 'z')
SELECT CASE WHEN 1 THEN 2 END
SELECT CASE WHEN true THEN 1 ELSE 'a' END
SELECT CASE WHEN true THEN 1 ELSE 'a'::text END
SELECT CASE 1 WHEN 'a'::text THEN 1 END
SELECT coalesce(1, 'a')
SELECT coalesce(1, 'a'::text)
SELECT nullif(1, 'a'::text)
SELECT greatest(1, 'a'::text)
-- differs: it points at another part of the expression
SELECT greatest(1, DATE '2020-01-01')
SELECT ARRAY[1, 'a']
SELECT ARRAY[1, 'a'::text]
SELECT ARRAY[]
SELECT ARRAY[1, true]
SELECT id[1] FROM t
SELECT tags['a'] FROM t
-- differs: another code
SELECT tags[1][2][3][4][5][6][7] FROM t
-- differs: the feature is refused by name
SELECT (name).x FROM t
-- differs: the feature is refused by name
SELECT (id).x FROM t
SELECT id.x FROM t
SELECT * FROM t WHERE 1
SELECT * FROM t WHERE name
SELECT * FROM t WHERE 'x'
SELECT * FROM t WHERE id
SELECT * FROM t HAVING 1
SELECT * FROM t JOIN u ON 1
SELECT * FROM t JOIN u ON t.id
SELECT * FROM t LIMIT 'a'
SELECT * FROM t LIMIT true
SELECT * FROM t LIMIT id
SELECT * FROM t LIMIT -1
SELECT * FROM t OFFSET -1
SELECT * FROM t LIMIT 1.5 + 'a'
SELECT id FROM t UNION SELECT name FROM t
SELECT id FROM t UNION SELECT id, name FROM t
SELECT id FROM t INTERSECT SELECT ok FROM t
SELECT id, name FROM t EXCEPT SELECT name, id FROM t
SELECT 1 UNION SELECT 'a'
SELECT 1 UNION SELECT 'a'::text
VALUES (1), (1, 2)
VALUES (1), ('a')
VALUES (1), (true)
SELECT sum(count(*)) FROM t
SELECT count(*) FROM t WHERE count(*) > 1
SELECT id FROM t WHERE sum(id) > 1
SELECT id FROM t JOIN u ON count(*) > 1
SELECT id FROM t GROUP BY count(*)
SELECT id, count(*) FROM t
SELECT name, count(*) FROM t GROUP BY ok
SELECT t.*, count(*) FROM t GROUP BY name
SELECT id FROM t HAVING count(*) > 1
SELECT id FROM t HAVING true
SELECT id + 1 FROM t GROUP BY id + 2
SELECT count(*) FROM t ORDER BY id
SELECT ok, count(*) FROM t GROUP BY ok ORDER BY name
SELECT (SELECT name) FROM t GROUP BY ok
SELECT count(*) FROM t GROUP BY ok HAVING name = 'a'
SELECT u.id, t.name FROM u, t GROUP BY u.id
SELECT row_number() FROM t
SELECT rank() FROM t
SELECT id FROM t WHERE row_number() OVER () = 1
SELECT count(*) FROM t GROUP BY rank() OVER ()
SELECT id FROM t HAVING rank() OVER () = 1
SELECT sum(row_number() OVER ()) FROM t
SELECT rank() OVER (ORDER BY rank() OVER ()) FROM t
SELECT sum(id) OVER (ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM t
SELECT sum(id) OVER (ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM t
SELECT sum(id) OVER (ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING) FROM t
SELECT sum(id) OVER (ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM t
SELECT sum(id) OVER (RANGE 1 PRECEDING) FROM t
SELECT sum(id) OVER (ORDER BY name RANGE 1 PRECEDING) FROM t
SELECT sum(id) OVER (ORDER BY id, name RANGE 1 PRECEDING) FROM t
SELECT sum(id) OVER (GROUPS 1 PRECEDING) FROM t
SELECT sum(id) OVER (ORDER BY id ROWS 'a' PRECEDING) FROM t
SELECT sum(id) OVER (ORDER BY id ROWS -1 PRECEDING) FROM t
SELECT sum(id) OVER (ORDER BY id ROWS id PRECEDING) FROM t
SELECT sum(id) OVER (ORDER BY d RANGE 1 PRECEDING) FROM t
SELECT sum(DISTINCT id) OVER () FROM t
SELECT lower(DISTINCT name) FROM t
SELECT lower(name) FILTER (WHERE true) FROM t
SELECT lower(name) OVER () FROM t
SELECT lower(name ORDER BY id) FROM t
-- differs: another code
SELECT lower(*) FROM t
SELECT sum(*) FROM t
SELECT count() FROM t
SELECT sum(id ORDER BY id) OVER () FROM t
SELECT count(DISTINCT id ORDER BY name) FROM t
SELECT string_agg(DISTINCT name, ',' ORDER BY id) FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id, id) FROM t
SELECT percentile_cont(id) WITHIN GROUP (ORDER BY id) FROM t
SELECT percentile_cont(2) WITHIN GROUP (ORDER BY id) FROM t
SELECT grouping(id) FROM t
SELECT grouping(name) FROM t GROUP BY id
SELECT generate_series(1, 2) FROM t WHERE generate_series(1, 2) = 1
SELECT id FROM t WHERE unnest(tags) = 1
SELECT count(generate_series(1, 2)) FROM t
SELECT CASE WHEN true THEN generate_series(1, 2) END
SELECT coalesce(generate_series(1, 2), 1)
SELECT * FROM t LIMIT generate_series(1, 2)
SELECT * FROM t, generate_series(1, u.id) AS x, u
SELECT now()::int
SELECT ok::date FROM t
SELECT d::int FROM t
SELECT 5::boolean::date
SELECT tags::int FROM t
SELECT id::int[] FROM t
SELECT j::date FROM t
SELECT 1.5::boolean
SELECT CAST(d AS boolean) FROM t
SELECT $1
SELECT $1 + $2
-- differs: it points at another part of the expression
SELECT DISTINCT json '{}'
SELECT json '{}' = json '{}'
SELECT 1 ORDER BY json '{}'
SELECT count(*) FROM t GROUP BY json '{}'
-- differs: it points at another part of the expression
SELECT json '{}' UNION SELECT json '{}'
SELECT 1 IS TRUE
SELECT name IS TRUE FROM t
SELECT 1 IS DISTINCT FROM 'a'
SELECT 1 BETWEEN 'a' AND 2
SELECT extract(foo FROM now())
SELECT extract(year FROM 1)
SELECT extract(hour FROM DATE '2020-01-01')
SELECT date_trunc('foo', now())
SELECT date_part('foo', now())
SELECT now() AT TIME ZONE 'Nowhere/City'
-- differs: it points at another part of the expression
SELECT now() AT TIME ZONE 1
SELECT make_date(2020, 13, 1)
SELECT to_timestamp('x', 'YYYY')
SELECT to_date('2020-13-01', 'YYYY-MM-DD')
SELECT to_number('x', '9')
