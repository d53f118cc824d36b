-- RisingWave's spelling: the three products that sold best on each day, by the day of Seoul.
CREATE SOURCE sales (product text, price numeric(10,2), sold_at timestamptz, WATERMARK FOR sold_at AS sold_at - INTERVAL '1 minute')
  WITH (connector = 'kafka', topic = 'sales', properties.bootstrap.server = 'kafka:9092') FORMAT PLAIN ENCODE JSON;

CREATE MATERIALIZED VIEW daily_sales AS
  SELECT (sold_at AT TIME ZONE 'Asia/Seoul')::date AS day, product, count(*) AS n, sum(price) AS revenue
  FROM sales GROUP BY 1, 2;

CREATE MATERIALIZED VIEW top_sellers AS
  SELECT day, rank, product, n FROM (
    SELECT day, product, n, row_number() OVER (PARTITION BY day ORDER BY n DESC, product) AS rank FROM daily_sales) ranked
  WHERE rank <= 3;
