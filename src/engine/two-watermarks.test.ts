import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsOf } from '../types/batch-build.ts'
import type { Row } from '../types/value.ts'
import { Follower } from './testing/follower.ts'
import { BEGIN, LatenessWorld, MINUTE } from './testing/lateness-world.ts'

/**
 * Joins of relations whose watermarks are not equally far. The same views over tables without an event time, which free
 * nothing, say what they must hold.
 */

const windowed = (of: string) => `TUMBLE(${of}, ts, INTERVAL '1 minute')`
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
    'full_full',
    `SELECT coalesce(a.window_end, b.window_end, c.window_end) AS s, a.id AS i, b.id AS j, c.id AS l FROM ${a} a FULL JOIN ${b} b ON ${SAME_WINDOW}
     FULL JOIN ${c} c ON coalesce(a.k, b.k) = c.k AND coalesce(a.window_end, b.window_end) = c.window_end`,
  )
  made.set(
    'semi_anti',
    `SELECT a.window_end AS s, a.id AS i FROM ${a} a WHERE EXISTS (SELECT 1 FROM ${b} b WHERE ${SAME_WINDOW}) AND NOT EXISTS (SELECT 1 FROM ${c} c WHERE ${third})`,
  )
  return made
}

const RELATIONS = ['t', 'u', 'x']
/** Views that read all three. */
const THREE = /^(left|inner)_(left|inner)$|^full_full$|^semi_anti$/
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

/** Rows of a view as they are, with the count of each. */
function held(world: LatenessWorld, name: string): Row[] {
  const { output } = world.view(name)
  const types = output.output.types
  return [...output.rows.scan()].flatMap((batch) =>
    rowsOf(batch, types).flatMap((row, i) => Array.from({ length: batch.diffs[i]! }, () => row)),
  )
}
const sorted = (rows: readonly Row[]): string[] => rows.map((row) => row.join(' ')).sort()

/** Queries whose time an outer join makes NULL, or that show none: rows wait by what is always there. */
function hidden(t: string, u: string): Map<string, string> {
  const on = `ON ${SAME_WINDOW}`
  return new Map([
    ['shows_none', `SELECT a.id AS i, b.id AS j FROM ${windowed(t)} a FULL JOIN ${windowed(u)} b ${on}`],
    ['shows_right', `SELECT b.window_start AS s, a.id AS i FROM ${windowed(t)} a LEFT JOIN ${windowed(u)} b ${on}`],
    ['shows_left', `SELECT a.window_end AS s, b.id AS j FROM ${windowed(t)} a RIGHT JOIN ${windowed(u)} b ${on}`],
    [
      'either',
      `SELECT coalesce(a.window_end, b.window_end) AS s, count(*) AS n FROM ${windowed(t)} a FULL JOIN ${windowed(u)} b ${on} GROUP BY 1`,
    ],
  ])
}

test('rows of outer joins leave once neither side can change them, those without a match on one side too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const world = await opened(seed)
      const { random } = world
      const of = (...names: string[]) => [
        ...queries(...(names as [string, string, string])),
        ...hidden(names[0]!, names[1]!),
      ]
      const views = of('t', 'u', 'x').filter(([name]) => !/_more|_window_end$/.test(name))
      const told = new Map<string, Row[]>()
      for (const [name, sql] of views) {
        await world.create(name, `${sql} EMIT ON WINDOW CLOSE`)
        told.set(name, [])
      }
      for (const [name, sql] of of('plain_t', 'plain_u', 'plain_x')) await world.create(`plain_${name}`, sql)
      const at = new Map(RELATIONS.map((r) => [r, 0]))
      /** Where windows are closed of all relations that a view reads. */
      const closed = (name: string) => {
        const read = RELATIONS.filter((r) => r !== 'x' || THREE.test(name)).map((r) => at.get(r)!)
        return Math.floor(Math.min(...read) / 60) * MINUTE + BEGIN
      }
      const check = (name: string) => {
        const rows = sorted(held(world, name))
        // What has left stays.
        for (const row of sorted(told.get(name)!)) expect(rows, `seed ${seed}: ${name}`).toContain(row)
        told.set(name, held(world, name))
        if (name.endsWith('interval') || name.startsWith('shows')) return
        const ends = (row: Row) => Number(row[0] ?? row[1]) + (name.endsWith('trunc') ? MINUTE : 0)
        const due = held(world, `plain_${name}`).filter((row) => ends(row) <= closed(name))
        expect(rows, `seed ${seed}: ${name}`).toEqual(sorted(due))
      }
      for (let round = 0; round < 12; round++) {
        const relation = RELATIONS[Math.floor(random() * RELATIONS.length)]!
        let second = at.get(relation)!
        const rows = Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
          second += Math.floor(random() * 40)
          return ['ab'[Math.floor(random() * 2)]!, second] as const
        })
        at.set(relation, second)
        await insert(world, relation, rows)
        for (const [name] of views) check(name)
        if (random() < 0.1) await world.restart()
      }
      const before = new Map(views.map(([name]) => [name, sorted(held(world, `plain_${name}`))]))
      for (const r of RELATIONS) await insert(world, r, [[`the end of ${r}`, 100_000]])
      for (const [name] of views) {
        expect(sorted(held(world, name)), `seed ${seed}: ${name} in the end`).toEqual(before.get(name))
        const view = world.view(name)
        const result = new Set(view.output.state().map((s) => s.id))
        const rows = view
          .structures()
          .filter((s) => !result.has(s.id))
          .map((s) => s.rows)
        expect(Math.max(0, ...rows), `seed ${seed}: ${name} holds`).toBeLessThanOrEqual(4)
      }
    }),
    { numRuns: 3 },
  )
}, 120_000)
