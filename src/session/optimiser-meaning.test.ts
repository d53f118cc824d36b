import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Logical } from '../plan/logical.ts'
import { CONTEXT, tickAt } from '../render/testing/harness.ts'
import { naivePlan, type Relation } from '../render/testing/naive.ts'
import { ZSet } from '../render/testing/zset.ts'
import { choose } from '../sql/choose/choose.ts'
import { RULES } from '../sql/optimise/optimise.ts'
import { planFacts } from '../sql/statement/env.ts'
import { catalogOf, planRead } from '../sql/testing/planner.ts'
import type { Datum } from '../types/value.ts'

/** No rule changes what a query means: the plan after each is evaluated naively over random rows and compared. */
const catalog = catalogOf(`
  CREATE TABLE t (id int PRIMARY KEY, a int, b int);
  CREATE TABLE s (k int, v int);
  CREATE TABLE e (x int NOT NULL, y int NOT NULL);
`)
const facts = planFacts(catalog)
const idOf = (name: string): number => catalog.byName(2, name)?.id ?? -1

const QUERIES = [
  'SELECT t.b, s.v FROM t JOIN s ON s.k = t.a WHERE t.b > 1 AND s.v < 3',
  'SELECT t.id, s.v FROM t LEFT JOIN s ON s.k = t.a AND t.b = 1 AND s.v > 0',
  'SELECT t.id FROM t LEFT JOIN s ON s.k = t.a WHERE s.v > 0',
  'SELECT t.id, s.v FROM t FULL JOIN s ON s.k = t.a WHERE t.b IS NOT NULL OR s.v = 1',
  'SELECT t.id, e.y FROM t, s, e WHERE t.a = e.x AND e.y = s.k',
  'SELECT * FROM s WHERE k IN (SELECT a FROM t)',
  'SELECT * FROM s WHERE k NOT IN (SELECT a FROM t)',
  'SELECT * FROM s WHERE k NOT IN (SELECT a FROM t WHERE t.b = s.v)',
  'SELECT k, k IN (SELECT a FROM t) FROM s',
  'SELECT k, v > ANY (SELECT a FROM t), v <= ALL (SELECT a FROM t) FROM s',
  'SELECT * FROM s WHERE EXISTS (SELECT 1 FROM t WHERE t.a = s.k) OR v = 1',
  'SELECT * FROM t WHERE NOT EXISTS (SELECT 1 FROM s WHERE s.k = t.a AND s.v > t.b)',
  'SELECT id, (SELECT count(*) FROM s WHERE s.k = t.a) FROM t',
  'SELECT id, (SELECT max(v) + count(*) FROM s WHERE s.k > t.a) FROM t',
  'SELECT id, (SELECT v FROM s WHERE s.k = t.a ORDER BY v LIMIT 1) FROM t',
  'SELECT k, sum(v) FROM s GROUP BY k HAVING count(*) > 1 AND k > 0',
  'SELECT DISTINCT k, count(*) FROM s GROUP BY k',
  'SELECT k, v FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM s) q WHERE rn <= 2',
  'SELECT * FROM (SELECT k FROM s UNION SELECT a FROM t) q WHERE k > 0',
  'SELECT * FROM (SELECT k FROM s EXCEPT ALL SELECT a FROM t) q WHERE k > 0',
  'SELECT * FROM (SELECT k FROM s INTERSECT SELECT a FROM t) q WHERE k > 0',
  'SELECT id, g FROM t, generate_series(1, b) g WHERE g > 1 AND id > 1',
  'SELECT id, q.v FROM t LEFT JOIN LATERAL (SELECT v FROM s WHERE s.k = t.a ORDER BY v LIMIT 1) q ON true',
  'WITH c AS (SELECT k, v + 1 AS w FROM s) SELECT p.k, q.w FROM c p JOIN c q ON p.w = q.k WHERE p.k > 0',
  'WITH MUTUALLY RECURSIVE r (x int, y int) AS (SELECT x, y FROM e UNION SELECT r.x, e.y FROM r JOIN e ON r.y = e.x) SELECT * FROM r WHERE x > 0',
  'SELECT 6 / v FROM s WHERE v <> 0 AND k > 0',
  'SELECT id FROM t JOIN s ON s.k = t.a WHERE CASE WHEN s.v = 0 THEN false ELSE 6 / s.v > 1 END',
] as const

const small = fc.option(fc.integer({ min: -1, max: 3 }), { nil: null })
const known = fc.integer({ min: 0, max: 3 })
const tables = fc.record({
  t: fc.uniqueArray(fc.tuple(known, small, small), { selector: (r) => r[0], maxLength: 4 }),
  s: fc.array(fc.tuple(small, small), { maxLength: 6 }),
  e: fc.array(fc.tuple(known, known), { maxLength: 4 }),
})

function relation(rows: readonly (readonly Datum[])[]): Relation {
  const set = new ZSet()
  for (const row of rows) set.add(row, 1)
  return { rows: set, errors: new ZSet() }
}

function meaning(plan: Logical, objects: ReadonlyMap<number, Relation>): string {
  const { rows, errors } = naivePlan(choose(plan, facts), objects, CONTEXT, tickAt(1))
  if ([...errors.rows()].length > 0) return 'error'
  return [...rows.rows()]
    .map(({ row, diff }) => `${diff} ${JSON.stringify(row)}`)
    .sort()
    .join('\n')
}

test.each(QUERIES)('%s', (sql) => {
  const plans: { readonly rule: string; readonly plan: Logical }[] = [
    { rule: 'none', plan: planRead(sql, catalog).raw },
  ]
  for (const rule of RULES) plans.push({ rule: rule.name, plan: rule.apply(plans[plans.length - 1].plan, facts) })
  fc.assert(
    fc.property(tables, (data) => {
      const objects = new Map((['t', 's', 'e'] as const).map((name) => [idOf(name), relation(data[name])] as const))
      const wanted = meaning(plans[0].plan, objects)
      for (const { rule, plan } of plans.slice(1)) expect(meaning(plan, objects), rule).toBe(wanted)
    }),
    { numRuns: 60, seed: 7 },
  )
})
