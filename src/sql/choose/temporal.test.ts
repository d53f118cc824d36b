import { describe, expect, test } from 'vitest'
import { explainPhysical } from '../explain.ts'
import { catalogOf, planSql } from '../testing/planner.ts'

const catalog = catalogOf('CREATE TABLE t (a int, ts timestamptz, n int); CREATE TABLE u (b int, until timestamptz);')

/** The nodes of a view's plan. */
function nodes(sql: string): string[] {
  const planned = planSql(`CREATE MATERIALIZED VIEW v AS ${sql}`, catalog)
  if (planned.kind !== 'ddl' || planned.statement?.kind !== 'createMaterializedView') throw new Error('not a view')
  return explainPhysical(planned.statement.plan, (object) => catalog.byId(object)!.name)
    .split('\n')
    .slice(0, -1)
}

const refused = (sql: string) => () => nodes(sql)

describe('expressions that read the clock', () => {
  test('stand in a node of their own, behind what does not, over the columns that they need', () => {
    expect(nodes(`SELECT a FROM t WHERE ts > now() - INTERVAL '5 minutes' AND n > 1`)).toEqual([
      '0: get t [0, 1, 2]',
      '1: map 0 where (#2 > 1) → #0, #1',
      "2: temporal 1 where (#1 > (now() - '00:05:00')) → #0  changes with: (#1 > (now() - '00:05:00'))  (window-bounded state)",
    ])
  })

  test('what can fail stays behind the comparison that guards it', () => {
    const [get, temporal, ...rest] = nodes(`SELECT a FROM t WHERE ts > now() AND 10 / n > 1`)
    expect([get, rest]).toEqual(['0: get t [0, 1, 2]', []])
    expect(temporal).toContain('where ((#1 > now()) AND ((10 / #2) > 1))')
  })

  test('a comparison for equality changes at both of its ends; a step changes all rows', () => {
    expect(nodes('SELECT a, ts = now() AS same FROM t').at(-1)).toContain('changes with: (now() < #1), (now() <= #1)')
    expect(nodes(`SELECT a, date_trunc('hour', now()) AS h FROM t`).at(-1)).toContain(
      "changes with: date_trunc('hour', now())  (unbounded state)",
    )
  })

  test('a filter moves below joins and groups, since now() - interval cannot fail', () => {
    const plan = nodes(
      `SELECT n, count(*) AS c FROM t JOIN u ON a = b WHERE until > now() - INTERVAL '1 day' GROUP BY n`,
    )
    const join = plan.findIndex((line) => line.includes('join'))
    expect(plan.findIndex((line) => line.includes('temporal'))).toBeLessThan(join)
  })

  test('a condition over both sides of an outer join is asked of the pairs, and of the rows without one', () => {
    const plan = nodes('SELECT a, b FROM t LEFT JOIN u ON a = b AND until - ts > now() - until')
    const kinds = plan.map((line) => /^\d+: (\w+( anti| inner)?)/.exec(line)![1])
    expect(kinds).toEqual(expect.arrayContaining(['join inner', 'temporal', 'join anti', 'union']))
  })

  test('what would change at every moment is refused where it stands, with a way out', () => {
    expect(refused('SELECT now() - ts AS age FROM t')).toThrow(
      expect.objectContaining({
        sqlstate: '0A000',
        message: 'now() in this place of a materialized view or SUBSCRIBE is not supported',
        fields: expect.objectContaining({ position: 38, hint: expect.stringContaining('Compare it') }),
      }),
    )
    for (const sql of [
      'SELECT a FROM t WHERE extract(second from now()) > n',
      `SELECT a FROM t WHERE ts < now() AND ts + (now() - ts) > now()`,
      "SELECT a FROM t WHERE localtime > '12:00'",
      `SELECT a FROM t ORDER BY now() - ts LIMIT 1`,
      `SELECT to_char(now(), 'HH24') AS h FROM t`,
      'SELECT a FROM t GROUP BY a, now() - ts',
    ]) {
      expect(refused(sql), sql).toThrow('in this place')
    }
  })

  test.each(['random() < 0.5', 'gen_random_uuid() IS NULL', 'ts < clock_timestamp()'])('%s is refused', (condition) => {
    expect(refused(`SELECT a FROM t WHERE ${condition}`)).toThrow(/\(\) in a materialized view or SUBSCRIBE/)
  })

  test('inside a recursive query they may stand over what comes from outside, not over its own rows', () => {
    const recursive = (condition: string) =>
      `WITH MUTUALLY RECURSIVE r (x int) AS (SELECT a FROM t UNION SELECT n FROM r JOIN t ON x = a AND ${condition}) SELECT x FROM r`
    expect(nodes(recursive('ts > now()')).filter((line) => line.includes('temporal'))).toHaveLength(1)
    expect(refused(recursive(`ts + x * INTERVAL '1 second' > now()`))).toThrow('recursive')
  })
})
