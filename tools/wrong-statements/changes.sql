-- Changes of data that cannot be.
INSERT INTO missing VALUES (1)
INSERT INTO t (missing) VALUES (1)
INSERT INTO t (id, id) VALUES (1, 2)
INSERT INTO t (id) VALUES (1, 2)
INSERT INTO t (id, name) VALUES (1)
INSERT INTO t VALUES (1, 2, 3, 4, 5, 6, 7, 8, 9)
INSERT INTO t (id, name) SELECT 1
INSERT INTO t (id) SELECT 1, 2
INSERT INTO t VALUES (1)
INSERT INTO t VALUES (1, 'x')
INSERT INTO t (id) VALUES (5)
INSERT INTO t VALUES (NULL, 'x')
INSERT INTO t VALUES ('a', 'x')
INSERT INTO t VALUES (true, 'x')
INSERT INTO t VALUES (5, 'x', 'y')
INSERT INTO t VALUES (5, 'x', 99999)
INSERT INTO t VALUES (5, 'x', 9999.999)
INSERT INTO t VALUES (5, 'x', 1, 'y')
INSERT INTO t VALUES (5, 'x', 1, 5)
INSERT INTO t (id, name, tags) VALUES (5, 'x', 5)
INSERT INTO t (id, name, tags) VALUES (5, 'x', '5')
INSERT INTO t (id, name, j) VALUES (5, 'x', '{')
INSERT INTO t (id, name, j) VALUES (5, 'x', 1)
INSERT INTO t (id, name, ok) VALUES (5, 'x', 1)
INSERT INTO t (id, name, ok) SELECT 5, 'x', 1
INSERT INTO t (id, name) VALUES (5, DEFAULT)
INSERT INTO t SELECT * FROM u
INSERT INTO t (id, name) SELECT id, missing FROM u
-- differs: another text
INSERT INTO t VALUES (t.id, 'x')
INSERT INTO t VALUES (id, 'x')
INSERT INTO t VALUES (1, 'x'), (2)
INSERT INTO t (id, name) VALUES (7, 'x'), (7, 'y')
INSERT INTO t (id, name) VALUES (count(*), 'x')
-- differs: another code
INSERT INTO t (id, name) VALUES (generate_series(1, 2), rank() OVER ())
INSERT INTO t.x (id) VALUES (1)
-- differs: parts of a column are refused before their type is looked at
INSERT INTO t (t.id) VALUES (1)
-- differs: the feature is refused by name
INSERT INTO t (id.x) VALUES (1)
INSERT INTO t VALUES (5, 'x') RETURNING missing
INSERT INTO t VALUES (5, 'x') RETURNING count(*)
INSERT INTO t VALUES (5, 'x') RETURNING x.id
-- differs: another text
INSERT INTO t AS x VALUES (5, 'x') RETURNING t.id
INSERT INTO t VALUES (1, 'x') ON CONFLICT (name) DO NOTHING
-- differs: it points at another part of the expression
INSERT INTO t VALUES (1, 'x') ON CONFLICT (missing) DO NOTHING
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id, name) DO NOTHING
INSERT INTO t VALUES (1, 'x') ON CONFLICT DO UPDATE SET name = 'y'
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET missing = 1
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = missing
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = x.name
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = excluded.missing
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = name
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET id = 'x'
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = NULL
INSERT INTO t VALUES (9, 'x'), (9, 'y') ON CONFLICT (id) DO UPDATE SET name = 'z'
INSERT INTO t VALUES (1, 'x') ON CONFLICT ON CONSTRAINT missing DO NOTHING
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = 'z' WHERE missing
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = 'z' WHERE 1
-- differs: views are not written through
INSERT INTO v VALUES (1, 'x')
INSERT INTO mv VALUES (true, 1)
INSERT INTO u (id, price) VALUES (5, -1)
INSERT INTO u (id, price) VALUES (5, 'x')
INSERT INTO u (id, code) VALUES (5, 'abcde')
INSERT INTO u (id, code) VALUES (5, 'abc')
INSERT INTO u VALUES (1)
INSERT INTO g (a) VALUES (1)
INSERT INTO g (c) VALUES (1)
INSERT INTO g (b, c) VALUES (1, 2)
INSERT INTO g (a, b) OVERRIDING FOO VALUE VALUES (1, 2)
INSERT INTO s VALUES (1)
UPDATE missing SET id = 1
UPDATE t SET missing = 1
UPDATE t SET t.id = 1
UPDATE t SET id = 1, id = 2
UPDATE t SET id = missing
UPDATE t SET id = x.id
UPDATE t SET id = 'x'
UPDATE t SET id = name
UPDATE t SET id = true
UPDATE t SET name = 5 WHERE missing = 1
UPDATE t SET name = NULL
UPDATE t SET id = NULL
UPDATE t SET id = 1
UPDATE t SET id = 2 WHERE id = 1
UPDATE t SET n = 99999
UPDATE t SET (id, name) = (1)
UPDATE t SET (id, name) = (1, 2, 3)
UPDATE t SET (id, name) = (SELECT 1)
UPDATE t SET (id, name) = 1
UPDATE t SET id = (SELECT id FROM u)
UPDATE t SET id = count(*)
UPDATE t SET id = row_number() OVER ()
UPDATE t SET id = generate_series(1, 2)
UPDATE t SET id = 1 WHERE count(*) > 1
UPDATE t SET id = 1 WHERE 5
UPDATE t SET id = 1 WHERE name
UPDATE t SET id = 1 FROM missing
UPDATE t SET id = 1 FROM t
UPDATE t SET id = u.missing FROM u
UPDATE t SET id = id FROM u
-- differs: another text
UPDATE t AS x SET name = 'y' WHERE t.id = 1
UPDATE t SET id = 5 RETURNING missing
-- differs: the feature is refused by name
UPDATE t SET j.x = 1
-- differs: the feature is refused by name
UPDATE t SET name[1] = 'x'
-- differs: views are not written through
UPDATE v SET id = 1 WHERE missing
UPDATE mv SET rows = 1
UPDATE g SET a = 5
UPDATE g SET c = 5
UPDATE u SET price = -1
UPDATE u SET code = 'abcde'
UPDATE u SET code = 'abc'
DELETE FROM missing
DELETE FROM t WHERE missing = 1
DELETE FROM t WHERE u.id = 1
DELETE FROM t WHERE id = 'x'
DELETE FROM t WHERE id
DELETE FROM t WHERE count(*) > 0
DELETE FROM t USING missing
DELETE FROM t USING t
DELETE FROM t USING u WHERE id = 1
DELETE FROM t RETURNING missing
DELETE FROM mv
DELETE FROM s
TRUNCATE missing
TRUNCATE v
TRUNCATE mv
MERGE INTO missing USING u ON true WHEN MATCHED THEN DELETE
MERGE INTO t USING missing ON true WHEN MATCHED THEN DELETE
MERGE INTO t USING u ON missing WHEN MATCHED THEN DELETE
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET missing = 1
-- differs: another text
MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED THEN INSERT VALUES (t.id)
MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED THEN INSERT (missing) VALUES (1)
MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED THEN UPDATE SET name = 'x'
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN INSERT VALUES (1)
MERGE INTO t USING t ON true WHEN MATCHED THEN DELETE
MERGE INTO t USING (SELECT 1 AS id UNION ALL SELECT 1) AS x ON t.id = x.id WHEN MATCHED THEN UPDATE SET name = 'x'
MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE WHEN MATCHED THEN DELETE
COPY missing FROM STDIN
COPY t (missing) FROM STDIN
COPY t (id, id) FROM STDIN
COPY missing TO STDOUT
-- differs: another text
COPY t (missing) TO STDOUT
-- differs: views are copied
COPY v TO STDOUT
-- differs: views are not written through
COPY v FROM STDIN
COPY t TO STDOUT (FORMAT foo)
COPY t TO STDOUT (FOO bar)
COPY t TO STDOUT (DELIMITER 'ab')
COPY t TO STDOUT (FORMAT csv, FORMAT text)
COPY t TO STDOUT (QUOTE 'x')
COPY t TO STDOUT (DELIMITER E'\n')
COPY (SELECT missing) TO STDOUT
-- differs: the feature is refused by name
COPY (INSERT INTO t VALUES (5, 'x')) TO STDOUT
