-- Two relations of one name: the topic, and what a file holds.
CREATE SCHEMA stream;
CREATE SCHEMA batch;
CREATE SOURCE stream.visits (page text, ms int, ts timestamp)
  FROM KAFKA BROKER 'kafka:9092' TOPIC 'visits' FORMAT JSON;
CREATE TABLE batch.visits (page text, ms int, ts timestamp);
