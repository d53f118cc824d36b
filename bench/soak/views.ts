import { EVENTS_SQL } from './events.ts'

const TUMBLE = `TUMBLE(events, ts, INTERVAL '10 seconds')`
const HOP = `HOP(events, ts, INTERVAL '5 seconds', INTERVAL '10 seconds')`

/**
 * Views of every kind of window over the stream. What they show is small (a row for each window, or rows that leave by
 * the clock), so that all that grows is state that should have gone.
 */
export const SOAK_SQL: readonly string[] = [
  EVENTS_SQL,
  // Tumbling windows by key, aggregated again: two layers that close.
  `CREATE MATERIALIZED VIEW busiest AS SELECT window_end, count(*) AS keys, max(n) AS most
     FROM (SELECT window_end, k, count(*) AS n FROM ${TUMBLE} GROUP BY window_end, k) x
     GROUP BY window_end EMIT ON WINDOW CLOSE`,
  // Hopping windows; names that never come again.
  `CREATE MATERIALIZED VIEW visitors AS SELECT window_start, window_end, count(DISTINCT who) AS persons, sum(v) AS total
     FROM ${HOP} GROUP BY window_start, window_end EMIT ON WINDOW CLOSE`,
  // Sessions that end, counted by minute.
  `CREATE MATERIALIZED VIEW visits AS SELECT date_trunc('minute', ended) AS minute, count(*) AS visits, max(n) AS longest
     FROM (SELECT who, SESSION_END(ts, INTERVAL '3' SECOND) AS ended, count(*) AS n
           FROM events GROUP BY who, SESSION(ts, INTERVAL '3' SECOND)) x
     GROUP BY date_trunc('minute', ended) EMIT ON WINDOW CLOSE`,
  // Early results; the rows themselves go by the clock.
  `CREATE MATERIALIZED VIEW recent WITH (ttl = '1 minute') AS SELECT window_start, k, count(*) AS n, max(v) AS most
     FROM ${TUMBLE} GROUP BY window_start, k`,
  // A filter by the clock.
  `CREATE MATERIALIZED VIEW lately AS SELECT k % 10 AS part, count(*) AS n FROM events
     WHERE ts > now()::timestamp - INTERVAL '20 seconds' GROUP BY k % 10`,
]

/** State that must not grow with the windows that have passed. */
export const HELD_SQL = `SELECT coalesce(sum(rows), 0), coalesce(sum(bytes), 0) FROM millrace.operator_state
  WHERE NOT (structure LIKE '%/result%' AND object IN ('busiest', 'visitors', 'visits'))`

/** Where it is. */
export const PLACES_SQL = `SELECT object, structure, rows, bytes FROM millrace.operator_state ORDER BY bytes DESC LIMIT 12`

/** Of all windows that have closed, what their views say in sum: each row counts once. */
export const CLOSED_SQL = `SELECT (SELECT count(*) FROM busiest), (SELECT count(*) FROM visitors), (SELECT sum(visits) FROM visits)`
