-- A reading is an anomaly when it lies more than three standard deviations off the mean of the 20 readings before it.
CREATE SOURCE readings (sensor text, ts timestamp, value float8)
  FROM KAFKA BROKER 'kafka:9092' TOPIC 'iot' FORMAT JSON;

CREATE VIEW beside_history AS
  SELECT sensor, ts, value, count(value) OVER before AS n, avg(value) OVER before AS mean,
    avg(value * value) OVER before - (avg(value) OVER before) ^ 2 AS variance
  FROM readings
  WINDOW before AS (PARTITION BY sensor ORDER BY ts ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING);

CREATE MATERIALIZED VIEW anomalies AS
  SELECT sensor, ts, value, round(((value - mean) / sqrt(variance))::numeric, 2) AS z
  FROM beside_history WHERE n >= 5 AND variance > 0 AND abs(value - mean) > 3 * sqrt(variance);
