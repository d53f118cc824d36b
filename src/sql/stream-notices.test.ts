import { expect, test } from 'vitest'
import { parseSql, planStatement } from './plan-statement.ts'
import { catalogOf, contextOf } from './testing/planner.ts'

const catalog = catalogOf(`
  CREATE TABLE plain (id int, ts timestamp);
  CREATE TABLE timed (id int, ts timestamp, WATERMARK FOR ts AS ts);
`)

function noticesOf(sql: string): string[] {
  const notices: string[] = []
  const context = { ...contextOf(sql, catalog), notice: (n: { message: string }) => notices.push(n.message) }
  planStatement(parseSql(sql)[0], context)
  return notices
}

const LATENESS = 'ALLOWED LATENESS without effect: the view closes no time'
const RETENTION = 'RETENTION without effect: the view closes no time'

test.each([
  ["WITH (allowed_lateness = '1 hour') AS SELECT id, ts FROM plain", [LATENESS]],
  ["WITH (retention = '1 hour') AS SELECT id, count(*) FROM plain GROUP BY id", [RETENTION]],
  ["AS SELECT id FROM timed EMIT CHANGES ALLOWED LATENESS INTERVAL '1 minute'", [LATENESS]],
  ["WITH (retention = '1 h', allowed_lateness = '1 h') AS SELECT id FROM timed", [LATENESS, RETENTION]],
])('a view that closes no time has nothing to wait for: %s', (view, notices) => {
  expect(noticesOf(`CREATE MATERIALIZED VIEW v ${view}`)).toEqual(notices)
})

test('a view that closes time waits for late rows', () => {
  const windows = "SELECT window_start, count(*) FROM TUMBLE(timed, ts, INTERVAL '1 minute') GROUP BY 1"
  const options = "WITH (retention = '1 hour', allowed_lateness = '1 minute')"
  expect(noticesOf(`CREATE MATERIALIZED VIEW v ${options} AS ${windows}`)).toEqual([])
})
