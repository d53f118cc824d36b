-- Revenue per region: orders from Kafka, accounts from a table.
CREATE TABLE IF NOT EXISTS accounts (id int PRIMARY KEY, owner text NOT NULL, region text DEFAULT 'eu');

INSERT INTO accounts VALUES (1, 'ada', 'eu'), (2, 'bob', 'us'), (3, 'eve', 'eu'), (4, 'dan', 'asia')
ON CONFLICT (id) DO NOTHING;

CREATE SOURCE IF NOT EXISTS orders (id bigint, account int, amount numeric(12,2), ts timestamptz)
  FROM KAFKA BROKER '127.0.0.1:9092' TOPIC 'orders' FORMAT JSON INCLUDE PARTITION, OFFSET, TIMESTAMP AS kafka_ts;

CREATE MATERIALIZED VIEW IF NOT EXISTS revenue AS
  SELECT a.region, count(*) AS orders, sum(o.amount) AS total, max(o.ts) AS latest
  FROM orders o JOIN accounts a ON a.id = o.account GROUP BY a.region;

SELECT * FROM revenue ORDER BY region;
