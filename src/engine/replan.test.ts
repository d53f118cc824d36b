import { beforeEach, describe, expect, it } from 'vitest'
import { RULES } from '../sql/optimise/optimise.ts'
import { parseSql, planStatement } from '../sql/plan-statement.ts'
import type { Row } from '../types/value.ts'
import type { DdlStatement, Subscription } from './api.ts'
import { newestFingerprint } from './replan.ts'
import { createSource } from './testing/fake-source.ts'
import { call, createTable, insert } from './testing/plans.ts'
import { SourceWorld } from './testing/source-world.ts'

/** A planner that differs from this build's: filters stay above aggregates. */
const OTHER_RULES = RULES.filter((rule) => rule.name !== 'filter-down')

let world: SourceWorld
beforeEach(async () => {
  world = new SourceWorld(7)
  world.topic.produce(0, records(1500))
  world.topic.produce(1, records(1500))
  await world.open()
  await world.ddl(createSource('s'))
  await world.ddl(createTable)
  await write([
    ['a', 1],
    ['b', 2],
  ])
  await sql(`CREATE MATERIALIZED VIEW v AS
       SELECT k, n FROM (SELECT k, count(*) AS n FROM s WHERE v > 0 GROUP BY k) q WHERE k <> 'q'`)
  await sql(`CREATE MATERIALIZED VIEW w AS
       SELECT k, top FROM (SELECT k, max(v) AS top FROM t GROUP BY k) q WHERE k <> 'q'`)
  await sql('CREATE MATERIALIZED VIEW over AS SELECT sum(n) AS n FROM v')
  for (const name of ['v', 'w', 'over']) await world.ready(name)
  // Behind the checkpoint that the last one joined with.
  await world.finish(world.engine.world.exclusive.run(() => {}))
})

const records = (n: number): Row[] => Array.from({ length: n }, (_, i) => ['abc'[i % 3]!, i % 7])
const write = (rows: [string, number][]) => world.finish(world.engine.write(insert(world.id('t'), rows), call(), []))

/** As the planner of the running engine plans it. */
function planned(text: string): DdlStatement {
  const { rules } = world
  const result = planStatement(parseSql(text)[0]!, {
    sql: text,
    catalog: world.engine.catalog(),
    user: 'millrace',
    database: 'millrace',
    searchPath: ['public'],
    timeZone: 'UTC',
    nowMicros: 0,
    setting: () => undefined,
    paramTypes: [],
    notice() {},
    ...(rules === undefined ? {} : { rules }),
  })
  if (result.kind !== 'ddl' || result.statement === null) throw new Error('a DDL statement')
  return result.statement
}
const sql = (text: string) => world.ddl(planned(text))
const all = () => ['v', 'w', 'over'].map((name) => world.rows(name))
const differs = (name: string) => {
  const view = world.view(name)
  return newestFingerprint(world.engine.world, view.entry!) !== view.plan.fingerprint
}

describe('a newer planner', () => {
  it('changes nothing at a restart: the stored plans run, with the broker off too', async () => {
    const before = all()
    const fingerprint = world.view('v').plan.fingerprint
    const { connector } = world.topic
    const down = () => Promise.reject(new Error('the broker is off'))
    world.topic.connector = () => ({
      ...connector.call(world.topic),
      partitions: down,
      startPositions: down,
      identity: down,
    })
    world.rules = OTHER_RULES
    await world.restart()
    expect(all()).toEqual(before)
    expect(world.view('v').plan.fingerprint).toBe(fingerprint)
    expect(['v', 'w', 'over'].map(differs)).toContain(true)
    expect(world.topic.fetched.range).toBe(0)
    await write([['c', 9]])
    expect(world.rows('w')).toEqual(['+ a 1', '+ b 2', '+ c 9'])
  })
})

describe('REPLAN', () => {
  let fingerprint: string
  beforeEach(async () => {
    fingerprint = world.view('v').plan.fingerprint
    world.rules = OTHER_RULES
    await world.restart()
  })

  async function follow(name: string): Promise<Subscription> {
    const request = { snapshot: true, progress: false, asOf: null, asOfAtLeast: false, upTo: null, params: [] }
    const fields = world.view(name).entry!.rowType
    return world.finish(
      world.engine.subscribe({ ...request, target: { kind: 'object', object: world.id(name) }, fields }, call()),
    )
  }
  const changes = (subscription: Subscription) =>
    subscription.poll(1000).reduce((n, message) => n + (message.kind === 'rows' ? message.batch.n : 0), 0)

  it('swaps plan and dataflow; rows, readers above and followers see nothing of it, and later changes once', async () => {
    const before = all()
    const [v, over] = [await follow('v'), await follow('over')]
    expect([changes(v), changes(over)]).toEqual([3, 1])
    await sql('ALTER MATERIALIZED VIEW v REPLAN')
    expect(world.view('v').plan.fingerprint).not.toBe(fingerprint)
    expect(differs('v')).toBe(false)
    expect(all()).toEqual(before)
    await world.steps(200)
    expect([changes(v), changes(over)]).toEqual([0, 0])
    world.topic.produce(0, [['a', 1]])
    await world.until(() => world.rows('v')[0] !== before[0]![0])
    await world.steps(200)
    expect([changes(v), changes(over)]).toEqual([2, 2])
    const now = all()
    await world.restart()
    expect(all()).toEqual(now)
    expect(differs('v')).toBe(false)
    world.topic.produce(1, [['a', 1]])
    await world.until(() => world.rows('v')[0] !== now[0]![0])
    await world.steps(200)
    expect(world.rows('v')[0]).toBe('+ a 858')
    expect(world.rows('over')).toEqual(['+ 2572'])
  })

  it('reads on from the old dataflow meanwhile; a crash in the middle leaves the old plan', async () => {
    const before = all()
    world.topic.rangeRecordsMax = 1000
    const running = world.engine.ddl(planned('ALTER MATERIALIZED VIEW v REPLAN'), call())
    running.catch(() => {})
    await world.until(() => world.topic.fetched.range >= 1000)
    expect(all()).toEqual(before)
    await expect(sql('ALTER MATERIALIZED VIEW v REPLAN')).rejects.toMatchObject({ sqlstate: '55006' })
    await write([['z', 1]])
    await world.steps(100)
    await world.restart()
    expect(world.rows('v')).toEqual(before[0])
    expect(world.view('v').plan.fingerprint).toBe(fingerprint)
    await sql('ALTER MATERIALIZED VIEW v REPLAN')
    expect(world.rows('v')).toEqual(before[0])
    expect(differs('v')).toBe(false)
  })

  it('takes a table view over at once, and says when there is nothing to do', async () => {
    await sql('ALTER MATERIALIZED VIEW w REPLAN')
    await write([['d', 5]])
    expect(world.rows('w')).toEqual(['+ a 1', '+ b 2', '+ d 5'])
    const notices: string[] = []
    const statement = planned('ALTER MATERIALIZED VIEW w REPLAN')
    await world.finish(world.engine.ddl(statement, { ...call(), notice: (n) => notices.push(n.message) }))
    expect(notices).toEqual(['the plan of materialized view "w" is the newest already'])
    await sql('DROP MATERIALIZED VIEW w')
    await world.restart()
    expect(world.engine.catalog().byName(2200, 'w')).toBeUndefined()
  })

  it('is refused when a topic lost what the view has read: the view goes on', async () => {
    const before = all()
    world.topic.first = 10
    await expect(sql('ALTER MATERIALIZED VIEW v REPLAN')).rejects.toMatchObject({
      sqlstate: '55000',
      message: 'source "s" no longer holds what the view has read',
    })
    expect(all()).toEqual(before)
    expect(world.view('v').plan.fingerprint).toBe(fingerprint)
    world.topic.produce(0, [['a', 1]])
    await world.until(() => world.rows('v')[0] !== before[0]![0])
  })

  it('is refused when the new plan gives other rows', async () => {
    const before = world.rows('w')
    const { rows } = world.view('w').output
    rows.apply({ ...[...rows.scan()][0]!, diffs: new Int32Array(16).fill(1) })
    await expect(sql('ALTER MATERIALIZED VIEW w REPLAN')).rejects.toMatchObject({
      sqlstate: '55000',
      message: 'the new plan of materialized view "w" gives other rows',
    })
    expect(world.rows('w')).not.toEqual(before)
    expect(differs('w')).toBe(true)
  })
})
