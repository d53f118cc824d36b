import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LatenessWorld, type Told } from './testing/lateness-world.ts'

/**
 * OVER partitioned by a window and ordered by the event time closes with the window: a row below the watermark counts as
 * long as its window is open, whatever columns the view shows.
 */

const SIZE = 20
const TUMBLE = `TUMBLE(s, ts, INTERVAL '${SIZE} minutes')`
const BIN = `date_bin('${SIZE} minutes', ts, '2024-01-01')`

const PARTITIONS: Readonly<Record<string, string>> = {
  tumble: `SELECT k, ts, window_start, # OVER (PARTITION BY window_start, k ORDER BY ts @) AS n FROM ${TUMBLE}`,
  unseen: `SELECT k, ts, # OVER (PARTITION BY k, window_end ORDER BY ts @) AS n FROM ${TUMBLE}`,
  bin: `SELECT k, ts, # OVER (PARTITION BY k, ${BIN} ORDER BY ts @) AS n FROM s`,
  ranked: `SELECT * FROM (SELECT k, ts, window_start, rank() OVER (PARTITION BY window_start, k ORDER BY ts) AS n FROM ${TUMBLE}) x WHERE n <= 2`,
}

/** What a call says of a row among those of its partition. */
interface Call {
  readonly fn: string
  readonly frame: string
  readonly of: (t: number, all: readonly number[]) => number
}

const CALLS: readonly Call[] = [
  { fn: 'rank()', frame: '', of: (t, all) => 1 + all.filter((x) => x < t).length },
  { fn: 'count(*)', frame: '', of: (t, all) => all.filter((x) => x <= t).length },
  {
    fn: 'count(*)',
    frame: `RANGE BETWEEN INTERVAL '3 minutes' PRECEDING AND INTERVAL '2 minutes' FOLLOWING`,
    of: (t, all) => all.filter((x) => x >= t - 3 && x <= t + 2).length,
  },
]

const windowOf = (t: number): number => Math.floor(t / SIZE) * SIZE

function shown(name: string, call: Call, rows: readonly Told[], watermark: number): string[] {
  const counted = rows.filter((r) => windowOf(r.t) + SIZE > r.watermark)
  return counted
    .filter((r) => windowOf(r.t) + SIZE <= watermark)
    .flatMap(({ k, t }) => {
      const all = counted.filter((r) => r.k === k && windowOf(r.t) === windowOf(t)).map((r) => r.t)
      const n = (name === 'ranked' ? CALLS[0]! : call).of(t, all)
      const start = PARTITIONS[name]!.includes('window_start, ') ? [windowOf(t)] : []
      return name === 'ranked' && n > 2 ? [] : [[k, t, ...start, n].join(' ')]
    })
    .sort()
}

/** Rows that are alike stand once, with how many they are. */
const counted = (lines: readonly string[]): string[] =>
  [...new Set(lines)]
    .map((line) => [line, lines.filter((l) => l === line).length] as const)
    .map(([line, n]) => (n === 1 ? line : `${n} * ${line}`))
    .sort()

test('rows below the watermark count while the window of their partition is open', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 2 }),
      fc.constantFrom(...CALLS),
      async (seed, partitions, call) => {
        const world = new LatenessWorld(seed, partitions)
        await world.open()
        await world.source(3)
        const names = Object.keys(PARTITIONS)
        for (const name of names) {
          const sql = PARTITIONS[name]!.replace('#', call.fn).replace('@', call.frame)
          await world.create(name, `${sql} EMIT ON WINDOW CLOSE`)
        }
        const { random } = world
        for (let round = 0; round < 5; round++) {
          for (let p = 0; p < partitions; p++) {
            const rows = Array.from({ length: Math.floor(random() * 8) }, () => {
              return ['ab'[Math.floor(random() * 2)]!, 15 * round + Math.floor(random() * 30)] as const
            })
            world.produceAt(p, rows)
          }
          await world.steps(Math.floor(random() * 60))
          if (random() < 0.2) await world.restart()
        }
        await world.caughtUp()
        const { rows, watermark } = world.records(3)
        for (const name of names) {
          await world.ready(name)
          expect(world.minutes(name), name).toEqual(counted(shown(name, call, rows, watermark)))
        }
      },
    ),
    { numRuns: 4 },
  )
}, 60_000)
