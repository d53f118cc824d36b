-- What the wrong statements are written against.
CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL, n numeric(6,2), d date, ts timestamp, ok boolean, tags int[], j jsonb);
CREATE TABLE u (id bigint PRIMARY KEY, t_id int, price float8 DEFAULT 1.5, code varchar(4) UNIQUE, CONSTRAINT positive CHECK (price > 0));
CREATE TABLE g (a int GENERATED ALWAYS AS IDENTITY, b int, c int GENERATED ALWAYS AS (b * 2) STORED);
CREATE VIEW v AS SELECT id, name FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT ok, count(*) AS rows FROM t GROUP BY ok;
CREATE INDEX t_name ON t (name);
CREATE SEQUENCE s;
INSERT INTO t VALUES (1, 'ada', 1.50, '2020-01-01', '2020-01-01 10:00', true, '{1,2}', '{"a": 1}'), (2, 'bob', NULL, NULL, NULL, false, NULL, '[1]');
INSERT INTO u VALUES (1, 1, 2.5, 'abc'), (2, 2, 0.5, NULL);
