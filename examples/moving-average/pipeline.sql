-- The average of the last three readings, and of the last minute, beside each reading.
CREATE SOURCE readings (sensor text, ts timestamp, celsius float8)
  FROM KAFKA BROKER 'kafka:9092' TOPIC 'readings' FORMAT JSON;

CREATE MATERIALIZED VIEW smoothed AS
  SELECT sensor, ts, celsius,
    avg(celsius) OVER (PARTITION BY sensor ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS last_three,
    avg(celsius) OVER (PARTITION BY sensor ORDER BY ts RANGE BETWEEN INTERVAL '1 minute' PRECEDING AND CURRENT ROW) AS last_minute
  FROM readings;
