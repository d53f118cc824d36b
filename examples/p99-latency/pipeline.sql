-- The 99th percentile of each minute: the smallest latency that 99 % of the requests do not exceed.
CREATE SOURCE requests (route text, ms int, ts timestamp, WATERMARK FOR ts AS ts - INTERVAL '2 seconds')
  FROM KAFKA BROKER 'kafka:9092' TOPIC 'requests' FORMAT JSON;

CREATE MATERIALIZED VIEW p99_per_minute AS
  SELECT minute, count(*) AS requests, min(ms) FILTER (WHERE share >= 0.99) AS p99, max(ms) AS worst
  FROM (SELECT window_start AS minute, ms, cume_dist() OVER (PARTITION BY window_start ORDER BY ms) AS share
        FROM TABLE(TUMBLE(TABLE requests, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) latencies
  GROUP BY minute;
