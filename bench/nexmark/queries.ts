/** The queries of the Nexmark benchmark in our SQL, for events of one millisecond each. */
export const QUERIES = {
  q0: 'SELECT auction, bidder, price, date_time, extra FROM bid',
  q1: 'SELECT auction, bidder, 0.908 * price AS price, date_time, extra FROM bid',
  q2: 'SELECT auction, price FROM bid WHERE mod(auction, 123) = 0',
  q3: `SELECT p.name, p.city, p.state, a.id
       FROM auction a JOIN person p ON a.seller = p.id
       WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')`,
  q4: `SELECT category, trunc(avg(final))::bigint AS final
       FROM (SELECT a.category, max(b.price) AS final
             FROM auction a JOIN bid b ON a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires
             GROUP BY a.id, a.category) AS winners
       GROUP BY category`,
  q5: `WITH hops AS (
         SELECT auction,
                date_bin('2 seconds', date_time, TIMESTAMP '1970-01-01') - k * INTERVAL '2 seconds' AS starttime
         FROM bid, generate_series(0, 4) AS g(k)),
       counts AS (SELECT auction, starttime, count(*) AS num FROM hops GROUP BY auction, starttime),
       best AS (SELECT starttime, max(num) AS num FROM counts GROUP BY starttime)
       SELECT c.auction, c.num FROM counts c JOIN best b ON c.starttime = b.starttime AND c.num >= b.num`,
  q7: `SELECT b.auction, b.price, b.bidder, b.date_time, b.extra
       FROM bid b JOIN (
         SELECT max(price) AS price,
                date_bin('10 seconds', date_time, TIMESTAMP '1970-01-01') + INTERVAL '10 seconds' AS ends
         FROM bid GROUP BY 2) AS best ON b.price = best.price
       WHERE b.date_time BETWEEN best.ends - INTERVAL '10 seconds' AND best.ends`,
  q8: `SELECT p.id, p.name, p.starttime
       FROM (SELECT DISTINCT id, name, date_bin('10 seconds', date_time, TIMESTAMP '1970-01-01') AS starttime
             FROM person) AS p
       JOIN (SELECT DISTINCT seller, date_bin('10 seconds', date_time, TIMESTAMP '1970-01-01') AS starttime
             FROM auction) AS a
       ON p.id = a.seller AND p.starttime = a.starttime`,
  q11: `SELECT bidder, count(*) AS bids, SESSION_START(date_time, INTERVAL '10' SECOND) AS starttime
        FROM bid GROUP BY bidder, SESSION(date_time, INTERVAL '10' SECOND)`,
  q12: `SELECT bidder, count(*) AS bids, TUMBLE_START(came, INTERVAL '10' SECOND) AS starttime
        FROM (SELECT bidder, PROCTIME() AS came FROM bid) AS b GROUP BY bidder, TUMBLE(came, INTERVAL '10' SECOND)`,
} as const satisfies Record<string, string>

export type QueryName = keyof typeof QUERIES

/** Events per second and core that the design aims at: in process, and from JSON bytes ('' where it says nothing). */
export const TARGETS = {
  q0: ['50 M', '1.5 M'],
  q1: ['30 M', '1.5 M'],
  q2: ['30 M', '1.5 M'],
  q3: ['2 M', ''],
  q4: ['2 M', ''],
  q5: ['1.5 M', '0.8 M'],
  q7: ['1 M', ''],
  q8: ['2 M', ''],
  q11: ['', ''],
  q12: ['', ''],
} as const satisfies Record<QueryName, readonly [string, string]>
