import { expect, test } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
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
  ["AS SELECT id FROM timed ALLOWED LATENESS INTERVAL '1 minute'", [LATENESS]],
  ["AS SELECT id FROM timed ALLOWED LATENESS '1 minute' EMIT CHANGES", [LATENESS]],
  ['AS SELECT allowed.id AS allowed FROM timed allowed', []],
  ["WITH (retention = '1 h', allowed_lateness = '1 h') AS SELECT id FROM timed", [LATENESS, RETENTION]],
])('a view that closes no time has nothing to wait for: %s', (view, notices) => {
  expect(noticesOf(`CREATE MATERIALIZED VIEW v ${view}`)).toEqual(notices)
})

test('a view that closes time waits for late rows', () => {
  const windows = "SELECT window_start, count(*) FROM TUMBLE(timed, ts, INTERVAL '1 minute') GROUP BY 1"
  const options = "WITH (retention = '1 hour', allowed_lateness = '1 minute')"
  expect(noticesOf(`CREATE MATERIALIZED VIEW v ${options} AS ${windows}`)).toEqual([])
})

function refusalOf(sql: string): SqlError {
  const context = {
    ...contextOf(sql, catalog),
    setting: (name: string) => (name === 'unbounded_state' ? 'error' : undefined),
  }
  try {
    planStatement(parseSql(sql)[0], context)
  } catch (e) {
    if (e instanceof SqlError) return e
  }
  throw new Error(`planned: ${sql}`)
}

test.each([
  ['SELECT id, sum(id) OVER (PARTITION BY id) FROM timed', 'OVER', 'No clause frees its partitions'],
  ["SELECT id, date_trunc('hour', now()) FROM timed", 'a value that steps with now()', 'Filter the rows as well'],
])('state without bound has a name of SQL and says what bounds it: %s', (query, what, hint) => {
  const error = refusalOf(`CREATE MATERIALIZED VIEW v AS ${query}`)
  expect(error.message).toBe(`the state of ${what} grows without bound`)
  expect(error.fields.hint).toContain(hint)
})

test('emit_final names its column where no watermark closes it', () => {
  const error = refusalOf("CREATE MATERIALIZED VIEW v WITH (emit_final = 'id') AS SELECT id, ts FROM timed")
  expect([error.sqlstate, error.message]).toEqual([
    '0A000',
    'emit_final by the column "id", which no watermark closes, is not supported',
  ])
})
