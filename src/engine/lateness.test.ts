import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LatenessWorld, WINDOWS, windowed } from './testing/lateness-world.ts'

/**
 * A row counts as long as a window of it is open, judged by the watermark that it carries: Flink's rule, but of the row
 * alone, so that ticks, restarts and the moment of creation change nothing.
 */

const ALLOWED = 7

test.each(Object.keys(WINDOWS))(
  '%s: rows count while their window is open, whatever the ticks, crashes and the moment of creation',
  async (name) => {
    const kind = WINDOWS[name]!
    const modes = [
      { name: 'early', emit: 'EMIT CHANGES', allowed: 0, waits: false },
      { name: 'final', emit: 'EMIT ON WINDOW CLOSE', allowed: 0, waits: true },
      { name: 'allowing', emit: `EMIT CHANGES ALLOWED LATENESS '${ALLOWED} minutes'`, allowed: ALLOWED, waits: false },
      {
        name: 'final_allowing',
        emit: `EMIT ON WINDOW CLOSE ALLOWED LATENESS '${ALLOWED} minutes'`,
        allowed: ALLOWED,
        waits: true,
      },
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 15 }),
        async (seed, partitions, delay) => {
          const world = new LatenessWorld(seed, partitions)
          await world.open()
          await world.source(delay)
          for (const { name, emit } of modes) await world.create(name, `${kind.sql('s')} ${emit}`)
          const random = world.random
          for (let round = 0; round < 5; round++) {
            for (let p = 0; p < partitions; p++) {
              const rows = Array.from({ length: Math.floor(random() * 8) }, () => {
                return ['ab'[Math.floor(random() * 2)]!, 15 * round + Math.floor(random() * 60)] as const
              })
              world.produceAt(p, rows)
            }
            await world.steps(Math.floor(random() * 60))
            if (random() < 0.3) await world.restart()
          }
          await world.caughtUp()
          for (const { name, emit } of modes) await world.create(`${name}_later`, `${kind.sql('s')} ${emit}`)
          const check = async () => {
            const { rows, watermark } = world.records(delay)
            for (const { name, allowed, waits } of modes) {
              const expected = windowed(kind, rows, { allowed, waits, ...(waits && { watermark }) })
              for (const each of [name, `${name}_later`]) {
                await world.ready(each)
                expect(world.minutes(each), each).toEqual(expected)
              }
            }
          }
          await check()
          await world.restart()
          await world.caughtUp()
          await check()
        },
      ),
      { numRuns: 6 },
    )
  },
  120_000,
)

test('each operator judges by its own windows: a row that is late for the minute counts for the hour', async () => {
  const world = new LatenessWorld(1, 1)
  await world.open()
  await world.source(0)
  await world.create(
    'twice',
    `SELECT m.b, m.n, h.n AS of FROM (SELECT date_trunc('minute', ts) AS b, count(*) AS n FROM s GROUP BY 1) m
     JOIN (SELECT date_trunc('hour', ts) AS b, count(*) AS n FROM s GROUP BY 1) h ON date_trunc('hour', m.b) = h.b`,
  )
  world.produceAt(0, [
    ['a', 1],
    ['a', 3],
    ['a', 1],
    ['a', 2],
  ])
  await world.caughtUp()
  expect(world.minutes('twice')).toEqual(['1 1 4', '3 1 4'])
})

test('what closes nothing takes every row beside what does', async () => {
  const world = new LatenessWorld(1, 1)
  await world.open()
  await world.source(0)
  await world.create(
    'shares',
    `SELECT w.k, w.n, a.n AS of FROM (SELECT k, date_trunc('minute', ts) AS b, count(*) AS n FROM s GROUP BY 1, 2) w
     JOIN (SELECT k, count(*) AS n FROM s GROUP BY 1) a ON w.k = a.k`,
  )
  world.produceAt(0, [
    ['a', 1],
    ['b', 5],
    ['a', 2],
  ])
  await world.caughtUp()
  expect(world.minutes('shares')).toEqual(['a 1 2', 'b 1 1'])
})
