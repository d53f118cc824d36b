-- What is computed: the score of each team. Where in event time: in windows of two minutes.
CREATE SOURCE scores (team text, points int, ts timestamp, WATERMARK FOR ts AS ts - INTERVAL '30 seconds')
  FROM KAFKA BROKER 'kafka:9092' TOPIC 'scores' FORMAT JSON;

-- When it is told, and how corrections are: at once, with every change retracting what was told before …
CREATE MATERIALIZED VIEW early AS
  SELECT team, window_start, sum(points) AS points
  FROM TABLE(TUMBLE(TABLE scores, DESCRIPTOR(ts), INTERVAL '2' MINUTES)) GROUP BY team, window_start, window_end;

-- … once, when the watermark says that the window is complete …
CREATE MATERIALIZED VIEW on_time AS
  SELECT team, window_start, sum(points) AS points
  FROM TABLE(TUMBLE(TABLE scores, DESCRIPTOR(ts), INTERVAL '2' MINUTES)) GROUP BY team, window_start, window_end
  EMIT ON WINDOW CLOSE;

-- … or once, a minute later, so that rows may be up to a minute late.
CREATE MATERIALIZED VIEW patient WITH (allowed_lateness = '1 minute') AS
  SELECT team, window_start, sum(points) AS points
  FROM TABLE(TUMBLE(TABLE scores, DESCRIPTOR(ts), INTERVAL '2' MINUTES)) GROUP BY team, window_start, window_end
  EMIT ON WINDOW CLOSE;
