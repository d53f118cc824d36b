import { beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import { openMemoryStore } from '../state/memory-store.ts'
import type { ReadRequest } from './api.ts'
import type { LiveEngine } from './engine.ts'
import { openEngine } from './open.ts'
import { createSource } from './testing/fake-source.ts'
import { planned } from './testing/planned.ts'
import { call, countByValue, createTable, insert } from './testing/plans.ts'
import { countByKey, viewOf } from './testing/source-plans.ts'
import { SourceWorld } from './testing/source-world.ts'

/** Views over a stream and a table; every tick that changes `bad` fails from the second start on. */
let world: SourceWorld
beforeEach(async () => {
  world = new SourceWorld(3)
  world.topic.produce(0, records(300))
  await world.open(1e9)
  await world.ddl(createSource('s'))
  await world.ddl(viewOf('good', countByKey(world.id('s')), [world.id('s')]))
  await world.ddl(viewOf('bad', countByValue(world.id('s')), [world.id('s')]))
  await world.ready('good')
  await world.ready('bad')
  // Its checkpoint holds what there is so far.
  await world.ddl(createTable)
  world.built = (view) => {
    if (view.entry?.name !== 'bad') return
    Object.assign(view.output, {
      pieces() {
        throw new Error('broken')
      },
    })
  }
  await write([['x', 1]])
})

const records = (n: number): [string, number][] => Array.from({ length: n }, (_, i) => ['abc'[i % 3]!, i % 7])
const write = (rows: [string, number][]) => world.finish(world.engine.write(insert(world.id('t'), rows), call(), []))

/** Records of the stream that the broken view cannot take, then starts until one succeeds. */
async function breakAndStart(): Promise<unknown[]> {
  world.topic.produce(1, records(30))
  await world.until(() => world.rows('good')[0] === '+ a 110')
  const errors: unknown[] = []
  for (let n = 0; n < 3; n++) {
    try {
      await world.restart()
      break
    } catch (error) {
      errors.push(error)
    }
  }
  return errors
}

describe('a tick whose replay throws', () => {
  it('ends the first start and pauses before it at the second: reads as of the tick before, nothing else', async () => {
    const errors = await breakAndStart()
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^tick \d+ cannot be run in output .*"bad": Error: broken/),
      }),
    ])
    const { engine } = world
    expect(engine.world.safeMode).toMatchObject({ view: 'bad', tick: engine.world.tick + 1 })
    expect(world.rows('good')).toEqual(['+ a 100', '+ b 100', '+ c 100'])
    await expect(write([['y', 2]])).rejects.toMatchObject({ sqlstate: '55000' })
    await expect(world.ddl(viewOf('more', countByKey(world.id('t')), [world.id('t')]))).rejects.toMatchObject({
      sqlstate: '55000',
    })
    await world.steps(200)
    expect(world.topic.fetched).toEqual({ live: 0, range: 0 })
    const plan = countByKey(world.id('t'))
    const fields = plan.types.map((type, i) => ({ name: `c${i}`, type, nullable: true }))
    const finishing = { order: [], limit: null, offset: 0, project: [0, 1] }
    const request: ReadRequest = { plan, finishing, fields, lookup: null, params: [] }
    expect((await world.finish(engine.read(request, call()))).rowCount).toBe(1)
  })

  it('goes on without the view that is dropped: each record of the stream once, also after another crash', async () => {
    await breakAndStart()
    await world.ddl({ kind: 'drop', objects: [world.id('bad')], cascade: false })
    expect(world.engine.world.safeMode).toBeNull()
    expect(world.rows('good')).toEqual(['+ a 110', '+ b 110', '+ c 110'])
    await write([['y', 2]])
    world.topic.produce(0, records(3))
    await world.until(() => world.rows('good')[0] === '+ a 111')
    expect(world.rows('good')).toEqual(['+ a 111', '+ b 111', '+ c 111'])
    await world.restart()
    expect(world.engine.world.safeMode).toBeNull()
    expect(world.rows('good')).toEqual(['+ a 111', '+ b 111', '+ c 111'])
  })

  it('runs in a build that can: nothing was lost', async () => {
    await breakAndStart()
    world.built = () => {}
    await world.restart()
    expect(world.engine.world.safeMode).toBeNull()
    expect(world.rows('good')).toEqual(['+ a 110', '+ b 110', '+ c 110'])
    expect(world.rows('bad').length).toBe(7)
  })
})

describe('a tick whose replay never ends, or takes the process with it', () => {
  const store = openMemoryStore(systemRuntime)
  let kills = false

  /** A start; where the view takes the process down, whatever it writes from then on is lost. */
  async function start(): Promise<LiveEngine | 'killed'> {
    let dead = () => {}
    const killed = new Promise<'killed'>((resolve) => {
      dead = () => resolve('killed')
    })
    let alive = true
    const own = new Proxy(store, {
      get(target, name) {
        if (name === 'close') return async () => {}
        if (!alive && (name === 'commit' || name === 'writeInBackground')) return () => new Promise(() => {})
        return Reflect.get(target, name).bind(target)
      },
    })
    const opened = openEngine({
      store: own,
      runtime: systemRuntime,
      log: silentLog,
      connectors: () => {
        throw new Error('no sources here')
      },
      settings: [],
      checkpointIntervalMs: 1e9,
      onFailure: () => {},
      built(view) {
        if (!kills || view.entry?.name !== 'bad') return
        Object.assign(view.output, {
          pieces() {
            alive = false
            dead()
            throw new Error('nobody hears this')
          },
        })
      },
    })
    return Promise.race([opened, killed])
  }
  const running = async (): Promise<LiveEngine> => {
    const engine = await start()
    if (engine === 'killed') throw new Error('it was killed')
    return engine
  }
  const ddl = (engine: LiveEngine, sql: string) => {
    const plan = planned(engine, sql)
    if (plan.kind !== 'ddl') throw new Error('no DDL')
    return engine.ddl(plan.statement!, call())
  }

  it('pauses the third start before it; a start after that tries again, and DROP of the view goes on', async () => {
    const first = await running()
    await first.ddl(createTable, call())
    await ddl(first, 'CREATE MATERIALIZED VIEW bad AS SELECT count(*) AS n FROM t')
    const id = first.catalog().byName(2200, 't')!.id
    await first.write(insert(id, [['x', 1]]), call(), [])
    await first.write(insert(id, [['y', 2]]), call(), [])
    await first.abandon()

    kills = true
    expect([await start(), await start()]).toEqual(['killed', 'killed'])
    const paused = await running()
    expect(paused.world.safeMode).toMatchObject({ error: expect.stringContaining('2 starts ended while it ran') })
    await expect(paused.write(insert(id, [['z', 3]]), call(), [])).rejects.toMatchObject({
      sqlstate: '55000',
      fields: { hint: expect.stringContaining('Dropping the view') },
    })
    await paused.close()

    expect(await start()).toBe('killed')
    const again = await running()
    expect(again.world.safeMode).not.toBeNull()
    await ddl(again, 'DROP MATERIALIZED VIEW bad')
    expect(again.world.safeMode).toBeNull()
    await again.write(insert(id, [['z', 3]]), call(), [])
    expect(again.storedRows(id)).toBe(3)
    await again.close()
    const last = await running()
    expect(last.world.safeMode).toBeNull()
    await last.close()
  })
})
