import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import type { ReaderOptions, SourceConnector } from '../connectors/contract.ts'
import { openMemoryStore } from '../state/memory-store.ts'
import { rowsOf } from '../types/batch-build.ts'
import type { Row } from '../types/value.ts'
import type { Transaction } from './api.ts'
import type { LiveEngine } from './engine.ts'
import { openEngine } from './open.ts'
import { createSource, FakeTopic } from './testing/fake-source.ts'
import { planned } from './testing/planned.ts'
import { call } from './testing/plans.ts'

/** Statements that read streams while records come: a stream is read at the tick at which all the rest is read. */

let engine: LiveEngine
let topic: FakeTopic
/** Happens while a statement reads the broker. */
let meanwhile: (() => Promise<void>) | null

/** A connector whose answers come late. */
function connector(): SourceConnector {
  const inner = topic.connector()
  return {
    ...inner,
    async partitions() {
      const partitions = await inner.partitions()
      await meanwhile?.()
      return partitions
    },
    open(options: ReaderOptions) {
      if (options.until === undefined || meanwhile === null) return inner.open(options)
      const opened = meanwhile().then(() => inner.open(options))
      return { stop: async () => (await opened).stop() }
    },
  }
}

async function run(sql: string, on: Pick<Transaction, 'read' | 'write'> = engine): Promise<readonly Row[]> {
  const plan = planned(engine, sql)
  if (plan.kind === 'ddl') {
    await engine.ddl(plan.statement!, call())
    return []
  }
  if (plan.kind === 'write') {
    await on.write(plan.statement, call(), [])
    return []
  }
  if (plan.kind !== 'read') throw new Error(`no plan for ${plan.kind}`)
  const { batches } = await on.read({ ...plan.request, params: [] }, call())
  const rows: Row[] = []
  for await (const batch of batches) rows.push(...rowsOf(batch, plan.request.plan.types))
  return rows
}

const begin = () => engine.begin({ readOnly: false })

/** A record, and the tick that takes it in. */
async function produce(row: Row): Promise<void> {
  topic.produce(0, [row])
  const live = () => [...engine.world.sources.values()].filter((source) => source.live)
  while (live().some((source) => (source.positions.get(0) ?? 0) < topic.partitions[0]!.length))
    await systemRuntime.yieldToIo()
  while (engine.world.underWay) await systemRuntime.yieldToIo()
}

beforeEach(async () => {
  meanwhile = null
  topic = new FakeTopic(systemRuntime, 1)
  topic.produce(0, [
    ['a', 1],
    ['b', 2],
  ])
  engine = await openEngine({
    store: openMemoryStore(systemRuntime),
    runtime: systemRuntime,
    log: silentLog,
    connectors: connector,
    settings: [],
    onFailure(error) {
      throw error
    },
  })
  await run('CREATE TABLE r (a bigint, b bigint)')
})
afterEach(() => engine.close())

describe('a stream beside a view of it', () => {
  beforeEach(async () => {
    await engine.ddl(createSource('s'), call())
    await run('CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM s')
    await run('SELECT n FROM v')
    meanwhile = () => produce(['x', 9])
  })
  const both = 'SELECT (SELECT count(*) FROM s) AS a, (SELECT n FROM v) AS b'

  it('SELECT reads both at one tick', async () => {
    for (let i = 0; i < 3; i++) {
      const [[a, b]] = (await run(both)) as [Row]
      expect(a).toBe(b)
    }
    expect(topic.partitions[0]!.length).toBeGreaterThan(4)
  })

  it('two streams end at one tick', async () => {
    meanwhile = null
    await engine.ddl(createSource('s2'), call())
    await run('CREATE MATERIALIZED VIEW v2 AS SELECT count(*) AS n FROM s2')
    await run('SELECT n FROM v2')
    meanwhile = () => produce(['x', 9])
    const [row] = await run(
      'SELECT (SELECT count(*) FROM s), (SELECT n FROM v), (SELECT count(*) FROM s2), (SELECT n FROM v2)',
    )
    expect(row![0]).toBe(row![1])
    expect(row![2]).toBe(row![3])
  })

  it('so do INSERT … SELECT, UPDATE … FROM and CREATE TABLE … AS', async () => {
    await run(`INSERT INTO r ${both}`)
    const [[a, b]] = (await run('SELECT a, b FROM r')) as [Row]
    expect(a).toBe(b)
    await run(`UPDATE r SET a = x.a, b = x.b FROM (${both}) AS x`)
    const [[c, d]] = (await run('SELECT a, b FROM r')) as [Row]
    expect(c).toBe(d)
    expect(Number(c)).toBeGreaterThan(Number(a))
    await run(`CREATE TABLE made AS ${both}`)
    const [[e, f]] = (await run('SELECT a, b FROM made')) as [Row]
    expect(e).toBe(f)
  })

  it('a transaction reads the stream as it was at its first statement, again and again', async () => {
    const open = begin()
    const [first] = await run('SELECT n FROM v', open)
    await produce(['y', 1])
    expect(await run('SELECT count(*) FROM s', open)).toEqual([first])
    await run('INSERT INTO r SELECT count(*), 0 FROM s', open)
    expect(await run('SELECT a FROM r', open)).toEqual([first])
    expect(await run(both, open)).toEqual([[first![0], first![0]]])
    open.rollback()
  })

  it('a transaction that wrote fails with 40001 when the stream that it read went on', async () => {
    meanwhile = null
    const fails = begin()
    await run('SELECT count(*) FROM s', fails)
    await run('INSERT INTO r VALUES (1, 1)', fails)
    await produce(['y', 1])
    await expect(fails.commit(call())).rejects.toMatchObject({ sqlstate: '40001' })
    const passes = begin()
    await run('SELECT count(*) FROM s', passes)
    await run('INSERT INTO r VALUES (2, 2)', passes)
    await passes.commit(call())
    const reads = begin()
    await run('SELECT count(*) FROM s', reads)
    await produce(['y', 1])
    await reads.commit(call())
    expect(await run('SELECT a FROM r')).toEqual([[2]])
  })
})

it('a transaction reads a stream that nobody else reads to one end, and sees at commit that its topic grew', async () => {
  await engine.ddl(createSource('s'), call())
  const fails = begin()
  expect(await run('SELECT count(*) FROM s', fails)).toEqual([[2]])
  await run('INSERT INTO r VALUES (1, 1)', fails)
  await produce(['y', 1])
  expect(await run('SELECT count(*) FROM s', fails)).toEqual([[2]])
  await expect(fails.commit(call())).rejects.toMatchObject({ sqlstate: '40001' })
  const passes = begin()
  expect(await run('SELECT count(*) FROM s', passes)).toEqual([[3]])
  await run('INSERT INTO r VALUES (2, 2)', passes)
  await passes.commit(call())
})

it('a transaction reads the rows of an upsert source, at its tick', async () => {
  const plan = createSource('u') as Extract<ReturnType<typeof createSource>, { kind: 'createSource' }>
  const envelope = { kind: 'upsert' as const, options: {} }
  await engine.ddl({ ...plan, connector: { ...plan.connector, envelope }, upsertKey: [0] }, call())
  await run('CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM u')
  await run('SELECT n FROM m')
  const open = begin()
  expect(await run('SELECT count(*), sum(v) FROM u', open)).toEqual([[2, 3]])
  await produce(['b', 7])
  expect(await run('SELECT u.k, u.v, m.n FROM u, m ORDER BY k', open)).toEqual([
    ['a', 1, 2],
    ['b', 2, 2],
  ])
  await run('INSERT INTO r SELECT count(*), sum(v) FROM u', open)
  expect(await run('SELECT a, b FROM r', open)).toEqual([[2, 3]])
  await expect(open.commit(call())).rejects.toMatchObject({ sqlstate: '40001' })
  await run('INSERT INTO r SELECT count(*), sum(v) FROM u')
  expect(await run('SELECT a, b FROM r')).toEqual([[2, 8]])
})

describe('a source whose live feed has only begun is read to where its topic ended then', () => {
  /** The reader's first batch waits for `let it come`. */
  let release: () => void
  function slowConnector(): SourceConnector {
    const inner = connector()
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    return {
      ...inner,
      open(options) {
        if (options.until !== undefined) return inner.open(options)
        return inner.open({ ...options, onBatch: (batch) => released.then(() => options.onBatch(batch)) })
      },
    }
  }
  beforeEach(async () => {
    await engine.close()
    engine = await openEngine({
      store: openMemoryStore(systemRuntime),
      runtime: systemRuntime,
      log: silentLog,
      connectors: slowConnector,
      settings: [],
      onFailure(error) {
        throw error
      },
    })
  })
  const pulled = async (sql: string) => {
    const rows = run(sql)
    // What it would read of the feed so far.
    for (let i = 0; i < 20; i++) await systemRuntime.yieldToIo()
    release()
    return rows
  }

  it('one that keeps the row of each key waits for its feed', async () => {
    const plan = createSource('u') as Extract<ReturnType<typeof createSource>, { kind: 'createSource' }>
    const envelope = { kind: 'upsert' as const, options: {} }
    await engine.ddl({ ...plan, connector: { ...plan.connector, envelope }, upsertKey: [0] }, call())
    await run('CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM u')
    await run('CREATE MATERIALIZED VIEW later AS SELECT sum(v) AS n FROM u')
    expect(await pulled('SELECT k, v FROM u')).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(await run('SELECT n FROM later')).toEqual([[3]])
  })

  it('a plain one is read from its broker; beside other relations it waits', async () => {
    await engine.ddl(createSource('s'), call())
    await run('CREATE TABLE one AS SELECT 1 AS a')
    await run('CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM s')
    expect(await run('SELECT count(*) FROM s')).toEqual([[2]])
    expect(await pulled('SELECT count(*) FROM s, one')).toEqual([[2]])
  })
})
