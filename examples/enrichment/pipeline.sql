-- Orders in foreign currencies, and the rates of those: every version of a rate is kept. A rate may become known a day late.
CREATE SOURCE orders (id bigint, currency text, amount numeric(12,2), ts timestamp, WATERMARK FOR ts AS ts - INTERVAL '5 seconds')
  FROM KAFKA BROKER 'kafka:9092' TOPIC 'orders' FORMAT JSON;
CREATE TABLE rates (currency text, since timestamp, rate numeric,
  WATERMARK FOR since AS since - INTERVAL '1 day');

-- As of the event: the rate that held when the order was made, whatever it is today.
CREATE MATERIALIZED VIEW as_of_event AS
  SELECT o.id, r.rate, o.amount * r.rate AS euros
  FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON r.currency = o.currency;

-- Always current: a name that changes changes all orders of that currency.
CREATE TABLE currencies (currency text PRIMARY KEY, name text NOT NULL);
CREATE MATERIALIZED VIEW always_current AS
  SELECT o.id, o.amount, c.name FROM orders o LEFT JOIN currencies c ON c.currency = o.currency;
