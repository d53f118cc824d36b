import { describe, expect, it, test } from 'vitest'
import { node, planOf } from '../render/testing/random-plan.ts'
import { TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import type { ReadRequest } from './api.ts'
import { createSource } from './testing/fake-source.ts'
import { call, countByValue, createTable, insert } from './testing/plans.ts'
import { countByKey, countOfJoin, viewOf } from './testing/source-plans.ts'
import { SourceSimulation } from './testing/source-simulation.ts'
import { SourceWorld } from './testing/source-world.ts'

const SEEDS = Number(process.env['MILLRACE_TEST_SEEDS'] ?? 20)

/** `n` records: keys a, b, c in turn. */
const records = (n: number): Row[] => Array.from({ length: n }, (_, i) => ['abc'[i % 3]!, i % 7])

/** A topic of 2 × 1,500 records that one view follows already. */
async function followed(): Promise<SourceWorld> {
  const world = new SourceWorld(1)
  world.topic.produce(0, records(1500))
  world.topic.produce(1, records(1500))
  await world.open()
  await world.ddl(createSource('s'))
  await world.ddl(viewOf('first', countByValue(world.id('s')), [world.id('s')]))
  await world.ready('first')
  return world
}

describe('a view that hydrates beside a live feed', () => {
  it('reads on after a crash: what its checkpoint holds is not read again', async () => {
    const world = await followed()
    world.topic.rangeRecordsMax = 2000
    await world.ddl(viewOf('second', countByKey(world.id('s')), [world.id('s')]))
    await world.until(() => world.topic.fetched.range >= 2000)
    world.topic.produce(0, records(30))
    await world.steps(300)
    await world.restart(500)
    const first = world.held
    expect(first).toBeGreaterThan(0)
    await world.until(() => world.topic.fetched.range >= 500)
    await world.steps(300)
    // Once more, so that a checkpoint that holds what another one began is tried too.
    await world.restart()
    await world.ready('second')
    expect(world.held).toBeGreaterThan(first)
    expect(world.topic.fetched.range + world.topic.fetched.live).toBe(3030 - world.held)
    expect(world.view('second').fetched).toBe(world.topic.fetched.range)
    expect(world.rows('second')).toEqual(['+ a 1010', '+ b 1010', '+ c 1010'])
  })
  it('has its tables first; their changes and the stream go on side by side, through a crash', async () => {
    const world = await followed()
    await world.ddl(createTable)
    const write = (rows: [string, number][]) =>
      world.finish(world.engine.write(insert(world.id('t'), rows), call(), []))
    await write([
      ['a', 1],
      ['b', 2],
    ])
    world.topic.rangeRecordsMax = 1000
    await world.ddl(viewOf('joined', countOfJoin(world.id('s'), world.id('t')), [world.id('s'), world.id('t')]))
    await world.until(() => world.topic.fetched.range >= 1000)
    await write([['c', 3]])
    await world.steps(300)
    await world.restart(100)
    await write([['d', 4]])
    world.topic.rangeRecordsMax = Number.POSITIVE_INFINITY
    world.topic.produce(1, [['d', 0]])
    await world.steps(50)
    await world.restart()
    await world.ready('joined')
    await world.until(() => world.rows('joined').length === 4)
    expect(world.rows('joined')).toEqual(['+ a 1 1000', '+ b 2 1000', '+ c 3 1000', '+ d 4 1'])
    expect(world.held).toBeGreaterThan(0)
    expect(world.topic.fetched.range).toBeLessThanOrEqual(3001 - world.held)
  })
  it('fails visibly when the topic lost what it has still to read, and holds nobody up', async () => {
    const world = await followed()
    world.topic.rangeRecordsMax = 1000
    await world.ddl(viewOf('second', countByKey(world.id('s')), [world.id('s')]))
    await world.until(() => world.topic.fetched.range >= 1000)
    await world.steps(300)
    world.topic.first = 1400
    await world.restart()
    await expect(world.ready('second')).rejects.toMatchObject({ message: expect.stringContaining('is gone') })
    world.topic.produce(0, records(3))
    await world.steps(100)
    expect(world.view('second').gates.map(({ gate }) => gate.backlogRows)).toEqual([0])
    expect(world.rows('first').length).toBe(7)
  })
  it('does not keep for a view that waits what the waiting brings', async () => {
    const world = new SourceWorld(2)
    world.topic.produce(0, records(2000))
    await world.open()
    await world.ddl(createSource('s'))
    await world.ddl(viewOf('below', countByKey(world.id('s')), [world.id('s')]))
    await world.ddl(viewOf('above', countByKey(world.id('below')), [world.id('below')]))
    expect(world.view('below').state.kind).toBe('catching up')
    await world.until(() => world.engine.world.sources.get(world.id('s'))!.positions.get(0)! >= 100)
    expect(world.view('above').gates[0]!.gate.backlogRows).toBe(0)
    await world.ready('above')
    expect(world.rows('above')).toEqual(['+ a 1', '+ b 1', '+ c 1'])
  })
})

it('view_status and view_lag tell what a view misses of its sources, in rows and ms', async () => {
  const world = await followed()
  await world.ddl(viewOf('above', countByValue(world.id('first')), [world.id('first')]))
  const lag = async () => (await world.told('view_lag')).map((line) => line.split('|'))
  expect(await lag()).toEqual([
    ['above', 's', '0', '0'],
    ['first', 's', '0', '0'],
  ])
  const { lag: told, positions } = world.engine.world.sources.get(world.id('s'))!
  told.saw(world.runtime.monotonicMs() - 2000, new Map([...positions].map(([partition, end]) => [partition, end + 5])))
  const [above] = await lag()
  expect(above!.slice(0, 3)).toEqual(['above', 's', '10'])
  expect(Number(above![3])).toBeGreaterThanOrEqual(2000)
  const status = (await world.told('view_status')).map((line) => line.split('|'))
  expect(status.map((row) => [row[0], row[7], Number(row[10]) >= 2000, Number(row[11]) > 0])).toEqual([
    ['above', '10', true, true],
    ['first', '10', true, true],
  ])
})

describe('BEGIN … COMMIT', () => {
  const reading = (object: number): ReadRequest => {
    const plan = planOf([node({ op: 'get', object, columns: [0] }, [TEXT])])
    const finishing = { order: [], limit: null, offset: 0, project: [0] }
    const fields = [{ name: 'k', type: TEXT, nullable: true }]
    return { plan, finishing, fields, lookup: null, params: [] }
  }
  /** A view that hydrates until more may be read, and a table. */
  async function hydrating(): Promise<SourceWorld> {
    const world = await followed()
    await world.ddl(createTable)
    world.topic.rangeRecordsMax = 500
    await world.ddl(viewOf('slow', countByKey(world.id('s')), [world.id('s')]))
    return world
  }

  it('waits at its first statement for the views that it reads, and says so', async () => {
    const world = await hydrating()
    const notices: string[] = []
    const transaction = world.engine.begin({ readOnly: true })
    const result = transaction.read(reading(world.id('slow')), call(notices))
    await world.until(() => notices.length > 0)
    expect(notices).toEqual(['waiting for "slow" to be hydrated'])
    world.topic.allowRanges()
    expect((await world.finish(result)).rowCount).toBe(3)
    transaction.rollback()
  })
  it('ends its wait with the statement', async () => {
    const world = await hydrating()
    const timeout = new AbortController()
    const result = world.engine
      .begin({ readOnly: true })
      .read(reading(world.id('slow')), { ...call(), signal: timeout.signal })
    await world.steps(20)
    timeout.abort()
    await expect(world.finish(result)).rejects.toMatchObject({ sqlstate: '57014' })
  })
  it('says what is the matter when the view was not there yet at its first statement', async () => {
    const world = await hydrating()
    const transaction = world.engine.begin({ readOnly: true })
    await world.finish(transaction.read(reading(world.id('t')), call()))
    const late = () => world.finish(transaction.read(reading(world.id('slow')), call()))
    const error = { sqlstate: '55000', message: expect.stringContaining('"slow" was not hydrated yet when this') }
    await expect(late()).rejects.toMatchObject(error)
    world.topic.allowRanges()
    await world.ready('slow')
    await expect(late()).rejects.toMatchObject(error)
    transaction.rollback()
  })
})

test(`${SEEDS} seeds of a growing topic, a table, views made and dropped at any moment, and crashes`, async () => {
  const sum = { crashes: 0, resumed: 0, checks: 0, shared: 0, drops: 0 }
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await new SourceSimulation(seed).run(40)
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += result[key]
  }
  for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(0)
}, 600_000)
