-- Flink's spelling: a click counts for an impression of the ten minutes before it.
CREATE TABLE impressions (
  impression_id STRING, ad_id STRING, shown_at TIMESTAMP(3),
  WATERMARK FOR shown_at AS shown_at - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'impressions', 'properties.bootstrap.servers' = 'kafka:9092',
        'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
CREATE TABLE clicks (
  impression_id STRING, clicked_at TIMESTAMP(3),
  WATERMARK FOR clicked_at AS clicked_at - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'properties.bootstrap.servers' = 'kafka:9092',
        'scan.startup.mode' = 'earliest-offset', 'format' = 'json');

CREATE MATERIALIZED VIEW clicked AS
  SELECT i.ad_id, i.impression_id, i.shown_at, c.clicked_at
  FROM impressions i JOIN clicks c ON c.impression_id = i.impression_id
   AND c.clicked_at BETWEEN i.shown_at AND i.shown_at + INTERVAL '10' MINUTE;

CREATE MATERIALIZED VIEW clicks_by_ad AS
  SELECT ad_id, count(*) AS clicks FROM clicked GROUP BY ad_id;
