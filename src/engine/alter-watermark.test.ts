import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SourceEntry } from '../catalog/entry.ts'
import type { DdlPlan } from '../plan/ddl.ts'
import { planSql } from '../sql/testing/planner.ts'
import type { Row } from '../types/value.ts'
import { createSource } from './testing/fake-source.ts'
import { SourceWorld } from './testing/source-world.ts'

/** A source of (k text, v int) that is given its event time while records flow. */
class AlteredWorld extends SourceWorld {
  async run(sql: string): Promise<void> {
    const planned = planSql(sql, this.engine.world.catalog)
    if (planned.kind !== 'ddl' || planned.statement === null) throw new Error('not DDL')
    const { statement } = planned
    await this.ddl(('schema' in statement ? { ...statement, schema: 2200 } : statement) as DdlPlan)
  }
  entry(): SourceEntry {
    return this.engine.catalog().byId(this.id('s')) as SourceEntry
  }
  caughtUp(): Promise<void> {
    const { positions } = this.engine.world.sources.get(this.id('s'))!
    const { world } = this.engine
    return this.until(
      () => !world.underWay && this.topic.partitions.every((rows, p) => (positions.get(p) ?? 0) === rows.length),
    )
  }
  /** Rows that are not late by what came in their partition since the ALTER; the lowest watermark of a partition. */
  inTime(
    delay: number,
    timeOf: (row: Row) => number | null = (row) => row[1] as number,
  ): { readonly rows: Row[]; readonly watermark: number } {
    const since = new Map(this.entry().watermark?.since)
    const { floors } = this.engine.world.watermarks.get(this.id('s'))!
    const rows: Row[] = []
    let lowest = Number.POSITIVE_INFINITY
    for (const [partition, records] of this.topic.partitions.entries()) {
      let watermark = Number.NEGATIVE_INFINITY
      for (const [offset, row] of records.entries()) {
        const time = timeOf(row)
        for (const floor of floors)
          if (floor.partition === partition && floor.offset === offset) watermark = Math.max(watermark, floor.value)
        if (time === null) continue
        if (time >= watermark) rows.push(row)
        if (offset >= (since.get(partition) ?? 0)) watermark = Math.max(watermark, time - delay)
      }
      lowest = Math.min(lowest, watermark)
    }
    return { rows, watermark: lowest }
  }
}

function counted(rows: readonly Row[]): string[] {
  const counts = new Map<number, number>()
  for (const [, v] of rows) counts.set(v as number, (counts.get(v as number) ?? 0) + 1)
  return [...counts].map(([v, n]) => `${v} ${n}`).sort()
}
const lines = (rows: readonly string[]): string[] => rows.map((r) => r.replace(/^\+ ?/, '')).sort()

const SOURCE = { ...createSource('s'), sql: 'CREATE SOURCE s (k text, v int) FROM LOAD GENERATOR COUNTER' } as DdlPlan
const COUNTS = 'SELECT v, count(*) AS n FROM s GROUP BY v'

test('a stream gets its event time while it flows: old views go on, new ones equal the batch, live and hydrated alike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 0, max: 20 }), async (seed, delay) => {
      const world = new AlteredWorld(seed, 2)
      await world.open()
      await world.ddl(SOURCE)
      await world.run(`CREATE MATERIALIZED VIEW old AS ${COUNTS}`)
      const produce = () => {
        for (const p of [0, 1]) {
          const n = 1 + Math.floor(world.random() * 12)
          world.topic.produce(
            p,
            Array.from({ length: n }, (): Row => ['a', Math.floor(world.random() * 60)]),
          )
        }
      }
      produce()
      await world.steps(Math.floor(world.random() * 40))
      await world.run(`ALTER SOURCE s ADD WATERMARK FOR v AS v - ${delay}`)
      await world.run(`CREATE MATERIALIZED VIEW live AS ${COUNTS} EMIT ON WINDOW CLOSE`)
      produce()
      await world.steps(Math.floor(world.random() * 40))
      if (world.random() < 0.5) await world.restart()
      produce()
      await world.caughtUp()
      await world.run(`CREATE MATERIALIZED VIEW later AS ${COUNTS} EMIT ON WINDOW CLOSE`)
      await world.run(`CREATE MATERIALIZED VIEW all_later AS ${COUNTS}`)
      const check = async () => {
        for (const name of ['old', 'live', 'later', 'all_later']) await world.ready(name)
        const { rows, watermark } = world.inTime(delay)
        expect(world.engine.world.watermarks.get(world.id('s'))!.current).toBe(watermark)
        expect(lines(world.rows('old'))).toEqual(counted(world.topic.partitions.flat()))
        expect(lines(world.rows('all_later'))).toEqual(counted(rows))
        const closed = counted(rows.filter((r) => (r[1] as number) < watermark))
        expect(lines(world.rows('live'))).toEqual(closed)
        expect(lines(world.rows('later'))).toEqual(closed)
      }
      await check()
      await world.restart()
      await world.caughtUp()
      await check()
    }),
    { numRuns: 20 },
  )
}, 60_000)

test('LATENESS of a view: its rows alone tell the time, in the order of each partition, whoever reads them and when', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 0, max: 20 }), async (seed, delay) => {
      const world = new AlteredWorld(seed, 2)
      await world.open()
      await world.ddl(SOURCE)
      await world.run("CREATE VIEW w AS SELECT k, v * 2 AS t FROM s WHERE k <> 'c'")
      await world.run("CREATE MATERIALIZED VIEW stored AS SELECT v FROM s WHERE k <> 'c'")
      const produce = () => {
        for (const p of [0, 1]) {
          const n = 1 + Math.floor(world.random() * 12)
          const row = (): Row => ['abc'[Math.floor(world.random() * 3)]!, Math.floor(world.random() * 60)]
          world.topic.produce(p, Array.from({ length: n }, row))
        }
      }
      produce()
      await world.steps(Math.floor(world.random() * 40))
      await world.run(`LATENESS w.t ${delay}`)
      const final = 'SELECT t / 2 AS v, count(*) AS n FROM w GROUP BY t EMIT ON WINDOW CLOSE'
      await world.run(`CREATE MATERIALIZED VIEW live AS ${final}`)
      produce()
      await world.steps(Math.floor(world.random() * 40))
      if (world.random() < 0.5) await world.restart()
      produce()
      // Both partitions say something that is a row of the view.
      for (const p of [0, 1]) world.topic.produce(p, [['a', 70]])
      await world.caughtUp()
      await world.run(`CREATE MATERIALIZED VIEW later AS ${final}`)
      const check = async () => {
        for (const name of ['stored', 'live', 'later']) await world.ready(name)
        const { rows, watermark } = world.inTime(delay, ([k, v]) => (k === 'c' ? null : (v as number) * 2))
        expect(world.engine.world.watermarks.get(world.id('s'))!.current).toBe(watermark)
        const all = world.topic.partitions.flat().filter(([k]) => k !== 'c')
        expect(lines(world.rows('stored')).length).toBe(new Set(all.map(([, v]) => v)).size)
        const closed = counted(rows.filter(([, v]) => (v as number) * 2 < watermark))
        expect(lines(world.rows('live'))).toEqual(closed)
        expect(lines(world.rows('later'))).toEqual(closed)
      }
      await check()
      await world.restart()
      await world.caughtUp()
      await check()
    }),
    { numRuns: 20 },
  )
}, 60_000)

test('what views rely on is not taken away; what they do not is', async () => {
  const world = new AlteredWorld(1, 1)
  await world.open()
  await world.ddl(SOURCE)
  await world.run('CREATE MATERIALIZED VIEW copy AS SELECT * FROM s')
  await world.run('ALTER SOURCE s ADD WATERMARK FOR v AS v - 5')
  expect(world.entry().sql).toContain('WATERMARK FOR v AS (v - 5)')
  await world.run(`CREATE MATERIALIZED VIEW closed AS ${COUNTS} EMIT ON WINDOW CLOSE`)
  await expect(world.run('ALTER SOURCE s DROP WATERMARK')).rejects.toMatchObject({
    sqlstate: '2BP01',
  })
  await world.run('DROP MATERIALIZED VIEW closed')
  await world.run('ALTER SOURCE s DROP WATERMARK')
  expect(world.entry().watermark).toBeUndefined()
  expect(world.entry().sql).not.toContain('WATERMARK')
  expect(world.engine.world.watermarks.size).toBe(0)
  world.topic.produce(0, [['a', 1]])
  await world.caughtUp()
  await world.restart()
  expect(lines(world.rows('copy'))).toEqual(['a 1'])
})
