import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Follower } from './testing/follower.ts'
import { LatenessWorld } from './testing/lateness-world.ts'

/**
 * Joins of relations whose watermarks are not equally far. The same views over tables without an event time, which free
 * nothing, say what they must hold.
 */

const MINUTE = `INTERVAL '1 minute'`
const windowed = (of: string) => `TUMBLE(${of}, ts, ${MINUTE})`
const truncated = (of: string) => `(SELECT id, k, date_trunc('minute', ts) AS m FROM ${of})`
const SAME_WINDOW = 'a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end'

/** How two relations are joined: by what, and on which condition. */
const BY: Readonly<Record<string, { of(relation: string): string; on: string; time: string }>> = {
  window: { of: windowed, on: SAME_WINDOW, time: 'window_end' },
  window_end: { of: windowed, on: 'a.window_end = b.window_end', time: 'window_end' },
  window_and_more: { of: windowed, on: `${SAME_WINDOW} AND a.id % 3 <> b.id % 3`, time: 'window_end' },
  trunc: { of: truncated, on: 'a.m = b.m AND a.k = b.k', time: 'm' },
  interval: {
    of: (relation) => relation,
    on: `a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '90 seconds' AND a.ts + INTERVAL '30 seconds'`,
    time: 'ts',
  },
}

/** Queries over relations of the given names. */
function queries(t: string, u: string, x: string): Map<string, string> {
  const made = new Map<string, string>()
  for (const [name, { of, on, time }] of Object.entries(BY)) {
    for (const kind of ['INNER', 'LEFT', 'RIGHT', 'FULL']) {
      const rows = `a.${time} AS s, b.${time} AS e, a.id AS i, b.id AS j`
      made.set(`${kind.toLowerCase()}_${name}`, `SELECT ${rows} FROM ${of(t)} a ${kind} JOIN ${of(u)} b ON ${on}`)
    }
    for (const [kind, not] of [
      ['semi', ''],
      ['anti', 'NOT'],
    ]) {
      const exists = `${not} EXISTS (SELECT 1 FROM ${of(u)} b WHERE ${on})`
      made.set(`${kind}_${name}`, `SELECT a.${time} AS s, a.id AS i FROM ${of(t)} a WHERE ${exists}`)
    }
  }
  const [a, b, c] = [t, u, x].map(windowed)
  const third = SAME_WINDOW.replaceAll('b.', 'c.')
  const ids = 'a.window_end AS s, a.id AS i, b.id AS j, c.id AS l'
  made.set('left_left', `SELECT ${ids} FROM ${a} a LEFT JOIN ${b} b ON ${SAME_WINDOW} LEFT JOIN ${c} c ON ${third}`)
  made.set('inner_left', `SELECT ${ids} FROM ${a} a JOIN ${b} b ON ${SAME_WINDOW} LEFT JOIN ${c} c ON ${third}`)
  made.set('left_inner', `SELECT ${ids} FROM ${a} a LEFT JOIN ${b} b ON ${SAME_WINDOW} JOIN ${c} c ON ${third}`)
  made.set(
    'semi_anti',
    `SELECT a.window_end AS s, a.id AS i FROM ${a} a WHERE EXISTS (SELECT 1 FROM ${b} b WHERE ${SAME_WINDOW}) AND NOT EXISTS (SELECT 1 FROM ${c} c WHERE ${third})`,
  )
  return made
}

const RELATIONS = ['t', 'u', 'x']
/** Three tables with an event time and three without; a view of each kind over both. */
async function opened(seed: number): Promise<LatenessWorld> {
  const world = new LatenessWorld(seed, 1)
  await world.open()
  for (const r of RELATIONS) {
    await world.sql(`CREATE TABLE ${r} (id int, k text, ts timestamp, WATERMARK FOR ts AS ts)`)
    await world.sql(`CREATE TABLE plain_${r} (id int, k text, ts timestamp)`)
  }
  return world
}

async function insert(world: LatenessWorld, relation: string, rows: readonly (readonly [string, number])[]) {
  const values = rows.map(([k, second], i) => {
    return `(${second * 10 + i}, '${k}', timestamp '2024-01-01 00:00' + ${second} * INTERVAL '1 second')`
  })
  for (const table of [relation, `plain_${relation}`])
    await world.sql(`INSERT INTO ${table} VALUES ${values.join(', ')}`)
}

test('joins of relations with watermarks of their own: always the batch, no stray retraction, state goes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const world = await opened(seed)
      const { random } = world
      const views = queries('t', 'u', 'x')
      for (const [name, sql] of views) await world.create(name, sql)
      for (const [name, sql] of queries('plain_t', 'plain_u', 'plain_x')) await world.create(`plain_${name}`, sql)
      const followers = new Map<string, Follower>()
      const follow = async () => {
        for (const name of views.keys()) {
          const follower = new Follower(world.view(name).output.output.types)
          await world.finish(follower.start(world.engine, world.id(name)))
          followers.set(name, follower)
        }
      }
      const check = () => {
        for (const name of views.keys()) {
          const rows = world.minutes(name)
          expect(rows, `seed ${seed}: ${name}`).toEqual(world.minutes(`plain_${name}`))
          const told = [...followers.get(name)!.fold().rows()]
          expect(
            told.every(({ diff }) => diff > 0),
            `seed ${seed}: ${name} as told`,
          ).toBe(true)
          expect(told, `seed ${seed}: ${name} as told`).toHaveLength(rows.length)
        }
      }
      await follow()
      const at = new Map(RELATIONS.map((r) => [r, 0]))
      for (let round = 0; round < 14; round++) {
        const relation = RELATIONS[Math.floor(random() * RELATIONS.length)]!
        let second = at.get(relation)!
        const rows = Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
          second += Math.floor(random() * 40)
          return ['ab'[Math.floor(random() * 2)]!, second] as const
        })
        at.set(relation, second)
        await insert(world, relation, rows)
        check()
        if (random() < 0.1) {
          await world.restart()
          await follow()
        }
      }
      for (let n = 0; n < 2; n++) for (const r of RELATIONS) await insert(world, r, [[`the end of ${r}`, 100_000 + n]])
      check()
      for (const name of views.keys()) {
        const view = world.view(name)
        const result = new Set(view.output.state().map((s) => s.id))
        const held = view.structures().filter((s) => !result.has(s.id))
        expect(Math.max(0, ...held.map((s) => s.rows)), `seed ${seed}: ${name} holds`).toBeLessThanOrEqual(4)
      }
    }),
    { numRuns: 3 },
  )
}, 120_000)
