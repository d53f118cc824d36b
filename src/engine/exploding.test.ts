import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canceledByTimeout } from '../base/canceled.ts'
import { silentLog } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import { openMemoryStore } from '../state/memory-store.ts'
import { rowsOf } from '../types/batch-build.ts'
import type { CallContext } from './api.ts'
import type { LiveEngine } from './engine.ts'
import { openEngine } from './open.ts'
import { planned } from './testing/planned.ts'
import { call } from './testing/plans.ts'

let engine: LiveEngine

async function run(sql: string, context: CallContext = call()): Promise<unknown> {
  const plan = planned(engine, sql)
  if (plan.kind === 'ddl' && plan.statement !== null) return engine.ddl(plan.statement, context)
  if (plan.kind === 'write') return engine.write(plan.statement, context, [])
  if (plan.kind !== 'read') throw new Error(`no plan for ${plan.kind}`)
  const { batches } = await engine.read({ ...plan.request, params: [] }, context)
  const rows: unknown[] = []
  for await (const batch of batches) rows.push(...rowsOf(batch, plan.request.plan.types))
  return rows
}

/** A statement that is given up by its time-out once `meanwhile` is through. */
async function givenUp(sql: string, meanwhile: () => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const statement = run(sql, { ...call(), signal: stop.signal }).then(
    () => null,
    (error: unknown) => error,
  )
  // Until it has the lane.
  while (!engine.world.exclusive.busy) await systemRuntime.yieldToIo()
  await meanwhile()
  stop.abort(canceledByTimeout())
  expect(await statement, sql).toMatchObject({ sqlstate: '57014' })
}

const series = (n: number) => `INSERT INTO t SELECT g FROM generate_series(1, ${n}) g`
const names = () => [...engine.catalog().all()].map((e) => e.name)
const FIVE = 'CREATE MATERIALIZED VIEW x AS SELECT sum(a.a + e.a) FROM t a, t b, t c, t d, t e'
const PAIRS = 'CREATE MATERIALIZED VIEW x AS SELECT count(*) FROM t a JOIN t b ON a.a <= b.a JOIN t c ON b.a <> c.a'

beforeEach(async () => {
  engine = await openEngine({
    store: openMemoryStore(systemRuntime),
    runtime: systemRuntime,
    log: silentLog,
    connectors: null,
    settings: [],
    onFailure(error) {
      throw error
    },
  })
  await run('CREATE TABLE t (a int)')
})
afterEach(() => engine.close())

describe('a view that makes far more rows than it reads', () => {
  it('is read around while it is made, ends with its statement, and leaves nothing behind', async () => {
    for (const { sql, rows } of [
      { sql: FIVE, rows: 102 },
      { sql: PAIRS, rows: 1000 },
    ]) {
      await run('DELETE FROM t')
      await run(series(rows))
      const before = names()
      await givenUp(sql, async () => {
        expect(await run('SELECT count(*) FROM t')).toEqual([[rows]])
        await expect(
          (async () => {
            const late = new AbortController()
            const write = run('INSERT INTO t VALUES (7)', { ...call(), signal: late.signal })
            late.abort(canceledByTimeout())
            await write
          })(),
        ).rejects.toMatchObject({ sqlstate: '57014' })
      })
      expect(names()).toEqual(before)
      expect([engine.world.views.size, engine.world.circuit.busy]).toEqual([0, false])
    }
    await run('INSERT INTO t VALUES (7)')
    await run('CREATE MATERIALIZED VIEW x AS SELECT count(*) AS n FROM t a, t b')
    expect(await run('SELECT n FROM x')).toEqual([[1001 * 1001]])
  })

  it('behind gates: dropped at once, while others write and read', async () => {
    await run(series(25_000))
    await run(PAIRS)
    const view = engine.world.views.get(engine.catalog().byName(2200, 'x')!.id)!
    expect(view.live).toBe(false)
    while (!engine.world.exclusive.busy) await systemRuntime.yieldToIo()
    expect(await run('SELECT count(*) FROM t')).toEqual([[25_000]])
    await run('DROP MATERIALIZED VIEW x')
    expect([engine.world.views.size, engine.world.circuit.busy]).toEqual([0, false])
    await run('INSERT INTO t VALUES (7)')
    expect(await run('SELECT count(*) FROM t')).toEqual([[25_001]])
  })

  it('in a live tick: who waits for it does so no longer than it wants', async () => {
    await run('CREATE MATERIALIZED VIEW x AS SELECT count(*) AS n FROM t a, t b, t c')
    const write = run(series(200))
    while (!engine.world.underWay) await systemRuntime.yieldToIo()
    const late = new AbortController()
    const read = run('SELECT n FROM x', { ...call(), signal: late.signal })
    late.abort(canceledByTimeout())
    await expect(read).rejects.toMatchObject({ sqlstate: '57014' })
    await write
    expect(await run('SELECT n FROM x')).toEqual([[200 ** 3]])
  })
})
