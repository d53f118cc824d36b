-- Three stages: trades → volume and closing price of each stock and day → the ten stocks that rose most.
CREATE SOURCE trades (symbol text, price numeric(10,2), shares int, ts timestamp, WATERMARK FOR ts AS ts - INTERVAL '10 seconds')
  FROM KAFKA BROKER 'kafka:9092' TOPIC 'trades' FORMAT JSON;

CREATE MATERIALIZED VIEW daily AS
  SELECT day, symbol, sum(shares) AS volume,
    max(price) FILTER (WHERE last = 1) AS close, max(price) FILTER (WHERE first = 1) AS open
  FROM (SELECT window_start AS day, symbol, price, shares,
          row_number() OVER (PARTITION BY window_start, symbol ORDER BY ts, price) AS first,
          row_number() OVER (PARTITION BY window_start, symbol ORDER BY ts DESC, price) AS last
        FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' DAY))) each_trade
  GROUP BY day, symbol;

CREATE MATERIALIZED VIEW top_ten AS
  SELECT day, place, symbol, percent FROM (
    SELECT day, symbol, round(100 * (close - open) / open, 1) AS percent,
      row_number() OVER (PARTITION BY day ORDER BY (close - open) / open DESC, symbol) AS place
    FROM daily WHERE volume >= 100) ranked
  WHERE place <= 10;
