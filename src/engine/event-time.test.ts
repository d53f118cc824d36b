import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DdlPlan } from '../plan/ddl.ts'
import { planSql } from '../sql/testing/planner.ts'
import type { Row } from '../types/value.ts'
import { createSource } from './testing/fake-source.ts'
import { SourceWorld } from './testing/source-world.ts'

/** A source `s` of (k text, v int) whose event time is v, read by views in SQL. */
class EventTimeWorld extends SourceWorld {
  async source(delay: number, idleMs: number | null = null): Promise<void> {
    const plan = createSource('s') as Extract<DdlPlan, { kind: 'createSource' }>
    await this.ddl({ ...plan, watermark: { column: 1, delay, idleMs, maxFuture: null } })
  }
  async create(name: string, query: string): Promise<void> {
    const catalog = this.engine.world.catalog
    const planned = planSql(`CREATE MATERIALIZED VIEW ${name} AS ${query}`, catalog)
    if (planned.kind !== 'ddl' || planned.statement === null) throw new Error('not DDL')
    await this.ddl({ ...planned.statement, schema: 2200 } as DdlPlan)
  }
  get time() {
    return this.engine.world.watermarks.get(this.id('s'))!
  }
  caughtUp(): Promise<void> {
    const { positions } = this.engine.world.sources.get(this.id('s'))!
    const { world } = this.engine
    return this.until(
      () => !world.underWay && this.topic.partitions.every((rows, p) => (positions.get(p) ?? 0) === rows.length),
    )
  }
  /**
   * Rows that count, by their own partition's records and floors, and the relation's watermark: those whose window is
   * open; where the time itself is what is kept by, those that are not below the watermark.
   */
  batch(delay: number, windows = true): { readonly rows: Row[]; readonly watermark: number } {
    const rows: Row[] = []
    let lowest = Number.POSITIVE_INFINITY
    for (const [partition, records] of this.topic.partitions.entries()) {
      let watermark = Number.NEGATIVE_INFINITY
      for (const [offset, row] of records.entries()) {
        for (const floor of this.time.floors) {
          if (floor.partition === partition && floor.offset === offset) watermark = Math.max(watermark, floor.value)
        }
        const time = row[1] as number
        if (windows ? Math.trunc(time / 10) >= Math.trunc(watermark / 10) : time >= watermark) rows.push(row)
        watermark = Math.max(watermark, time - delay)
      }
      if (records.length > 0) lowest = Math.min(lowest, watermark)
    }
    return { rows, watermark: lowest }
  }
}

const windowOf = (row: Row): number => Math.trunc((row[1] as number) / 10)

/** What a view must hold, from the rows that count; `closed`: windows that are, where only those count. */
interface Kind {
  readonly sql: string
  /** Its windows are those of windowOf: EMIT ON WINDOW CLOSE is tried too. */
  readonly windows: boolean
  expected(rows: readonly Row[]): string[]
}

function counted(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

const KINDS: Readonly<Record<string, Kind>> = {
  counts: {
    windows: true,
    sql: 'SELECT k, v / 10 AS w, count(*) AS n, max(v) AS m FROM s GROUP BY k, v / 10',
    expected: (rows) =>
      [...counted(rows, (r) => `${r[0]} ${windowOf(r)}`)].map(
        ([key, group]) => `${key} ${group.length} ${Math.max(...group.map((r) => r[1] as number))}`,
      ),
  },
  different: {
    windows: true,
    sql: 'SELECT DISTINCT k, v / 10 AS w FROM s',
    expected: (rows) => [...counted(rows, (r) => `${r[0]} ${windowOf(r)}`).keys()],
  },
  persons: {
    windows: true,
    sql: 'SELECT v / 10 AS w, count(DISTINCT k) AS n FROM s GROUP BY v / 10',
    expected: (rows) =>
      [...counted(rows, (r) => String(windowOf(r)))].map(
        ([w, group]) => `${w} ${new Set(group.map((r) => r[0])).size}`,
      ),
  },
  joined: {
    windows: true,
    sql: 'SELECT a.w, a.n, b.m FROM (SELECT v / 10 AS w, count(*) AS n FROM s GROUP BY v / 10) a JOIN (SELECT v / 10 AS w, max(v) AS m FROM s GROUP BY v / 10) b ON a.w = b.w',
    expected: (rows) =>
      [...counted(rows, (r) => String(windowOf(r)))].map(
        ([w, group]) => `${w} ${group.length} ${Math.max(...group.map((r) => r[1] as number))}`,
      ),
  },
  top: {
    windows: true,
    sql: 'SELECT w, k, v FROM (SELECT v / 10 AS w, k, v, row_number() OVER (PARTITION BY v / 10 ORDER BY v DESC, k) AS r FROM s) x WHERE r = 1',
    expected: (rows) =>
      [...counted(rows, (r) => String(windowOf(r)))].map(([w, group]) => {
        const [best] = [...group].sort((a, b) => (b[1] as number) - (a[1] as number) || (a[0]! < b[0]! ? -1 : 1))
        return `${w} ${best![0]} ${best![1]}`
      }),
  },
}

/** Pairs of one key whose times lie near each other: `b.v BETWEEN a.v - 7 AND a.v + 2`. */
function near(rows: readonly Row[], a: Row): Row[] {
  const time = a[1] as number
  return rows.filter((b) => b[0] === a[0] && (b[1] as number) >= time - 7 && (b[1] as number) <= time + 2)
}
const NEAR = 'a.k = b.k AND b.v BETWEEN a.v - 7 AND a.v + 2'

/** Interval joins: equal lines come with their count. */
const JOINS: Readonly<Record<string, Kind>> = {
  inner_join: {
    sql: `SELECT a.k, a.v, b.v AS o FROM s a JOIN s b ON ${NEAR}`,
    windows: false,
    expected: (rows) => summed(rows.flatMap((a) => near(rows, a).map((b) => `${a[0]} ${a[1]} ${b[1]}`))),
  },
  left_join: {
    sql: `SELECT a.k, a.v, b.v AS o FROM s a LEFT JOIN (SELECT * FROM s WHERE v % 3 = 0) b ON ${NEAR}`,
    windows: false,
    expected: (rows) =>
      summed(
        rows.flatMap((a) => {
          const found = near(thirds(rows), a).map((b) => `${a[0]} ${a[1]} ${b[1]}`)
          return found.length > 0 ? found : [`${a[0]} ${a[1]} null`]
        }),
      ),
  },
  full_join: {
    sql: `SELECT a.v, b.v AS o FROM (SELECT * FROM s WHERE v % 2 = 0) a FULL JOIN (SELECT * FROM s WHERE v % 3 = 0) b ON ${NEAR}`,
    windows: false,
    expected: (rows) => {
      const left = rows.filter((r) => (r[1] as number) % 2 === 0)
      const pairs = left.flatMap((a) => {
        const found = near(thirds(rows), a).map((b) => `${a[1]} ${b[1]}`)
        return found.length > 0 ? found : [`${a[1]} null`]
      })
      const alone = thirds(rows).filter((b) => !left.some((a) => near([b], a).length > 0))
      return summed([...pairs, ...alone.map((b) => `null ${b[1]}`)])
    },
  },
  semi_join: {
    sql: `SELECT a.k, a.v FROM s a WHERE EXISTS (SELECT 1 FROM s b WHERE b.v % 3 = 0 AND ${NEAR})`,
    windows: false,
    expected: (rows) => summed(rows.filter((a) => near(thirds(rows), a).length > 0).map((a) => `${a[0]} ${a[1]}`)),
  },
  anti_join: {
    sql: `SELECT a.k, a.v FROM s a WHERE NOT EXISTS (SELECT 1 FROM s b WHERE b.v % 3 = 0 AND ${NEAR})`,
    windows: false,
    expected: (rows) => summed(rows.filter((a) => near(thirds(rows), a).length === 0).map((a) => `${a[0]} ${a[1]}`)),
  },
  window_outer: {
    sql: 'SELECT a.w, a.n, b.m FROM (SELECT v / 10 AS w, count(*) AS n FROM s GROUP BY v / 10) a LEFT JOIN (SELECT v / 10 AS w, max(v) AS m FROM s WHERE v % 3 = 0 GROUP BY v / 10) b ON a.w = b.w',
    windows: true,
    expected: (rows) =>
      [...counted(rows, (r) => String(windowOf(r)))].map(([w, group]) => {
        const third = thirds(group).map((r) => r[1] as number)
        return `${w} ${group.length} ${third.length === 0 ? 'null' : Math.max(...third)}`
      }),
  },
}

const thirds = (rows: readonly Row[]): Row[] => rows.filter((r) => (r[1] as number) % 3 === 0)

function summed(each: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of each) counts.set(line, (counts.get(line) ?? 0) + 1)
  return [...counts].map(([line, n]) => (n === 1 ? line : `${n} ${line}`))
}

const lines = (rows: readonly string[]): string[] => rows.map((r) => r.replace(/^\+ ?/, '')).sort()
const onlyClosed = (rows: readonly Row[], watermark: number): Row[] =>
  rows.filter((r) => windowOf(r) < Math.trunc(watermark / 10))

const RUNS = 8

test.each([
  ['windows', KINDS],
  ['joins', JOINS],
])(
  '%s: views and closed windows equal the batch over the rows that count, whatever the ticks, crashes and the moment of creation',
  async (_name, kinds) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 25 }),
        async (seed, partitions, delay) => {
          const world = new EventTimeWorld(seed, partitions)
          await world.open()
          await world.source(delay)
          for (const [name, { sql, windows }] of Object.entries(kinds)) {
            await world.create(name, sql)
            if (windows) await world.create(`${name}_final`, `${sql} EMIT ON WINDOW CLOSE`)
          }
          const random = world.random
          for (let round = 0; round < 6; round++) {
            for (let p = 0; p < partitions; p++) {
              const rows = Array.from({ length: Math.floor(random() * 8) }, (): Row => {
                const time = 10 * round + Math.floor(random() * 40)
                return ['abc'[Math.floor(random() * 3)]!, time]
              })
              world.topic.produce(p, rows)
            }
            await world.steps(Math.floor(random() * 60))
            if (random() < 0.3) await world.restart()
          }
          await world.caughtUp()
          for (const [name, { sql, windows }] of Object.entries(kinds)) {
            await world.create(`${name}_later`, sql)
            if (windows) await world.create(`${name}_final_later`, `${sql} EMIT ON WINDOW CLOSE`)
          }
          const check = async () => {
            for (const [name, { expected, windows }] of Object.entries(kinds)) {
              const { rows, watermark } = world.batch(delay, windows)
              if (rows.length > 0) expect(world.time.current).toBe(watermark)
              const all = expected(rows).sort()
              const closed = expected(onlyClosed(rows, watermark)).sort()
              for (const each of [name, `${name}_later`]) {
                await world.ready(each)
                expect(lines(world.rows(each)), each).toEqual(all)
              }
              for (const each of windows ? [`${name}_final`, `${name}_final_later`] : []) {
                await world.ready(each)
                expect(lines(world.rows(each)), each).toEqual(closed)
              }
            }
          }
          await check()
          await world.restart()
          await world.caughtUp()
          await check()
        },
      ),
      { numRuns: RUNS },
    )
  },
  120_000,
)

/** What reads a view whose windows are `w`: by three windows each, and each window with itself. */
const LOWER: Readonly<
  Record<string, { sql(of: string): string; divisor: number; expected(rows: readonly Row[]): string[] }>
> = {
  thirds: {
    sql: (of) => `SELECT w / 3 AS x, sum(n)::int AS n, max(m) AS m FROM ${of} GROUP BY w / 3`,
    divisor: 30,
    expected: (rows) =>
      [...counted(rows, (r) => String(Math.trunc((r[1] as number) / 30)))].map(
        ([x, group]) => `${x} ${group.length} ${Math.max(...group.map((r) => r[1] as number))}`,
      ),
  },
  pairs: {
    sql: (of) => `SELECT a.w, a.k, b.k AS o FROM ${of} a JOIN ${of} b ON a.w = b.w AND a.k <= b.k`,
    divisor: 10,
    expected: (rows) =>
      [...counted(rows, (r) => String(windowOf(r)))].flatMap(([w, group]) => {
        const keys = [...new Set(group.map((r) => r[0] as string))]
        return keys.flatMap((a) => keys.filter((b) => a <= b).map((b) => `${w} ${a} ${b}`))
      }),
  },
  alone: {
    sql: (of) => `SELECT w, k FROM ${of} a WHERE NOT EXISTS (SELECT 1 FROM ${of} b WHERE a.w = b.w AND b.m > a.m)`,
    divisor: 10,
    expected: (rows) =>
      [...counted(rows, (r) => String(windowOf(r)))].flatMap(([w, group]) => {
        const most = Math.max(...group.map((r) => r[1] as number))
        return [...new Set(group.filter((r) => r[1] === most).map((r) => `${w} ${r[0]}`))]
      }),
  },
}

test('views over materialized views: equal to the batch, closed windows once, state of closed ones gone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 0, max: 25 }),
      async (seed, partitions, delay) => {
        const world = new EventTimeWorld(seed, partitions)
        await world.open()
        await world.source(delay)
        const counts = KINDS['counts']!.sql
        await world.create('upper', counts)
        await world.create('upper_final', `${counts} EMIT ON WINDOW CLOSE`)
        const make = async (suffix: string) => {
          for (const [name, { sql }] of Object.entries(LOWER)) {
            for (const of of ['upper', 'upper_final']) {
              await world.create(`${name}_${of}${suffix}`, sql(of))
              await world.create(`${name}_${of}_closed${suffix}`, `${sql(of)} EMIT ON WINDOW CLOSE`)
            }
          }
        }
        await make('')
        const random = world.random
        for (let round = 0; round < 6; round++) {
          for (let p = 0; p < partitions; p++) {
            const rows = Array.from({ length: Math.floor(random() * 8) }, (): Row => {
              const time = 10 * round + Math.floor(random() * 40)
              return ['abc'[Math.floor(random() * 3)]!, time]
            })
            world.topic.produce(p, rows)
          }
          await world.steps(Math.floor(random() * 60))
          if (random() < 0.3) await world.restart()
        }
        await world.caughtUp()
        await make('_later')
        const check = async () => {
          const { rows, watermark } = world.batch(delay)
          const closedBy = (divisor: number) => {
            const below = Math.trunc(Math.trunc(watermark / 10) / (divisor / 10))
            return rows.filter((r) => Math.trunc((r[1] as number) / divisor) < below)
          }
          for (const [name, { expected, divisor }] of Object.entries(LOWER)) {
            for (const suffix of ['', '_later']) {
              const held = async (of: string, wanted: readonly Row[]) => {
                await world.ready(`${name}_${of}${suffix}`)
                expect(lines(world.rows(`${name}_${of}${suffix}`)), `${name}_${of}${suffix}`).toEqual(
                  expected(wanted).sort(),
                )
              }
              await held('upper', rows)
              await held('upper_final', onlyClosed(rows, watermark))
              await held('upper_closed', closedBy(divisor))
              await held('upper_final_closed', closedBy(divisor))
            }
          }
        }
        await check()
        await world.restart()
        await world.caughtUp()
        await check()
        // Everything closes: no operator holds a row but the results.
        for (let p = 0; p < partitions; p++) world.topic.produce(p, [['a', 100_000]])
        await world.caughtUp()
        for (const name of Object.keys(LOWER)) {
          for (const of of ['upper', 'upper_closed', 'upper_final', 'upper_final_closed', 'upper_later']) {
            const view = world.view(`${name}_${of}`)
            const result = new Set(view.output.state().map((s) => s.id))
            const rows = view
              .structures()
              .filter((s) => !result.has(s.id))
              .map((s) => s.rows)
            expect(Math.max(...rows), `${name}_${of}`).toBeLessThanOrEqual(1)
          }
        }
      },
    ),
    { numRuns: RUNS },
  )
}, 120_000)

test('the end result does not depend on the order of arrival inside the lateness', async () => {
  const results = new Set<string>()
  for (const seed of [1, 2, 3, 4]) {
    const world = new EventTimeWorld(seed, 1)
    await world.open()
    await world.source(15)
    await world.create('final', `${KINDS['counts']!.sql} EMIT ON WINDOW CLOSE`)
    const times = Array.from({ length: 200 }, (_, i) => i)
    // Each moves by less than the lateness.
    const moved = times.map((t) => ({ t, at: t + Math.floor(world.random() * 15) })).sort((a, b) => a.at - b.at)
    world.topic.produce(
      0,
      moved.map(({ t }): Row => ['abc'[t % 3]!, t]),
    )
    await world.caughtUp()
    results.add(JSON.stringify(lines(world.rows('final')).filter((r) => Number(r.split(' ')[1]) < 18)))
    expect(world.time.partitions.get(0)!.late).toBe(0)
  }
  expect(results.size).toBe(1)
})

test('state that is closed goes: three hundred windows pass, some are held', async () => {
  const world = new EventTimeWorld(7, 2)
  await world.open()
  await world.source(5)
  await world.create('counts', KINDS['counts']!.sql)
  await world.create(
    'joined',
    'SELECT a.k, a.v, b.v AS o FROM s a JOIN s b ON a.k = b.k AND b.v BETWEEN a.v - 3 AND a.v',
  )
  const held = () => {
    let rows = 0
    for (const name of ['counts', 'joined']) {
      const { output } = world.view(name)
      const result = new Set(output.state().map((s) => s.id))
      for (const s of world.view(name).structures()) if (!result.has(s.id)) rows += s.rows
    }
    return rows
  }
  let most = 0
  for (let t = 0; t < 3000; t += 100) {
    for (let p = 0; p < 2; p++)
      world.topic.produce(
        p,
        Array.from({ length: 100 }, (_, i): Row => ['ab'[i % 2]!, t + i]),
      )
    await world.caughtUp()
    most = Math.max(most, held())
  }
  expect(lines(world.rows('counts'))).toHaveLength(600)
  expect(most).toBeLessThan(1500)
}, 60_000)

test('a silent partition holds the watermark until its time-out; what it says later is late by what closed meanwhile', async () => {
  const world = new EventTimeWorld(3, 2)
  await world.open()
  await world.source(0, 5000)
  await world.create('final', `${KINDS['different']!.sql} EMIT ON WINDOW CLOSE`)
  world.topic.produce(0, [['a', 1]])
  world.topic.produce(1, [['b', 2]])
  await world.caughtUp()
  world.topic.produce(0, [['a', 55]])
  await world.caughtUp()
  expect(world.time.current).toBe(2)
  expect(world.rows('final')).toEqual([])
  await world.until(() => world.time.partitions.get(1)!.idle && !world.engine.world.exclusive.busy)
  expect(world.time.current).toBe(55)
  expect(lines(world.rows('final'))).toEqual(['a 0', 'b 0'])
  world.topic.produce(1, [
    ['b', 30],
    ['b', 60],
  ])
  await world.caughtUp()
  expect(world.time.floors).toContainEqual({ partition: 1, offset: 1, value: 55 })
  expect(world.time.partitions.get(1)!.late).toBe(1)
  await world.restart()
  await world.create('later', KINDS['different']!.sql)
  await world.ready('later')
  expect(lines(world.rows('later'))).toEqual(['a 0', 'a 5', 'b 0', 'b 6'])
})
