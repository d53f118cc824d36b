-- A session ends when a user does nothing for 30 seconds.
CREATE SOURCE actions (user_id text, page text, ts timestamp, WATERMARK FOR ts AS ts - INTERVAL '5 seconds')
  FROM KAFKA BROKER 'kafka:9092' TOPIC 'actions' FORMAT JSON;

CREATE MATERIALIZED VIEW sessions AS
  SELECT user_id, SESSION_START(ts, INTERVAL '30' SECOND) AS began, SESSION_END(ts, INTERVAL '30' SECOND) AS ended, count(*) AS pages
  FROM actions GROUP BY user_id, SESSION(ts, INTERVAL '30' SECOND);

-- Each session once, when nothing can join it any more.
CREATE MATERIALIZED VIEW ended_sessions AS
  SELECT user_id, SESSION_START(ts, INTERVAL '30' SECOND) AS began, SESSION_END(ts, INTERVAL '30' SECOND) AS ended, count(*) AS pages
  FROM actions GROUP BY user_id, SESSION(ts, INTERVAL '30' SECOND) EMIT ON WINDOW CLOSE;
