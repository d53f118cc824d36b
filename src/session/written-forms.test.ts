import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Change, Harness } from '../render/testing/harness.ts'
import { choose } from '../sql/choose/choose.ts'
import { planFacts } from '../sql/statement/env.ts'
import { catalogOf, planRead } from '../sql/testing/planner.ts'
import { rowsOf } from '../types/batch-build.ts'
import { arrayOf, FLOAT8, INT4, INTERVAL, JSONB, NUMERIC, type SqlType } from '../types/sql-type.ts'
import { formatText } from '../types/text.ts'
import type { Datum, Row } from '../types/value.ts'

/**
 * Equal values that are written differently (1.0 and 1.00, 0 and -0, 1 day and 24 hours): whatever came and went, a view
 * shows letter by letter what the query gives over the rows that are there.
 */
const catalog = catalogOf(`
  CREATE TABLE t (id int, n numeric, f float8, i interval, a numeric[], j jsonb);
  CREATE TABLE s (id int, n numeric, f float8, i interval, a numeric[], j jsonb);
`)
const facts = planFacts(catalog)
const [T, S] = ['t', 's'].map((name) => catalog.byName(2, name)!.id)
const TYPES: readonly SqlType[] = [INT4, NUMERIC, FLOAT8, INTERVAL, arrayOf(NUMERIC), JSONB]
const OBJECTS = new Map([
  [T, TYPES],
  [S, TYPES],
])

const QUERIES = [
  'SELECT DISTINCT n FROM t',
  'SELECT DISTINCT n, f, i, a FROM t',
  'SELECT n, count(*) FROM t GROUP BY n',
  'SELECT n, f, i, sum(id) FROM t GROUP BY n, f, i',
  'SELECT a, i, min(n), max(n), min(f), max(f), min(i), max(i) FROM t GROUP BY a, i',
  'SELECT id, min(n), max(n), min(f), max(f), min(i), max(i) FROM t GROUP BY id',
  'SELECT min(n), max(n), min(f), max(f), min(i), max(i) FROM t',
  'SELECT n, array_agg(f), string_agg(i::text, $$,$$) FROM t GROUP BY n',
  'SELECT f, array_agg(DISTINCT n), string_agg(DISTINCT n::text, $$,$$) FROM t GROUP BY f',
  'SELECT n::text, array_agg(n ORDER BY i) FROM t GROUP BY n, n::text',
  'SELECT f, sum(DISTINCT n), avg(DISTINCT n), sum(DISTINCT i), count(DISTINCT a), sum(DISTINCT f) FROM t GROUP BY f',
  'SELECT sum(n), sum(DISTINCT n), sum(DISTINCT n) FILTER (WHERE id > 1) FROM t',
  'SELECT n, i FROM t UNION SELECT n, i FROM s',
  'SELECT n, i FROM t UNION ALL SELECT n, i FROM s',
  'SELECT n, i FROM t INTERSECT SELECT n, i FROM s',
  'SELECT n FROM t INTERSECT ALL SELECT n FROM s',
  'SELECT n, a FROM t EXCEPT SELECT n, a FROM s',
  'SELECT n FROM t EXCEPT ALL SELECT n FROM s',
  'SELECT DISTINCT j FROM t',
  'SELECT j, n, count(*), count(DISTINCT j) FROM t GROUP BY j, n',
  'SELECT n, array_agg(DISTINCT j), count(DISTINCT j) FROM t GROUP BY n',
  'SELECT j FROM t INTERSECT ALL SELECT j FROM s',
  'SELECT j, n FROM t EXCEPT SELECT j, n FROM s',
  'SELECT DISTINCT ON (j) j, n FROM t ORDER BY j, n',
  'SELECT j, n, rank() OVER (PARTITION BY j ORDER BY n), count(*) OVER (PARTITION BY j) FROM t',
  'WITH MUTUALLY RECURSIVE r (j jsonb, n numeric) AS (SELECT j, n FROM t UNION SELECT j, n + 1.0 FROM r WHERE n < 3) SELECT j, n FROM r',
  'SELECT n::text, count(*) FROM (SELECT DISTINCT n FROM t) q GROUP BY 1',
  'SELECT DISTINCT ON (n) n, i, f FROM t ORDER BY n, i',
  'SELECT * FROM (SELECT n, f FROM t ORDER BY n LIMIT 2) q',
  'SELECT n, f, row_number() OVER (PARTITION BY n ORDER BY f), min(i) OVER (PARTITION BY n), max(f) OVER (PARTITION BY n) FROM t',
  'SELECT n, i, max(n) OVER (ORDER BY f ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t',
  'SELECT n, i, first_value(n) OVER (PARTITION BY f ORDER BY i), lag(i) OVER (PARTITION BY n ORDER BY f) FROM t',
  'SELECT n, f FROM t WHERE n IN (SELECT n FROM s)',
  'SELECT n, (SELECT max(s.n) FROM s WHERE s.f = t.f) FROM t',
  'SELECT t.n, s.n FROM t FULL JOIN (SELECT DISTINCT n FROM s) s ON s.n = t.n',
  'WITH MUTUALLY RECURSIVE r (n numeric) AS (SELECT n FROM t UNION SELECT n + 1.0 FROM r WHERE n < 3) SELECT n FROM r',
  'WITH MUTUALLY RECURSIVE r (n numeric, c bigint) AS (SELECT n, count(*) FROM (SELECT n FROM t UNION ALL SELECT n + 1.0 FROM r WHERE n < 3) q GROUP BY n) SELECT n, c FROM r',
] as const

const numeric = fc.constantFrom(
  null,
  ...[0, 1, 3].map((scale) => ({ mantissa: 10 ** scale, scale })),
  { mantissa: 0, scale: 0 },
  { mantissa: 0, scale: 2 },
  { mantissa: 25, scale: 1 },
)
const float = fc.constantFrom(null, 0, -0, 1.5)
const interval = fc.constantFrom(
  null,
  { months: 0, days: 1, micros: 0 },
  { months: 0, days: 0, micros: 86_400_000_000 },
  { months: 1, days: 0, micros: 0 },
  { months: 0, days: 30, micros: 0 },
)
const jsonb = fc.constantFrom(null, '1.0', '1.00', '{"a": [1.0]}', '{"a": [1]}')
const row = fc.tuple(
  fc.integer({ min: 1, max: 2 }),
  numeric,
  float,
  interval,
  fc.array(numeric, { maxLength: 1 }),
  jsonb,
)

/** Rows that come, and by number rows that go of those that are there. */
const ticks = fc.array(
  fc.record({
    come: fc.array(fc.tuple(fc.constantFrom(T, S), row), { maxLength: 4 }),
    go: fc.array(fc.nat(), { maxLength: 3 }),
    restart: fc.boolean(),
  }),
  { minLength: 2, maxLength: 6 },
)

type Held = readonly [object: number, row: Row]
const change =
  (diff: number) =>
  ([object, values]: Held): Change => ({ object, row: values, diff })

/** What the view holds, as it is written. */
function written({ view }: Harness, types: readonly SqlType[]): string {
  const cell = (value: Datum, c: number) => (value === null ? 'NULL' : formatText(value, types[c]))
  const lines: string[] = []
  for (const batch of view.output.rows.scan()) {
    for (const [i, values] of rowsOf(batch, types).entries()) {
      lines.push(`${batch.diffs[i]} ${values.map(cell).join(' ')}`)
    }
  }
  return lines.sort().join('\n')
}

/** Many queries: a few runs each. */
const PROPERTY = { numRuns: Number(process.env['MILLRACE_TEST_RUNS'] ?? 25) }

test.each(QUERIES)('%s', (sql) => {
  const { optimised: plan } = planRead(sql, catalog)
  const once = choose(plan, facts)
  const kept = choose(plan, { ...facts, maintained: true })
  const grown = choose(plan, { ...facts, maintained: true, appendOnly: () => true })
  fc.assert(
    fc.property(ticks, fc.boolean(), (steps, grows) => {
      const view = new Harness(grows ? grown : kept, OBJECTS)
      const held: Held[] = []
      for (const { come, go, restart } of steps) {
        const changes = come.map(change(1))
        held.push(...come)
        for (const number of grows ? [] : go) {
          if (held.length > 0) changes.push(...held.splice(number % held.length, 1).map(change(-1)))
        }
        view.step(changes)
        if (restart) view.restart()
        const anew = new Harness(once, OBJECTS)
        // In another order than that in which they came.
        anew.step(held.map(change(1)).reverse())
        expect(written(view, kept.types)).toBe(written(anew, once.types))
      }
    }),
    PROPERTY,
  )
})
