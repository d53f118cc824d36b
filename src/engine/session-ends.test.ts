import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PhysicalPlan } from '../plan/physical.ts'
import { type Change, Harness } from '../render/testing/harness.ts'
import { type Gen, pickFrom } from '../render/testing/random-scalar.ts'
import { ZSet } from '../render/testing/zset.ts'
import { parseSql, planStatement } from '../sql/plan-statement.ts'
import { catalogOf, contextOf } from '../sql/testing/planner.ts'
import { INT4, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'

/** Groups by session of a view have no column for the end in their rows; the SELECT has. */

const CATALOG = catalogOf('CREATE TABLE t (k text, v int, ts timestamp)')
const TABLE = CATALOG.byName(2, 't')!.id
const TYPES: readonly SqlType[] = [TEXT, INT4, { kind: 'timestamp' }]
const SESSIONS = "TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND))"

const LEAN = {
  'both ends': `SELECT k, window_start, window_end, count(*), sum(v) FROM ${SESSIONS} GROUP BY 1, 2, 3`,
  'the end computed': `SELECT window_end - INTERVAL '1 s', k, max(v) FROM ${SESSIONS} GROUP BY 1, 2, window_start`,
  "Flink's functions":
    "SELECT k, count(*), SESSION_END(ts, INTERVAL '10' SECOND) FROM t GROUP BY k, SESSION(ts, INTERVAL '10' SECOND)",
  'a key of the partition': `SELECT k || window_start, k, window_start, window_end, count(*) FROM ${SESSIONS} GROUP BY 1, 2, 3, 4`,
  'no partition':
    "SELECT window_start, window_end, count(*) FROM SESSION(t, ts, INTERVAL '10 seconds') GROUP BY 1, 2 HAVING count(*) > 1",
}
const AS_IT_WAS = {
  'a partition that is no key': `SELECT window_start, window_end, count(*) FROM ${SESSIONS} GROUP BY 1, 2`,
  'the start is no key': `SELECT k, window_end, count(*) FROM ${SESSIONS} GROUP BY 1, 2`,
  'a key that parts a session': `SELECT k, window_start, window_end, v, count(*) FROM ${SESSIONS} GROUP BY 1, 2, 3, 4`,
  'a computed key that parts it': `SELECT k, window_start, window_end, v % 2, count(*) FROM ${SESSIONS} GROUP BY 1, 2, 3, 4`,
  'an aggregate of the end': `SELECT k, window_start, window_end, min(window_end) FROM ${SESSIONS} GROUP BY 1, 2, 3`,
  'not all rows of a session': `SELECT k, window_start, window_end, count(*) FROM ${SESSIONS} WHERE v > 0 GROUP BY 1, 2, 3`,
  'a filter by the end': `SELECT k, window_start, window_end, count(*) FROM ${SESSIONS} WHERE window_end > timestamp '1970-01-01 00:00:20' GROUP BY 1, 2, 3`,
}

function plan(sql: string, view: boolean): PhysicalPlan {
  const text = view ? `CREATE MATERIALIZED VIEW v AS ${sql}` : sql
  const made = planStatement(parseSql(text)[0]!, contextOf(text, CATALOG))
  if (made.kind === 'read') return made.request.plan
  if (made.kind !== 'ddl' || made.statement?.kind !== 'createMaterializedView') throw new Error('a view')
  return made.statement.plan
}

const ends = ({ nodes }: PhysicalPlan): number =>
  nodes.flatMap((n) => (n.op === 'window' ? n.calls : [])).filter((call) => call.fn === 'session_end').length

function anyChanges(g: Gen, input: ZSet, max: number): Change[] {
  const changes: Change[] = []
  for (let n = g(fc.nat, { max }); n >= 0; n--) {
    const row: Row = [pickFrom(g, ['a', 'a', 'b', null]), g(fc.nat, { max: 2 }), g(fc.nat, { max: 120 }) * 1_000_000]
    const diff = pickFrom(g, [1, 1, 1, 2, -1, -1])
    if (input.count(row) + diff < 0) continue
    input.add(row, diff)
    changes.push({ object: TABLE, row, diff })
  }
  return changes
}

describe('groups by session', () => {
  it.each(Object.entries({ ...LEAN, ...AS_IT_WAS }))('%s: as recomputed at every tick', (name, sql) => {
    const lean = plan(sql, true)
    expect(ends(lean)).toBe(name in LEAN ? 0 : 1)
    const whole = plan(sql, false)
    expect(ends(whole)).toBe(1)
    const check = (g: Gen) => {
      const harness = new Harness(lean, new Map([[TABLE, TYPES]]))
      const input = new ZSet()
      // Some partitions grow beyond those that are made anew as a whole.
      const max = pickFrom(g, [2, 40])
      for (let tick = 0; tick < 6; tick++) {
        harness.step(anyChanges(g, input, max))
        expect(harness.rows.text()).toBe(harness.expected(whole).rows.text())
        if (g(fc.nat, { max: 3 }) === 0) harness.restart()
      }
    }
    fc.assert(
      fc.property(fc.gen(), (g) => check(g)),
      { numRuns: 8 },
    )
  })
})
