import { expect, test } from 'vitest'
import { silentLog } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import { openMemoryStore } from '../state/memory-store.ts'
import type { Store } from '../state/store.ts'
import { openEngine } from './open.ts'
import { call, createTable, createView, insert } from './testing/plans.ts'

/** An engine that ends has nothing under way any more when its store closes, whenever the end comes. */

/** Its commits take a few turns, as a disk takes its time. */
function slow(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name !== 'commit') return Reflect.get(target, name).bind(target)
      return async (ops: Parameters<Store['commit']>[0]) => {
        await turns(3)
        await target.commit(ops)
        await turns(3)
      }
    },
  })
}

async function turns(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await systemRuntime.yieldToIo()
}

async function busyEngine(failures: Error[]) {
  const engine = await openEngine({
    store: slow(openMemoryStore(systemRuntime)),
    runtime: systemRuntime,
    log: silentLog,
    connectors: null,
    settings: [],
    // A checkpoint is due after every tick.
    checkpointIntervalMs: 0,
    onFailure: (error) => failures.push(error),
  })
  await engine.ddl(createTable, call())
  const table = engine.catalog().byName(2200, 't')!.id
  await engine.ddl(createView('m', table), call())
  let n = 0
  let going = true
  const writing = (async () => {
    while (going) {
      await engine.write(insert(table, [[`k${n++}`, 1]]), call(), []).catch(() => {
        going = false
      })
    }
  })()
  return { engine, table, writing }
}

test.each(['close', 'abandon'] as const)('%s in the middle of ticks and checkpoints', async (end) => {
  const failures: Error[] = []
  for (let after = 0; after < 40; after++) {
    const { engine, writing } = await busyEngine(failures)
    await turns(after)
    await engine[end]()
    await writing
    await turns(20)
  }
  expect(failures).toEqual([])
})

test('what comes after the end is refused: it does not reach the closed store', async () => {
  const failures: Error[] = []
  const { engine, table, writing } = await busyEngine(failures)
  await engine.close()
  await writing
  await expect(engine.ddl(createView('late', table), call())).rejects.toMatchObject({ sqlstate: '57P01' })
  expect(failures).toEqual([])
})
