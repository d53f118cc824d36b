import { expect, test } from 'vitest'
import { Catalog } from '../../catalog/catalog.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import { relationName } from '../../catalog/relation-name.ts'
import { INT4, TEXT, TIMESTAMP } from '../../types/sql-type.ts'
import { explainPhysical } from '../explain.ts'
import { planSql } from '../testing/planner.ts'

/** Where late rows are left out, as EXPLAIN shows it, and where merged ones come in. */

const table: TableEntry = {
  kind: 'table',
  id: 20000,
  name: 't',
  schema: 2200,
  sql: '',
  dependsOn: [],
  columns: [
    { name: 'k', type: TEXT, notNull: false, defaultSql: null },
    { name: 'v', type: INT4, notNull: false, defaultSql: null },
    { name: 'ts', type: TIMESTAMP, notNull: false, defaultSql: null },
  ],
  primaryKey: null,
  fedBy: null,
  watermark: { column: 2, delay: 0, idleMs: null, maxFuture: null },
}
const catalog = Catalog.of([{ kind: 'schema', id: 2200, name: 'public', schema: 0, sql: '', dependsOn: [] }, table])

/** The lines that are about late rows and what is freed. */
function late(query: string, options = ''): string[] {
  const planned = planSql(`CREATE MATERIALIZED VIEW x ${options} AS ${query}`, catalog)
  if (planned.kind !== 'ddl' || planned.statement?.kind !== 'createMaterializedView') throw new Error('no view')
  return explainPhysical(planned.statement.plan, (id) => relationName(catalog, id))
    .split('\n')
    .filter((line) => /on time|late \d|merged|frees/.test(line))
    .map((line) => line.trim().replace(/ {2}\((append-only|bounded state|, )*\)$/, ''))
}

test('at the operator that frees state, by its own key; merged rows come in where others were left out', () => {
  expect(late("SELECT date_trunc('hour', ts), count(*) FROM t GROUP BY 1")).toEqual([
    "2: on time 1 where #0 >= date_trunc('hour', W(t))",
    '3: get merged rows of t [2, 3]',
    "5: late 4 where #0 < date_trunc('hour', W(t))",
    "7: aggregate 6 by #0 → count()  (window-bounded state, frees #0 below date_trunc('hour', W(t)))",
  ])
})

test('each by its own windows; what closes nothing takes every row', () => {
  const lines = late(`SELECT a.k, a.ts, b.h FROM (SELECT k, ts, count(*) FROM t GROUP BY 1, 2) a
    JOIN (SELECT k, date_trunc('hour', ts) AS h, count(*) FROM t GROUP BY 1, 2) b ON a.k = b.k
    JOIN (SELECT k, count(*) FROM t GROUP BY 1) c ON a.k = c.k`)
  expect(lines.filter((line) => /on time/.test(line)).map((line) => line.replace(/^.*where/, ''))).toEqual([
    ' #1 >= W(t)',
    " #1 >= date_trunc('hour', W(t))",
  ])
})

test('state is kept for rows that are merged later, rows are left out all the same', () => {
  const lines = late("SELECT date_trunc('hour', ts), count(*) FROM t GROUP BY 1", "WITH (retention = '1 day')")
  expect(lines[0]).toBe("2: on time 1 where #0 >= date_trunc('hour', W(t))")
  expect(lines[3]).toContain("frees #0 below date_trunc('hour', (W(t) - '24:00:00'))")
})

test('of hopping windows a row may be late for some', () => {
  expect(
    late("SELECT window_start, count(*) FROM HOP(t, ts, INTERVAL '1 hour', INTERVAL '2 hours') GROUP BY 1")[0],
  ).toMatch(/^\d+: on time \d+ where #0 >= \(date_bin\('01:00:00', W\(t\), .*\) - '01:00:00'\)$/)
})

test('sessions take a row while one of its own would be open; those that come out once, what is not below the watermark', () => {
  const sessions =
    "SELECT k, window_end, count(*) FROM SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5 minutes') GROUP BY k, window_start, window_end"
  expect(late(`SELECT * FROM (${sessions}) x`)[0]).toMatch(
    /on time \d+ where #\d >= \(\(W\(t\) - '00:05:00'\) \+ '00:00:00.000001'\)$/,
  )
  expect(late(`${sessions} EMIT ON WINDOW CLOSE`)[0]).toMatch(/on time \d+ where #\d >= W\(t\)$/)
})
