import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../base/log.ts'
import { systemRuntime } from '../../base/runtime.ts'
import { openMemoryStore } from '../../state/memory-store.ts'
import type { Store } from '../../state/store.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { CallContext, Transaction } from '../api.ts'
import type { LiveEngine } from '../engine.ts'
import { openEngine } from '../open.ts'
import { planned } from '../testing/planned.ts'
import { call } from '../testing/plans.ts'

/** Tables that go, or change, under a transaction that is open, and statements that can be staged only in part. */

let store: Store
let engine: LiveEngine

/** The store outlives the engine on top of it, as a data directory does. */
function open(): Promise<LiveEngine> {
  const kept = new Proxy(store, {
    get: (target, name) => (name === 'close' ? async () => {} : Reflect.get(target, name).bind(target)),
  })
  return openEngine({
    store: kept,
    runtime: systemRuntime,
    log: silentLog,
    connectors: null,
    settings: [],
    onFailure(error) {
      throw error
    },
  })
}

async function run(sql: string, on: Pick<Transaction, 'read' | 'write'> = engine, context: CallContext = call()) {
  const plan = planned(engine, sql)
  if (plan.kind === 'ddl') {
    await engine.ddl(plan.statement!, context)
    return []
  }
  if (plan.kind === 'write') {
    await on.write(plan.statement, context, [])
    return []
  }
  if (plan.kind !== 'read') throw new Error(`no plan for ${plan.kind}`)
  const { batches } = await on.read({ ...plan.request, params: [] }, context)
  const rows: unknown[] = []
  for await (const batch of batches) rows.push(...rowsOf(batch, plan.request.plan.types))
  return rows
}

const begin = () => engine.begin({ readOnly: false })
/** Long enough for whatever need not wait. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await systemRuntime.yieldToIo()
}
/** Whether a call is still waiting, and the call. */
function watched(promise: Promise<unknown>) {
  const state = { done: false, promise }
  const end = () => {
    state.done = true
  }
  promise.then(end, end)
  return state
}
async function afterCrash(sql: string) {
  await engine.abandon()
  engine = await open()
  return run(sql)
}

beforeEach(async () => {
  store = openMemoryStore(systemRuntime)
  engine = await open()
  await run('CREATE TABLE a (i int)')
  await run('CREATE TABLE b (i int)')
})
afterEach(() => engine.close())

describe('a table that goes under a transaction', () => {
  it.each([
    'DROP TABLE b',
    'DROP TABLE a, b',
    'ALTER TABLE b RENAME TO c',
    'ALTER TABLE b RENAME COLUMN i TO j',
    'ALTER TABLE b ADD UNIQUE (i)',
    'ALTER TABLE b ADD COLUMN j int',
    'CREATE UNIQUE INDEX ON b (i)',
  ])('that wrote to it: %s waits for its end', async (ddl) => {
    const transaction = begin()
    await run('INSERT INTO a VALUES (1)', transaction)
    await run('INSERT INTO b VALUES (1)', transaction)
    const waiting = watched(run(ddl))
    await turns()
    expect(waiting.done).toBe(false)
    expect(await run('SELECT * FROM b', transaction)).toEqual([[1]])
    await transaction.commit(call())
    await waiting.promise
    if (!ddl.includes('DROP TABLE a')) expect(await afterCrash('SELECT * FROM a')).toEqual([[1]])
  })

  it('waits for who locked a row of it, and for a transaction that is rolled back', async () => {
    await run('CREATE TABLE k (i int PRIMARY KEY)')
    await run('INSERT INTO k VALUES (1)')
    const transaction = begin()
    await transaction.lockRows(engine.catalog().byName(2200, 'k')!.id, [[1]], call())
    const waiting = watched(run('DROP TABLE k'))
    await turns()
    expect(waiting.done).toBe(false)
    transaction.rollback()
    await waiting.promise
  })

  it('waits no longer than lock_timeout, and drops nothing then', async () => {
    const transaction = begin()
    await run('INSERT INTO b VALUES (1)', transaction)
    const drop = run('DROP TABLE b', engine, { ...call(), lockTimeoutMs: 5 })
    await expect(drop).rejects.toMatchObject({ sqlstate: '55P03' })
    await transaction.commit(call())
    expect(await run('SELECT * FROM b')).toEqual([[1]])
  })

  it('waits only for those that wrote before it: who comes later fails as a whole', async () => {
    const [first, later] = [begin(), begin()]
    await run('INSERT INTO b VALUES (1)', first)
    const drop = run('DROP TABLE b')
    await turns()
    await run('INSERT INTO a VALUES (2)', later)
    await run('INSERT INTO b VALUES (2)', later)
    await first.commit(call())
    await drop
    await run('CREATE TABLE b (i int)')
    await expect(later.commit(call())).rejects.toMatchObject({ sqlstate: '40001' })
    expect(await run('SELECT * FROM a')).toEqual([])
    expect(await run('SELECT * FROM b')).toEqual([])
    await run('INSERT INTO a VALUES (3)')
    expect(await afterCrash('SELECT * FROM a')).toEqual([[3]])
  })

  it.each(['b', 'v'])('that read %s: it goes at once, and COMMIT writes nothing', async (read) => {
    await run('CREATE MATERIALIZED VIEW v AS SELECT count(*) FROM b')
    const transaction = begin()
    await run(`SELECT * FROM ${read}`, transaction)
    await run('INSERT INTO a VALUES (1)', transaction)
    await run('DROP TABLE b CASCADE')
    await expect(transaction.commit(call())).rejects.toMatchObject({ sqlstate: '40001' })
    expect(await afterCrash('SELECT * FROM a')).toEqual([])
  })

  it('fails statements that were planned before it went', async () => {
    await run('INSERT INTO b VALUES (1)')
    const transaction = begin()
    await run('SELECT * FROM a', transaction)
    const insert = planned(engine, 'INSERT INTO b VALUES (2)')
    const select = planned(engine, 'SELECT * FROM b')
    if (insert.kind !== 'write' || select.kind !== 'read') throw new Error('other plans')
    await run('DROP TABLE b')
    for (const late of [
      () => transaction.write(insert.statement, call(), []),
      () => transaction.read({ ...select.request, params: [] }, call()),
      () => engine.write(insert.statement, call(), []),
      () => engine.read({ ...select.request, params: [] }, call()),
    ]) {
      await expect(late()).rejects.toMatchObject({ sqlstate: expect.stringMatching('40001|42P01') })
    }
    transaction.rollback()
  })
})

describe('what a statement changes is there as a whole or not at all', () => {
  it('where a row would be there more often than can be counted', async () => {
    await run('INSERT INTO a SELECT 1 FROM generate_series(1, 40000)')
    await run('INSERT INTO a SELECT x.i FROM a x, a y')
    await run('CREATE MATERIALIZED VIEW v AS SELECT count(*) FROM a')
    const before = await run('SELECT i, count(*) FROM a GROUP BY i')
    await expect(run('INSERT INTO a SELECT 2 UNION ALL SELECT i FROM a')).rejects.toMatchObject({ sqlstate: '54000' })
    expect(await run('SELECT i, count(*) FROM a GROUP BY i')).toEqual(before)
    const copy = 'CREATE TABLE c AS SELECT i FROM a UNION ALL SELECT i FROM a'
    await expect(run(copy)).rejects.toMatchObject({ sqlstate: '54000' })
    expect(engine.catalog().byName(2200, 'c')).toBeUndefined()
    await run('INSERT INTO a VALUES (3)')
    expect(await run('SELECT count(*) FROM a')).toEqual(await run('SELECT * FROM v'))
    await run('DELETE FROM a WHERE i = 1')
    await run('INSERT INTO a VALUES (1)')
    expect(await afterCrash('SELECT i, count(*) FROM a GROUP BY i ORDER BY i')).toEqual([
      [1, 1],
      [3, 1],
    ])
  })
})

describe('what is unique', () => {
  beforeEach(() => run('CREATE TABLE u (i int UNIQUE)'))
  const duplicate = { sqlstate: '23505', message: 'duplicate key value violates unique constraint "u_i_key"' }

  it('is so beside other transactions: who inserts a key waits for the one that inserted it before', async () => {
    const [one, two] = [begin(), begin()]
    await run('INSERT INTO u VALUES (1)', one)
    const waiting = [watched(run('INSERT INTO u VALUES (1)', two)), watched(run('INSERT INTO u SELECT 1'))]
    await turns()
    expect(waiting.map(({ done }) => done)).toEqual([false, false])
    await one.commit(call())
    await expect(waiting[0]!.promise).rejects.toMatchObject(duplicate)
    two.rollback()
    await expect(waiting[1]!.promise).rejects.toMatchObject(duplicate)
    expect(await run('SELECT * FROM u')).toEqual([[1]])
  })

  it('is free when who inserted it rolls back, or who freed it commits', async () => {
    const one = begin()
    await run('INSERT INTO u VALUES (1)', one)
    const first = watched(run('INSERT INTO u VALUES (1)'))
    await turns()
    expect(first.done).toBe(false)
    one.rollback()
    await first.promise
    await run('CREATE TABLE k (i int PRIMARY KEY, j int UNIQUE)')
    await run('INSERT INTO k VALUES (1, 1)')
    const two = begin()
    await run('DELETE FROM k WHERE i = 1', two)
    const later = [watched(run('INSERT INTO k VALUES (1, 5)')), watched(run('INSERT INTO k SELECT 2, 1'))]
    await turns()
    expect(later.map(({ done }) => done)).toEqual([false, false])
    await two.commit(call())
    for (const { promise } of later) await promise
    expect(await run('SELECT i, j FROM k ORDER BY i')).toEqual([
      [1, 5],
      [2, 1],
    ])
  })

  it('may be read before it is inserted: what changed meanwhile is 40001, what was not read 23505', async () => {
    const changed = { sqlstate: '40001' }
    await run('CREATE TABLE k (i int PRIMARY KEY)')
    for (const [i, reads, expected] of [
      [2, ['SELECT * FROM u WHERE i = 2', 'INSERT INTO u VALUES (2)'], changed],
      [3, ['SELECT 1', 'INSERT INTO u VALUES (3) ON CONFLICT DO NOTHING'], changed],
      [4, ['SELECT 1', 'INSERT INTO u VALUES (4) ON CONFLICT (i) DO UPDATE SET i = 5'], changed],
      [6, ['SELECT 1', 'INSERT INTO u VALUES (6)'], duplicate],
    ] as const) {
      for (const table of ['u', 'k']) {
        const [first, then] = reads.map((sql) => sql.replace(' u', ` ${table}`))
        const transaction = begin()
        await run(first!, transaction)
        // The snapshot is taken with what is read first.
        await run('SELECT * FROM a', transaction)
        await run(`INSERT INTO ${table} VALUES (${i})`)
        await run(then!, transaction)
        await expect(transaction.commit(call())).rejects.toMatchObject({ sqlstate: expected.sqlstate })
      }
    }
  })

  it('lets ON CONFLICT go on with what the other one wrote, alone or as the first of a transaction', async () => {
    await run('CREATE TABLE oc (id int PRIMARY KEY, n int, m int UNIQUE)')
    const upsert = 'INSERT INTO oc VALUES (1, 1, 1) ON CONFLICT (id) DO UPDATE SET n = oc.n + 1'
    const [one, two, three] = [begin(), begin(), begin()]
    await run(upsert, one)
    const waiting = [
      run(upsert),
      run(upsert, two).then(() => two.commit(call())),
      run('INSERT INTO oc VALUES (2, 1, 1) ON CONFLICT (m) DO UPDATE SET n = oc.n + 10', three).then(() =>
        three.commit(call()),
      ),
      run('INSERT INTO oc VALUES (1, 1, 1) ON CONFLICT DO NOTHING'),
    ]
    await turns()
    await one.commit(call())
    await Promise.all(waiting)
    expect(await run('SELECT id, n, m FROM oc')).toEqual([[1, 13, 1]])
  })

  it('is a deadlock where two wait for each other', async () => {
    const [one, two] = [begin(), begin()]
    await run('INSERT INTO u VALUES (1)', one)
    await run('INSERT INTO u VALUES (2)', two)
    const waiting = watched(run('INSERT INTO u VALUES (2)', one))
    await turns()
    expect(waiting.done).toBe(false)
    await expect(run('INSERT INTO u VALUES (1)', two)).rejects.toMatchObject({ sqlstate: '40P01' })
    two.rollback()
    await waiting.promise
    await one.commit(call())
    expect(await run('SELECT i FROM u ORDER BY i')).toEqual([[1], [2]])
  })

  it('is so after a crash, of rows in the checkpoint and of those in the journal', async () => {
    await run('INSERT INTO u VALUES (1), (2)')
    await run('CREATE TABLE c (i int)')
    await run('INSERT INTO u VALUES (3)')
    await run('DELETE FROM u WHERE i = 2')
    await expect(afterCrash('INSERT INTO u VALUES (1)')).rejects.toMatchObject(duplicate)
    await expect(run('INSERT INTO u VALUES (3)')).rejects.toMatchObject(duplicate)
    await run('INSERT INTO u VALUES (2)')
    expect(await run('SELECT i FROM u WHERE i = 2')).toEqual([[2]])
  })

  it.each([
    'ALTER TABLE u ADD CHECK (i < 5)',
    'ALTER TABLE u ADD COLUMN j int',
    'ALTER TABLE u DROP CONSTRAINT u_i_key',
  ])('or checked may change while others write: who wrote before %s and was not waited for fails', async (ddl) => {
    const first = begin()
    await run('INSERT INTO u VALUES (1)', first)
    const waiting = run(ddl)
    await turns()
    const second = begin()
    await run('INSERT INTO u VALUES (7)', second)
    await first.commit(call())
    await waiting
    await expect(second.commit(call())).rejects.toMatchObject({ sqlstate: '40001' })
    expect(await run('SELECT i FROM u')).toEqual([[1]])
  })
})
