import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../base/log.ts'
import { ManualClock } from '../base/manual-clock.ts'
import { type Runtime, systemRuntime } from '../base/runtime.ts'
import { openMemoryStore } from '../state/memory-store.ts'
import type { LiveEngine } from './engine.ts'
import { openEngine } from './open.ts'
import { planned } from './testing/planned.ts'
import { call } from './testing/plans.ts'
import { TimeTicks } from './time-ticks.ts'

const MINUTE = 60_000
const START = Date.UTC(2030, 0, 1, 12)
let clock: ManualClock
let engine: LiveEngine

/** A statement of the engine: DDL or DML. */
async function run(sql: string): Promise<void> {
  const plan = planned(engine, sql)
  if (plan.kind === 'ddl' && plan.statement !== null) await engine.ddl(plan.statement, call())
  else if (plan.kind === 'write') await engine.write(plan.statement, call(), [])
  else throw new Error('DDL or DML')
}

const rows = (name: string): number => engine.world.views.get(engine.catalog().byName(2200, name)!.id)!.output.rows.rows

beforeEach(async () => {
  clock = new ManualClock(systemRuntime)
  clock.setManual(true)
  clock.advanceTo(START)
  engine = await openEngine({
    store: openMemoryStore(systemRuntime),
    runtime: clock,
    log: silentLog,
    connectors: null,
    settings: [],
    onFailure(error) {
      throw error
    },
  })
  await run('CREATE TABLE t (id int, ts timestamptz)')
})
afterEach(() => engine.close())

test('time alone makes a tick when something is due; an advance always makes one, which keeps its time', async () => {
  await run(`CREATE MATERIALIZED VIEW v AS SELECT id FROM t WHERE ts > now() - INTERVAL '5 minutes'`)
  await run(`INSERT INTO t VALUES (1, '2030-01-01 11:57'), (2, '2030-01-01 11:57'), (3, '2030-01-01 11:59')`)
  const { tick } = engine.world
  await engine.advanceClock(START + 2 * MINUTE - 1)
  expect([engine.world.tick - tick, rows('v')]).toEqual([1, 3])
  await engine.advanceClock(START + 2 * MINUTE)
  expect([engine.world.tick - tick, rows('v')]).toEqual([2, 1])
  await engine.advanceClock(START + 3 * MINUTE)
  expect([engine.world.tick - tick, rows('v')]).toEqual([3, 1])
  await engine.advanceClock(START + 3 * MINUTE)
  expect(engine.world.tick - tick).toBe(3)
  await engine.advanceClock(START + 600 * MINUTE)
  expect([engine.world.tick - tick, rows('v')]).toEqual([4, 0])
  expect(engine.world.circuit.frontier()).toBe(Number.POSITIVE_INFINITY)
})

test('a view without the clock waits for no time', async () => {
  await run('CREATE MATERIALIZED VIEW v AS SELECT id FROM t')
  await run(`INSERT INTO t VALUES (1, '2030-01-01 11:57')`)
  const { runs } = engine.world.views.get(engine.catalog().byName(2200, 'v')!.id)!
  await engine.advanceClock(START + 600 * MINUTE)
  expect(engine.world.views.get(engine.catalog().byName(2200, 'v')!.id)!.runs).toBe(runs)
})

test('an advance that changes no row outlives a crash once it is acknowledged', async () => {
  const disk = openMemoryStore(systemRuntime)
  const kept = new Proxy(disk, {
    get: (target, name) => (name === 'close' ? async () => {} : Reflect.get(target, name).bind(target)),
  })
  const open = async () =>
    openEngine({
      store: kept,
      runtime: clock,
      log: silentLog,
      connectors: null,
      settings: [],
      onFailure(error) {
        throw error
      },
    })
  const first = await open()
  await first.advanceClock(START + 20 * MINUTE)
  expect(first.nowMicros()).toBe((START + 20 * MINUTE) * 1000)
  await first.abandon()
  // The new process's clock begins where it likes.
  clock = new ManualClock(systemRuntime)
  clock.setManual(true)
  clock.advanceTo(0)
  const second = await open()
  expect(second.nowMicros()).toBe((START + 20 * MINUTE) * 1000)
  await second.close()
})

test('what has left by the time a view is made does not pass through it', async () => {
  await run(`INSERT INTO t VALUES (1, '2030-01-01 11:00'), (2, '2030-01-01 12:00')`)
  await engine.advanceClock(START + MINUTE)
  await run(`CREATE MATERIALIZED VIEW v AS SELECT id FROM t WHERE ts > now() - INTERVAL '5 minutes'`)
  const view = engine.world.views.get(engine.catalog().byName(2200, 'v')!.id)!
  expect([rows('v'), view.log.end]).toEqual([1, 0])
  const waiting = view.structures().find((s) => s.id.endsWith('waiting'))!
  expect(waiting.rows).toBe(1)
})

test('where nothing ticks any more, what is due is not waited for again and again', async () => {
  const timers: (() => void)[] = []
  const runtime: Runtime = {
    ...systemRuntime,
    nowMs: () => START,
    setTimer(fn) {
      timers.push(fn)
      return () => {}
    },
  }
  const { world } = engine
  const due = new Proxy(world, {
    get(target, name) {
      if (name === 'runtime') return runtime
      if (name === 'circuit') return { frontier: () => (START - 1) * 1000 }
      return Reflect.get(target, name)
    },
  })
  const ticks = new TimeTicks(due, null as never)
  ticks.schedule()
  world.safeMode = { tick: 1, object: null, view: null, operator: null, error: 'e' } as never
  for (let n = 0; n < 10; n++) {
    timers.at(-1)!()
    await systemRuntime.yieldToIo()
  }
  expect(timers.length).toBe(1)
})
