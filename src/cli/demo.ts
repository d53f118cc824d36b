import type { Log } from '../base/log.ts'
import type { ResultSink, Session } from '../session/contract.ts'

/** Schema `demo` of a fresh database: the auction generator, and three views whose state stays bounded. */
const STATEMENTS = [
  'CREATE SCHEMA demo',
  "CREATE SOURCE demo.bids FROM LOAD GENERATOR AUCTION (TABLE 'bids', TICK INTERVAL '500 ms')",
  `CREATE MATERIALIZED VIEW demo.bids_by_buyer AS
     SELECT buyer, count(*) AS bids, sum(amount) AS total, max(amount) AS highest FROM demo.bids GROUP BY buyer`,
  `CREATE MATERIALIZED VIEW demo.top_bids AS
     SELECT id, buyer, auction_id, amount, bid_time FROM demo.bids ORDER BY amount DESC, id LIMIT 10`,
  `CREATE MATERIALIZED VIEW demo.totals AS
     SELECT count(*) AS bids, sum(amount) AS total, avg(amount) AS average FROM demo.bids`,
]

export async function createDemo(session: Session, log: Log): Promise<void> {
  try {
    for (const sql of STATEMENTS) {
      let failure: Error | null = null
      await session.simpleQuery(
        sql,
        silentSink((error) => (failure ??= error)),
      )
      if (failure !== null) throw failure
    }
  } catch (error) {
    log.error('the demo could not be made', { error: error instanceof Error ? error.message : String(error) })
  } finally {
    await session.close()
  }
}

/** Takes results nowhere. */
function silentSink(onError: (error: Error) => void): ResultSink {
  return {
    rowDescription() {},
    async rows() {},
    copyOutStart() {},
    async copyData() {},
    copyOutEnd() {},
    async *copyIn() {},
    commandComplete() {},
    emptyQuery() {},
    portalSuspended() {},
    notice() {},
    parameterStatus() {},
    async flush() {},
    error: onError,
  }
}
