import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DdlPlan } from '../plan/ddl.ts'
import { planSql } from '../sql/testing/planner.ts'
import { createSource } from './testing/fake-source.ts'
import { SourceWorld } from './testing/source-world.ts'

/**
 * Views over the time of arrival hold what the same query gives over rows that carry the times of their ticks, whatever
 * the ticks and crashes; those times stay once they are seen.
 */
class ArrivalWorld extends SourceWorld {
  async create(name: string, query: string): Promise<void> {
    const planned = planSql(`CREATE MATERIALIZED VIEW ${name} AS ${query}`, this.engine.world.catalog)
    if (planned.kind !== 'ddl' || planned.statement === null) throw new Error('not DDL')
    await this.ddl({ ...planned.statement, schema: 2200 } as DdlPlan)
  }
  caughtUp(): Promise<void> {
    const { positions } = this.engine.world.sources.get(this.id('s'))!
    return this.until(
      () =>
        !this.engine.world.underWay &&
        this.topic.partitions.every((rows, p) => (positions.get(p) ?? 0) === rows.length),
    )
  }
  /** Between two ticks. */
  quiet<T>(look: () => T): Promise<T> {
    return this.finish(this.engine.world.exclusive.run(async () => look()))
  }
  /** The rows of `stamped`, in the order of their times. */
  arrived(): Arrived[] {
    const lines = this.rows('stamped').flatMap((line) => {
      const [, count, k, v, ms] = /^\+(\d*) (\S+) (\S+) (\S+)$/.exec(line)!
      return Array.from({ length: Number(count || 1) }, () => ({ k: k!, v: Number(v), ms: Number(ms) }))
    })
    return lines.sort((a, b) => a.ms - b.ms)
  }
  /** Rows that the view's operators hold, beside its result. */
  kept(name: string): number {
    return this.view(name)
      .structures()
      .filter((s) => !s.id.includes('/result'))
      .reduce((sum, s) => sum + s.rows, 0)
  }
}

interface Arrived {
  readonly k: string
  readonly v: number
  readonly ms: number
}

const ARRIVED = '(SELECT k, v, PROCTIME() AS p FROM s)'
const ms = (time: string) => `(extract(epoch FROM ${time}) * 1000)::bigint`

/** A result as lines, and the last moment that still belongs to each of its windows. */
type Windows = readonly (readonly [line: string, lastMs: number])[]

const KINDS: Readonly<Record<string, { readonly sql: string; expected(rows: readonly Arrived[]): Windows }>> = {
  tumbling: {
    sql: `SELECT k, count(*) AS n, max(v) AS m, ${ms('window_start')} AS w FROM TUMBLE(${ARRIVED}, p, INTERVAL '0.02 s') GROUP BY k, window_start, window_end`,
    expected: (rows) => grouped(rows, (r) => [`${r.k} ${start(r.ms, 20)}`], 20),
  },
  called: {
    sql: `SELECT k, count(*) AS n, max(v) AS m, ${ms("TUMBLE_START(PROCTIME(), INTERVAL '0.02 s')")} AS w FROM s GROUP BY TUMBLE(PROCTIME(), INTERVAL '0.02 s'), k`,
    expected: (rows) => grouped(rows, (r) => [`${r.k} ${start(r.ms, 20)}`], 20),
  },
  hopping: {
    sql: `SELECT k, count(*) AS n, max(v) AS m, ${ms('window_start')} AS w FROM HOP(${ARRIVED}, p, INTERVAL '0.01 s', INTERVAL '0.03 s') GROUP BY k, window_start, window_end`,
    expected: (rows) => grouped(rows, (r) => [0, 10, 20].map((back) => `${r.k} ${start(r.ms, 10) - back}`), 30),
  },
  sessions: {
    sql: `SELECT k, count(*) AS n, max(v) AS m, ${ms("SESSION_START(p, INTERVAL '0.008 s')")} AS w, ${ms("SESSION_END(p, INTERVAL '0.008 s')")} AS e FROM ${ARRIVED} x GROUP BY SESSION(p, INTERVAL '0.008 s'), k`,
    expected: (rows) =>
      [...byKey(rows, (r) => r.k)].flatMap(([k, group]) => {
        const sessions: Arrived[][] = []
        for (const row of group) {
          const open = sessions.at(-1)
          if (open && row.ms <= open.at(-1)!.ms + 8) open.push(row)
          else sessions.push([row])
        }
        return sessions.map((rows): [string, number] => {
          const end = rows.at(-1)!.ms + 8
          return [`${k} ${rows.length} ${most(rows)} ${rows[0]!.ms} ${end}`, end]
        })
      }),
  },
}

const start = (at: number, size: number): number => Math.floor(at / size) * size
const most = (rows: readonly Arrived[]): number => Math.max(...rows.map((r) => r.v))

function byKey(rows: readonly Arrived[], keyOf: (row: Arrived) => string): Map<string, Arrived[]> {
  const groups = new Map<string, Arrived[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

/** `k window` → a line of the count and the maximum. */
function grouped(rows: readonly Arrived[], keysOf: (row: Arrived) => string[], size: number): Windows {
  const groups = new Map<string, Arrived[]>()
  for (const row of rows) for (const key of keysOf(row)) groups.set(key, [...(groups.get(key) ?? []), row])
  return [...groups].map(([key, group]) => {
    const [k, w] = key.split(' ')
    return [`${k} ${group.length} ${most(group)} ${w}`, Number(w) + size - 1]
  })
}

/** The newest row of each key; of those that came at once, the one with the largest v. */
const NEWEST = `SELECT k, v FROM (SELECT k, v, row_number() OVER (PARTITION BY k ORDER BY p DESC, v DESC) AS n FROM ${ARRIVED} x) y WHERE n = 1`
const newest = (rows: readonly Arrived[]): string[] =>
  [...byKey(rows, (r) => r.k)].map(([k, group]) => {
    const [best] = [...group].sort((a, b) => b.ms - a.ms || b.v - a.v)
    return `${k} ${best!.v}`
  })

const lines = (rows: readonly string[]): string[] => rows.map((r) => r.replace(/^\+ ?/, '')).sort()

test('windows over the time of arrival: recomputed, closed by the clock once, whatever the ticks and crashes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 3 }),
      async (seed, partitions) => {
        const world = new ArrivalWorld(seed, partitions)
        const { random } = world
        await world.open()
        await world.ddl(createSource('s'))
        await world.create('stamped', `SELECT k, v, ${ms('p')} AS ms FROM ${ARRIVED} x`)
        await world.create('newest', NEWEST)
        for (const [name, { sql }] of Object.entries(KINDS)) {
          await world.create(name, sql)
          await world.create(`${name}_final`, `${sql} EMIT ON WINDOW CLOSE`)
        }
        const check = () => {
          const rows = world.arrived()
          const nowMs = world.engine.world.clock.lastNowMicros / 1000
          expect(lines(world.rows('newest')), 'newest').toEqual(newest(rows).sort())
          for (const [name, { expected }] of Object.entries(KINDS)) {
            const all = expected(rows)
            const closed = all.filter(([, lastMs]) => lastMs < nowMs)
            expect(lines(world.rows(name)), name).toEqual(all.map(([line]) => line).sort())
            expect(lines(world.rows(`${name}_final`)), `${name}_final`).toEqual(closed.map(([line]) => line).sort())
          }
        }
        let produced = 0
        for (let round = 0; round < 8; round++) {
          for (let p = 0; p < partitions; p++) {
            const rows = Array.from({ length: Math.floor(random() * 5) }, () => [
              'abc'[Math.floor(random() * 3)]!,
              Math.floor(random() * 100),
            ])
            produced += rows.length
            world.topic.produce(p, rows)
          }
          await world.steps(Math.floor(random() * 40))
          world.runtime.jump(Math.floor(random() * 25))
          await world.quiet(check)
          if (random() < 0.3) {
            const seen = await world.quiet(() => world.arrived())
            await world.restart()
            const after = await world.quiet(() => world.arrived().map((r) => JSON.stringify(r)))
            for (const row of seen) expect(after).toContain(JSON.stringify(row))
            await world.quiet(check)
          }
        }
        await world.caughtUp()
        await world.quiet(check)
        expect(world.arrived().length).toBe(produced)
        // The clock goes on, nothing comes: all closes, and nothing of it is kept.
        world.runtime.jump(200)
        await world.until(
          () => !world.engine.world.underWay && world.engine.world.circuit.frontier() === Number.POSITIVE_INFINITY,
        )
        await world.quiet(check)
        for (const name of Object.keys(KINDS)) {
          expect([name, world.kept(name), world.kept(`${name}_final`)]).toEqual([name, 0, 0])
          expect(world.rows(`${name}_final`)).toEqual(world.rows(name))
        }
        // Who comes later stamps all that it finds with the moment at which it begins.
        await world.create('later', `SELECT count(DISTINCT p) AS times, count(*) AS n FROM ${ARRIVED} x WHERE v >= 0`)
        await world.ready('later')
        expect(lines(world.rows('later'))).toEqual([`${Math.min(1, produced)} ${produced}`])
      },
    ),
    { numRuns: 10 },
  )
}, 120_000)
