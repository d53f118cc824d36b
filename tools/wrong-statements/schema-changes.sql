-- Changes of the schema, and commands, that cannot be.
CREATE TABLE t (a int)
CREATE TABLE v (a int)
CREATE TABLE mv (a int)
CREATE VIEW t AS SELECT 1
CREATE MATERIALIZED VIEW t AS SELECT 1
CREATE MATERIALIZED VIEW mv AS SELECT 1
CREATE INDEX t_name ON t (id)
CREATE INDEX t ON t (id)
CREATE SEQUENCE s
CREATE SEQUENCE t
CREATE SCHEMA public
CREATE TABLE nowhere.x (a int)
CREATE VIEW nowhere.x AS SELECT 1
CREATE TABLE x (a missing)
CREATE TABLE x (a int, a int)
CREATE TABLE x (a int PRIMARY KEY, b int PRIMARY KEY)
CREATE TABLE x (a int, PRIMARY KEY (missing))
CREATE TABLE x (a int, PRIMARY KEY (a, a))
CREATE TABLE x (a int, UNIQUE (missing))
CREATE TABLE x (a int NOT NULL NULL)
CREATE TABLE x (a int DEFAULT 1 DEFAULT 2)
CREATE TABLE x (a int DEFAULT 'x')
CREATE TABLE x (a int DEFAULT true)
CREATE TABLE x (a int DEFAULT b, b int)
CREATE TABLE x (a int DEFAULT (SELECT 1))
CREATE TABLE x (a int DEFAULT count(*))
CREATE TABLE x (a int DEFAULT generate_series(1, 2))
CREATE TABLE x (a int CHECK (missing > 1))
CREATE TABLE x (a int CHECK (a))
CREATE TABLE x (a int CHECK (a > (SELECT 1)))
CREATE TABLE x (a int CHECK (count(*) > 1))
CREATE TABLE x (a int CONSTRAINT c CHECK (a > 1), CONSTRAINT c CHECK (a > 2))
CREATE TABLE x (a int GENERATED ALWAYS AS (b) STORED)
CREATE TABLE x (a int GENERATED ALWAYS AS (a) STORED)
CREATE TABLE x (a int GENERATED ALWAYS AS (random()) STORED)
CREATE TABLE x (a int, b int GENERATED ALWAYS AS (a) STORED, c int GENERATED ALWAYS AS (b) STORED)
CREATE TABLE x (a int DEFAULT 1 GENERATED ALWAYS AS (1) STORED)
CREATE TABLE x (a text GENERATED ALWAYS AS IDENTITY)
CREATE TABLE x (a int DEFAULT 1 GENERATED ALWAYS AS IDENTITY)
-- differs: taken
CREATE TABLE x (a json PRIMARY KEY)
-- differs: the feature is refused by name
CREATE TABLE x (a int REFERENCES missing)
-- differs: the feature is refused by name
CREATE TABLE x (a int REFERENCES t (missing))
-- differs: the feature is refused by name
CREATE TABLE x (a int REFERENCES t (name))
-- differs: the feature is refused by name
CREATE TABLE x (a text REFERENCES t)
-- differs: the feature is refused by name
CREATE TABLE x (a int REFERENCES v)
CREATE TABLE x (a numeric(1001))
CREATE TABLE x (a varchar(0))
CREATE TABLE x AS SELECT missing
CREATE TABLE x AS SELECT 1 AS a, 2 AS a
CREATE TABLE x (a, b) AS SELECT 1
-- differs: the feature is refused by name
CREATE TABLE x (LIKE missing)
CREATE VIEW x AS SELECT missing
CREATE VIEW x AS SELECT 1 AS a, 2 AS a
CREATE VIEW x (a, b) AS SELECT 1
CREATE VIEW x AS SELECT * FROM missing
CREATE VIEW x AS SELECT $1
CREATE OR REPLACE VIEW t AS SELECT 1
CREATE OR REPLACE VIEW v AS SELECT 1 AS id
CREATE OR REPLACE VIEW v AS SELECT id AS x, name FROM t
CREATE OR REPLACE VIEW v AS SELECT id FROM t
CREATE MATERIALIZED VIEW x AS SELECT missing FROM t
CREATE MATERIALIZED VIEW x AS SELECT 1 AS a, 2 AS a
CREATE INDEX x ON missing (a)
CREATE INDEX x ON t (missing)
CREATE INDEX x ON v (id)
-- differs: the feature is refused by name
CREATE INDEX x ON t (lower(missing))
-- differs: the feature is refused by name
CREATE INDEX x ON t (count(*))
CREATE UNIQUE INDEX x ON t (ok, missing)
CREATE SEQUENCE x INCREMENT 0
CREATE SEQUENCE x MINVALUE 5 MAXVALUE 1
CREATE SEQUENCE x START 5 MAXVALUE 1
CREATE SEQUENCE x AS text
CREATE SEQUENCE x CACHE 0
DROP TABLE missing
-- differs: another code
DROP TABLE nowhere.t
DROP TABLE v
DROP TABLE mv
DROP TABLE t
DROP TABLE s
DROP VIEW missing
DROP VIEW t
DROP VIEW mv
DROP MATERIALIZED VIEW missing
DROP MATERIALIZED VIEW v
DROP INDEX missing
DROP INDEX t
-- differs: another code
DROP INDEX t_pkey
DROP SEQUENCE missing
DROP SEQUENCE t
DROP SCHEMA missing
-- differs: the feature is refused by name
DROP TYPE missing
-- differs: the feature is refused by name
DROP FUNCTION missing()
ALTER TABLE missing ADD COLUMN a int
ALTER TABLE missing RENAME TO x
ALTER TABLE t RENAME TO u
ALTER TABLE t RENAME COLUMN missing TO x
ALTER TABLE t RENAME COLUMN id TO name
ALTER TABLE u ADD COLUMN id int
ALTER TABLE u ADD COLUMN x missing
ALTER TABLE u ADD COLUMN x int NOT NULL
ALTER TABLE u ADD COLUMN x int DEFAULT 'y'
ALTER TABLE u DROP COLUMN missing
ALTER TABLE u ALTER COLUMN missing SET NOT NULL
ALTER TABLE u ALTER COLUMN code SET NOT NULL
ALTER TABLE u ALTER COLUMN code SET DEFAULT 1 + true
ALTER TABLE u ALTER COLUMN code TYPE int
ALTER TABLE u ALTER COLUMN price TYPE date USING price
ALTER TABLE u ALTER COLUMN missing TYPE int
ALTER TABLE u ADD CONSTRAINT positive CHECK (price > 1)
ALTER TABLE u ADD CONSTRAINT x CHECK (price > 1)
ALTER TABLE u ADD CONSTRAINT x CHECK (missing > 1)
ALTER TABLE u ADD CONSTRAINT x UNIQUE (missing)
-- differs: the feature is refused by name
ALTER TABLE u ADD PRIMARY KEY (t_id)
ALTER TABLE u DROP CONSTRAINT missing
-- differs: another text
ALTER TABLE v ADD COLUMN x int
ALTER VIEW missing RENAME TO x
ALTER VIEW v RENAME TO t
ALTER INDEX missing RENAME TO x
ALTER SEQUENCE missing RESTART
ALTER SCHEMA missing RENAME TO x
COMMENT ON TABLE missing IS 'x'
COMMENT ON COLUMN t.missing IS 'x'
COMMENT ON VIEW t IS 'x'
SET missing = 1
SET statement_timeout = 'x'
SET statement_timeout = -5
SET statement_timeout = '5 foo'
-- differs: the feature is refused by name
SET client_encoding = 'FOO'
SET DateStyle = 'foo'
SET TimeZone = 'Nowhere/City'
-- differs: the feature is refused by name
SET IntervalStyle = 'foo'
SET extra_float_digits = 9
SET default_transaction_isolation = 'foo'
SET server_version = '1'
SHOW missing
RESET missing
SET search_path = 5, 'x'; SELECT * FROM t
EXECUTE missing
EXECUTE missing(1)
DEALLOCATE missing
PREPARE p AS SELECT missing
PREPARE p (missing) AS SELECT $1
FETCH missing
CLOSE missing
DECLARE c CURSOR FOR SELECT 1
FETCH NEXT FROM missing
-- differs: the feature is refused by name
SAVEPOINT a
-- differs: the feature is refused by name
RELEASE a
-- differs: the feature is refused by name
ROLLBACK TO a
-- differs: the feature is refused by name
LOCK TABLE t
-- differs: the feature is refused by name
REFRESH MATERIALIZED VIEW missing
-- differs: the feature is refused by name
REFRESH MATERIALIZED VIEW v
