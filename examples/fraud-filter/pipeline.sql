-- Stateless: each payment is judged by itself, nothing is remembered.
CREATE SOURCE payments (id bigint, card text, amount numeric(12,2), country text, ts timestamptz)
  FROM KAFKA BROKER 'kafka:9092' TOPIC 'payments' FORMAT JSON INCLUDE PARTITION, OFFSET;

CREATE MATERIALIZED VIEW suspicious AS
  SELECT id, card, amount, country, ts, "partition", "offset" FROM payments WHERE amount > 10000;
