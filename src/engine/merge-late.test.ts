import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ZSet } from '../render/testing/zset.ts'
import { rowsOf } from '../types/batch-build.ts'
import { Follower } from './testing/follower.ts'
import { BEGIN, LatenessWorld, MINUTE, type Told, WINDOWS, windowed } from './testing/lateness-world.ts'

/** MERGE LATE: input in any order, merged, gives what the same input in order gives. */

const MODES = [
  { name: 'early', emit: 'EMIT CHANGES', options: '', waits: false },
  { name: 'final', emit: 'EMIT ON WINDOW CLOSE', options: '', waits: true },
  { name: 'kept', emit: 'EMIT CHANGES', options: "WITH (retention = '1 day')", waits: false },
  { name: 'kept_final', emit: 'EMIT ON WINDOW CLOSE', options: "WITH (retention = '20 minutes')", waits: true },
]
const ALL = { merged: () => true }

const linesOf = (rows: ZSet): string[] => [...rows.rows()].map(({ row, diff }) => JSON.stringify([row, diff])).sort()
const linesEqual = (a: readonly string[], b: readonly string[]) => a.join('\n') === b.join('\n')
function held(world: LatenessWorld, name: string): ZSet {
  const { output } = world.view(name)
  const rows = new ZSet()
  for (const batch of output.rows.scan()) {
    for (const [i, row] of rowsOf(batch, output.output.types).entries()) rows.add(row, batch.diffs[i]!)
  }
  return rows
}

function produce(world: LatenessWorld, partitions: number, round: number): void {
  const { random } = world
  for (let p = 0; p < partitions; p++) {
    const rows = Array.from({ length: Math.floor(random() * 7) }, () => {
      return ['ab'[Math.floor(random() * 2)]!, 15 * round + Math.floor(random() * 60)] as const
    })
    world.produceAt(p, rows)
  }
}

test.each(Object.keys(WINDOWS))(
  '%s: shuffled input and a merge are sorted input; a second merge brings nothing; subscribers are told each change once',
  async (name) => {
    const kind = WINDOWS[name]!
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 0, max: 10 }),
        async (seed, partitions, delay) => {
          const world = new LatenessWorld(seed, partitions)
          await world.open()
          await world.source(delay)
          for (const { name, emit, options } of MODES) await world.create(name, `${kind.sql('s')} ${emit}`, options)
          for (let round = 0; round < 3; round++) {
            produce(world, partitions, round)
            await world.steps(Math.floor(world.random() * 60))
          }
          await world.caughtUp()
          const followers = new Map<string, Follower>()
          const follow = async () => {
            followers.clear()
            for (const { name } of MODES) {
              await world.ready(name)
              const follower = new Follower(world.view(name).output.output.types)
              await world.finish(follower.start(world.engine, world.id(name)))
              followers.set(name, follower)
            }
          }
          const merged = async () => {
            const { rows, watermark } = world.records(delay)
            for (const { name, waits } of MODES) {
              const expected = windowed(kind, rows, { waits, ...ALL, ...(waits && { watermark }) })
              expect(world.minutes(name), name).toEqual(expected)
            }
          }
          await follow()
          for (const { name } of MODES) await world.merge(name)
          await merged()
          for (const { name } of MODES) expect(await world.merge(name), name).toBe(0)
          for (const [name, follower] of followers) {
            expect(linesOf(follower.fold()), name).toEqual(linesOf(held(world, name)))
          }
          if (world.random() < 0.5) await world.restart()
          for (let round = 3; round < 5; round++) {
            produce(world, partitions, round)
            await world.steps(Math.floor(world.random() * 60))
          }
          await world.caughtUp()
          await follow()
          for (const { name } of MODES) await world.merge(name)
          await merged()
          await world.restart()
          await world.caughtUp()
          await merged()
        },
      ),
      { numRuns: 3 },
    )
  },
  180_000,
)

test('a crash in the middle leaves the rows of before or of after; the next merge completes it', async () => {
  const kind = WINDOWS['tumble']!
  const seen = new Set<string>()
  for (let seed = 1; seed <= 12; seed++) {
    const world = new LatenessWorld(seed, 2)
    await world.open()
    await world.source(0)
    for (const { name, emit, options } of MODES) await world.create(name, `${kind.sql('s')} ${emit}`, options)
    for (let round = 0; round < 3; round++) produce(world, 2, round)
    await world.caughtUp()
    for (const { name } of MODES) await world.ready(name)
    const before = new Map(MODES.map(({ name }) => [name, world.minutes(name)]))
    const { rows, watermark } = world.records(0)
    for (const { name } of MODES) void world.merge(name).catch(() => {})
    await world.steps(5 + Math.floor(world.random() * 150))
    await world.restart()
    await world.caughtUp()
    for (const { name, waits } of MODES) {
      const after = windowed(kind, rows, { waits, ...ALL, ...(waits && { watermark }) })
      await world.ready(name)
      expect([before.get(name), after], `seed ${seed}: ${name}`).toContainEqual(world.minutes(name))
      const asBefore = linesEqual(world.minutes(name), before.get(name)!)
      if (!linesEqual(before.get(name)!, after)) seen.add(asBefore ? 'before' : 'after')
      await world.merge(name)
      expect(world.minutes(name), `seed ${seed}: ${name}`).toEqual(after)
    }
  }
  expect(seen.size).toBe(2)
}, 120_000)

test('rows that come during a merge are where they belong, and late ones among them come in with the next', async () => {
  for (const [name, seed] of [
    ['hop', 1],
    ['session', 2],
    ['cumulate', 3],
    ['tumble', 4],
  ] as const) {
    const kind = WINDOWS[name]!
    const world = new LatenessWorld(seed, 2)
    await world.open()
    await world.source(3)
    for (const { name, emit, options } of MODES) await world.create(name, `${kind.sql('s')} ${emit}`, options)
    for (let round = 0; round < 4; round++) {
      produce(world, 2, round)
      await world.steps(Math.floor(world.random() * 40))
      const merging = MODES.map(({ name }) => world.merge(name))
      produce(world, 2, round)
      await Promise.all(merging)
    }
    await world.caughtUp()
    const { rows, watermark } = world.records(3)
    for (const { name, waits } of MODES) {
      await world.merge(name)
      const expected = windowed(kind, rows, { waits, ...ALL, ...(waits && { watermark }) })
      expect(world.minutes(name), `seed ${seed}: ${name}`).toEqual(expected)
    }
  }
}, 120_000)

test('a topic that lost its beginning: merged where state is kept, else refused, naming the window and the reason', async () => {
  const world = new LatenessWorld(1, 1)
  await world.open()
  await world.source(0)
  const { sql } = WINDOWS['tumble']!
  await world.create('kept', sql('s'), "WITH (retention = '1 day')")
  await world.create('freed', sql('s'))
  world.produceAt(0, [
    ['a', 1],
    ['a', 5],
    ['a', 25],
    ['a', 3],
    ['b', 22],
  ])
  await world.caughtUp()
  world.topic.first = 2
  expect(await world.merge('kept')).toBe(1)
  expect(world.minutes('kept')).toEqual(['a 0 10 3', 'a 20 30 1', 'b 20 30 1'])
  await expect(world.merge('freed')).rejects.toMatchObject({
    sqlstate: '55000',
    message: 'window 2024-01-01 00:00:00 of materialized view "freed" is closed and its state is gone',
    fields: {
      detail: expect.stringContaining('it began at offset 0 of partition 0, and the first that is left is 2'),
      hint: expect.stringContaining('retention'),
    },
  })
  expect(world.minutes('freed')).toEqual(['a 0 10 2', 'a 20 30 1', 'b 20 30 1'])
  // What is still there is merged again by value, whatever watermark it seems to carry now.
  world.topic.first = 3
  world.produceAt(0, [['c', 2]])
  await world.caughtUp()
  expect(await world.merge('kept')).toBe(1)
  expect(world.minutes('kept')).toEqual(['a 0 10 3', 'a 20 30 1', 'b 20 30 1', 'c 0 10 1'])
})

const values = (rows: readonly (readonly [string, number])[]): string =>
  rows.map(([k, t]) => `('${k}', timestamp '2024-01-01' + interval '${t} minutes')`).join(', ')

test('tables: WHERE picks the rows; two relations joined, each merged by itself', async () => {
  const world = new LatenessWorld(1, 1)
  await world.open()
  await world.sql('CREATE TABLE a (k text, ts timestamp, WATERMARK FOR ts AS ts)')
  await world.sql('CREATE TABLE b (k text, ts timestamp, WATERMARK FOR ts AS ts)')
  const side = (of: string) =>
    `SELECT k, window_start AS w, count(*) AS n FROM TUMBLE(${of}, ts, INTERVAL '10 minutes') GROUP BY 1, 2`
  await world.create(
    'pairs',
    `SELECT x.k, x.w, x.n, y.n AS m FROM (${side('a')}) x JOIN (${side('b')}) y ON x.k = y.k AND x.w = y.w`,
  )
  await world.create(
    'near',
    "SELECT a.k, a.ts, b.ts AS other FROM a JOIN b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '2 minutes' AND a.ts",
  )
  await world.sql(
    `INSERT INTO a VALUES ${values([
      ['p', 1],
      ['q', 5],
      ['p', 40],
      ['p', 2],
      ['q', 3],
    ])}`,
  )
  await world.sql(
    `INSERT INTO b VALUES ${values([
      ['p', 0],
      ['q', 2],
      ['p', 40],
      ['p', 1],
      ['q', 9],
    ])}`,
  )
  expect(world.minutes('pairs')).toEqual(['p 0 1 1', 'p 40 1 1', 'q 0 1 1'])
  expect(world.minutes('near')).toEqual(['p 1 0', 'p 40 40'])
  expect(await world.merge('pairs', 'a', "WHERE k = 'p'")).toBe(1)
  expect(world.minutes('pairs')).toEqual(['p 0 2 1', 'p 40 1 1', 'q 0 1 1'])
  expect(await world.merge('pairs', 'b')).toBe(2)
  expect(await world.merge('pairs', 'a')).toBe(1)
  expect(await world.merge('pairs', 'a')).toBe(0)
  expect(world.minutes('pairs')).toEqual(['p 0 2 2', 'p 40 1 1', 'q 0 2 2'])
  expect(await world.merge('near', 'a')).toBe(2)
  expect(await world.merge('near', 'b')).toBe(2)
  expect(world.minutes('near')).toEqual(['p 1 0', 'p 1 1', 'p 2 0', 'p 2 1', 'p 40 40', 'q 3 2'])
})

test('views that read the view and close by the same watermark follow its corrections', async () => {
  const world = new LatenessWorld(1, 1)
  await world.open()
  await world.sql('CREATE TABLE t (k text, ts timestamp, WATERMARK FOR ts AS ts)')
  const { sql } = WINDOWS['tumble']!
  await world.create('upper', sql('t'))
  await world.create('hours', "SELECT date_trunc('hour', window_start) AS h, sum(n)::int AS n FROM upper GROUP BY 1")
  await world.create(
    'closed',
    "SELECT date_trunc('hour', window_start) AS h, sum(n)::int AS n FROM upper GROUP BY 1 EMIT ON WINDOW CLOSE",
  )
  await world.sql(
    `INSERT INTO t VALUES ${values([
      ['p', 1],
      ['q', 75],
      ['p', 130],
      ['p', 2],
      ['q', 61],
      ['p', 129],
    ])}`,
  )
  expect(world.minutes('hours')).toEqual(['0 1', '120 1', '60 1'])
  expect(world.minutes('closed')).toEqual(['0 1', '60 1'])
  expect(await world.merge('upper', 't')).toBe(3)
  expect(world.minutes('hours')).toEqual(['0 2', '120 2', '60 2'])
  expect(world.minutes('closed')).toEqual(['0 2', '60 2'])
  await world.sql(`INSERT INTO t VALUES ${values([['p', 131]])}`)
  await world.restart()
  await world.sql(`INSERT INTO t VALUES ${values([['p', 132]])}`)
  expect(world.minutes('hours')).toEqual(['0 2', '120 4', '60 2'])
})

test('what nothing closes leaves out nothing; a view of another relation is refused', async () => {
  const world = new LatenessWorld(1, 1)
  await world.open()
  await world.sql('CREATE TABLE t (k text, ts timestamp, WATERMARK FOR ts AS ts)')
  await world.sql('CREATE TABLE u (k text)')
  await world.create('totals', 'SELECT k, count(*) AS n FROM t GROUP BY k')
  await world.create('others', 'SELECT k FROM u')
  await world.sql(
    `INSERT INTO t VALUES ${values([
      ['p', 9],
      ['p', 1],
    ])}`,
  )
  expect(await world.merge('totals', 't')).toBe(0)
  expect(world.minutes('totals')).toEqual(['p 2'])
  await expect(world.merge('others', 't')).rejects.toMatchObject({ sqlstate: '42P10' })
})

test('a merged view that is dropped leaves nothing behind', async () => {
  const world = new LatenessWorld(1, 1)
  await world.open()
  await world.sql('CREATE TABLE t (k text, ts timestamp, WATERMARK FOR ts AS ts)')
  const tables = world.engine.world.tables.size
  await world.create('v', WINDOWS['tumble']!.sql('t'))
  await world.sql(
    `INSERT INTO t VALUES ${values([
      ['p', 30],
      ['p', 1],
    ])}`,
  )
  expect(await world.merge('v', 't')).toBe(1)
  await world.sql('DROP MATERIALIZED VIEW v')
  expect(world.engine.world.tables.size).toBe(tables)
  await world.restart()
  expect(world.engine.world.tables.size).toBe(tables)
})

test('times are those of the tests', () => {
  expect(new Date(BEGIN / 1000).toISOString()).toBe('2024-01-01T00:00:00.000Z')
  const late: Told = { k: 'a', t: 1, watermark: 30 }
  expect(windowed(WINDOWS['tumble']!, [late])).toEqual([])
  expect(windowed(WINDOWS['tumble']!, [late], ALL)).toEqual([`a 0 ${(10 * MINUTE) / MINUTE} 1`])
})
