import { expect, test } from 'vitest'
import { silentLog } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import type { DdlPlan } from '../plan/ddl.ts'
import { openMemoryStore } from '../state/memory-store.ts'
import type { Store } from '../state/store.ts'
import { rowsOf } from '../types/batch-build.ts'
import { INT4, INT8 } from '../types/sql-type.ts'
import type { LiveEngine } from './engine.ts'
import { openEngine } from './open.ts'
import { call, countByValue, createTable, createView, deleteKey, insert, pairsByValue } from './testing/plans.ts'

/** A store that survives the engine on top of it: what a data directory is to a process. */
function kept(store: Store): Store {
  return new Proxy(store, {
    get: (target, name) => (name === 'close' ? async () => {} : Reflect.get(target, name).bind(target)),
  })
}

function open(store: Store): Promise<LiveEngine> {
  return openEngine({
    store,
    runtime: systemRuntime,
    log: silentLog,
    connectors: () => {
      throw new Error('no sources here')
    },
    settings: [],
    onFailure: (error) => {
      throw error
    },
  })
}

async function contents(engine: LiveEngine, object: number): Promise<string[]> {
  const plan = {
    ...countByValue(object),
    nodes: [
      {
        op: 'get',
        object,
        columns: [0, 1],
        types: [INT4, INT8],
        position: -1,
        appendOnly: false,
        growth: 'none',
      } as const,
    ],
    root: 0,
  }
  const fields = plan.types.map((type, i) => ({ name: `c${i}`, type, nullable: true }))
  const finishing = { order: [{ column: 0, desc: false, nullsFirst: false }], limit: null, offset: 0, project: [0, 1] }
  const result = await engine.read({ plan, finishing, fields, lookup: null, params: [] }, call())
  const lines: string[] = []
  for await (const batch of result.batches) for (const row of rowsOf(batch, plan.types)) lines.push(row.join(' '))
  return lines
}

const id = (engine: LiveEngine, name: string) => engine.catalog().byName(2200, name)!.id

test('a view follows its table, through a checkpoint, a crash and the journal', async () => {
  const store = openMemoryStore(systemRuntime)
  let engine = await open(kept(store))
  await engine.ddl(createTable, call())
  const table = id(engine, 't')
  await engine.write(
    insert(table, [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ]),
    call(),
    [],
  )
  await engine.ddl(createView('m', table), call())
  const view = id(engine, 'm')
  expect(await contents(engine, view)).toEqual(['1 2', '2 1'])
  await engine.write(deleteKey(table, 'a'), call(), [])
  await engine.write(insert(table, [['d', 3]]), call(), [])
  expect(await contents(engine, view)).toEqual(['1 1', '2 1', '3 1'])

  await engine.abandon()
  engine = await open(kept(store))
  expect(await contents(engine, view)).toEqual(['1 1', '2 1', '3 1'])
  await engine.write(insert(table, [['e', 3]]), call(), [])
  expect(await contents(engine, view)).toEqual(['1 1', '2 1', '3 2'])

  await engine.close()
  engine = await open(kept(store))
  expect(engine.world.ran.replayedTicks).toBe(0)
  expect(await contents(engine, view)).toEqual(['1 1', '2 1', '3 2'])
  await expect(engine.write(insert(table, [['e', 9]]), call(), [])).rejects.toMatchObject({ sqlstate: '23505' })
})

test('a subscription gets the snapshot and then every change once', async () => {
  const engine = await open(openMemoryStore(systemRuntime))
  await engine.ddl(createTable, call())
  const table = id(engine, 't')
  await engine.ddl(createView('m', table), call())
  await engine.write(insert(table, [['a', 1]]), call(), [])
  const subscription = await engine.subscribe(
    {
      target: { kind: 'object', object: id(engine, 'm') },
      fields: [],
      snapshot: true,
      progress: true,
      asOf: null,
      asOfAtLeast: false,
      upTo: null,
      params: [],
    },
    call(),
  )
  const seen: string[] = []
  const drain = () => {
    for (const message of subscription.poll(1000)) {
      if (message.kind !== 'rows') continue
      for (const [i, row] of rowsOf(message.batch, [INT4, INT8]).entries()) {
        seen.push(`${message.batch.diffs[i]! > 0 ? '+' : '-'} ${row.join(' ')}`)
      }
    }
  }
  drain()
  await engine.write(insert(table, [['b', 1]]), call(), [])
  drain()
  expect(seen).toEqual(['+ 1 1', '- 1 1', '+ 1 2'])
  subscription.close()
  await engine.close()
})

test('views over one table join through one arrangement, whichever of them goes', async () => {
  const store = openMemoryStore(systemRuntime)
  let engine = await open(kept(store))
  await engine.ddl(createTable, call())
  const table = id(engine, 't')
  await engine.write(
    insert(table, [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ]),
    call(),
    [],
  )
  for (const name of ['first', 'second'])
    await engine.ddl({ ...createView(name, table), plan: pairsByValue(table) } as DdlPlan, call())
  expect(engine.world.sharing.size).toBe(1)
  const second = id(engine, 'second')
  const rows = async () => (await contents(engine, second)).sort()
  expect(await rows()).toEqual(['1 1', '2 2'])
  await engine.ddl({ kind: 'drop', objects: [id(engine, 'first')], cascade: false }, call())
  await engine.write(insert(table, [['d', 3]]), call(), [])
  expect(await rows()).toEqual(['1 1', '2 2', '3 3'])

  await engine.abandon()
  engine = await open(kept(store))
  await engine.write(deleteKey(table, 'd'), call(), [])
  expect(await rows()).toEqual(['1 1', '2 2'])
  await engine.ddl({ kind: 'drop', objects: [second], cascade: false }, call())
  expect(engine.world.sharing.size).toBe(0)
})
