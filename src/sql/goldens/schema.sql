CREATE TABLE accounts (id int PRIMARY KEY, owner text NOT NULL, region text DEFAULT 'eu');
CREATE SOURCE orders (id bigint, account int, amount numeric(12,2), ts timestamptz)
  FROM KAFKA BROKER '127.0.0.1:9092' TOPIC 'orders' FORMAT JSON INCLUDE PARTITION, OFFSET, TIMESTAMP AS kafka_ts;
CREATE TABLE edges (a int NOT NULL, b int NOT NULL);
CREATE TABLE s (k int, v int);
CREATE VIEW totals AS SELECT account, sum(amount) AS total FROM orders GROUP BY account;
CREATE MATERIALIZED VIEW revenue AS
  SELECT a.region, count(*) AS orders, sum(o.amount) AS total, max(o.ts) AS latest
  FROM orders o JOIN accounts a ON a.id = o.account GROUP BY a.region;
CREATE INDEX ON revenue (region);
CREATE TABLE days (d date, n int);
