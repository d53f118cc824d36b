import { expect, it } from 'vitest'
import { silentLog } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import { openMemoryStore } from '../state/memory-store.ts'
import { openEngine } from './open.ts'
import { planned } from './testing/planned.ts'
import { call } from './testing/plans.ts'

it('drops at a start what sessions of before had for themselves, and nothing else', async () => {
  const store = openMemoryStore(systemRuntime)
  const open = () =>
    openEngine({
      store: new Proxy(store, {
        get: (target, name) => (name === 'close' ? async () => {} : Reflect.get(target, name).bind(target)),
      }),
      runtime: systemRuntime,
      log: silentLog,
      connectors: () => {
        throw new Error('no source is there')
      },
      settings: [],
      onFailure(error) {
        throw error
      },
    })
  let engine = await open()
  const ddl = async (sql: string) => {
    const plan = planned(engine, sql)
    if (plan.kind === 'ddl') await engine.ddl(plan.statement!, call())
  }
  await engine.ddl({ kind: 'createSchema', name: 'pg_temp_7', ifNotExists: true, sql: '' }, call())
  await ddl('CREATE TABLE pg_temp_7.x (id serial PRIMARY KEY)')
  await ddl('CREATE TABLE kept (v int)')
  const insert = planned(engine, 'INSERT INTO pg_temp_7.x DEFAULT VALUES')
  if (insert.kind === 'write') await engine.write(insert.statement, call(), [])
  await engine.abandon()
  engine = await open()
  const names = [...engine.catalog().all()].filter(({ id }) => id >= 16384).map(({ name }) => name)
  expect(names).toEqual(['kept'])
  await engine.close()
})
