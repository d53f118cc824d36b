import fc from 'fast-check'
import { expect, it } from 'vitest'
import { silentLog } from '../../base/log.ts'
import { systemRuntime } from '../../base/runtime.ts'
import { SqlError } from '../../base/sql-error.ts'
import { openMemoryStore } from '../../state/memory-store.ts'
import type { Store } from '../../state/store.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { Savepoint, Transaction } from '../api.ts'
import type { LiveEngine } from '../engine.ts'
import { openEngine } from '../open.ts'
import { planned } from '../testing/planned.ts'
import { call } from '../testing/plans.ts'

/** Whatever two sessions do beside each other, every row refers to a key that is there, at every tick and after a crash. */

const TABLES = [
  'CREATE TABLE a (id int PRIMARY KEY, k int UNIQUE)',
  'CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE)',
  'CREATE TABLE c (k int REFERENCES a (k) ON DELETE SET NULL ON UPDATE CASCADE, b int REFERENCES b)',
  'CREATE TABLE d (id int PRIMARY KEY, up int REFERENCES d DEFERRABLE INITIALLY DEFERRED)',
  'CREATE MATERIALIZED VIEW sums AS SELECT a, count(*) AS n FROM b GROUP BY a',
]
const ORPHANS = [
  'SELECT id FROM b WHERE a IS NOT NULL AND a NOT IN (SELECT id FROM a)',
  'SELECT k FROM c WHERE k IS NOT NULL AND k NOT IN (SELECT k FROM a WHERE k IS NOT NULL)',
  'SELECT b FROM c WHERE b IS NOT NULL AND b NOT IN (SELECT id FROM b)',
  'SELECT id FROM d WHERE up IS NOT NULL AND up NOT IN (SELECT id FROM d)',
].join(' UNION ALL ')
const OTHER_SUMS = `(SELECT a, n FROM sums EXCEPT ALL SELECT a, count(*) FROM b GROUP BY a)
  UNION ALL (SELECT a, count(*) FROM b GROUP BY a EXCEPT ALL SELECT a, n FROM sums)`

const value = fc.constantFrom('NULL', '1', '2', '3', '4')
const key = fc.constantFrom('1', '2', '3', '4')
const statement = fc.oneof(
  fc.tuple(key, value).map(([id, k]) => `INSERT INTO a VALUES (${id}, ${k})`),
  fc
    .tuple(key, value)
    .map(([id, a]) => `INSERT INTO b VALUES (${id}, ${a}) ON CONFLICT (id) DO UPDATE SET a = excluded.a`),
  fc.tuple(value, value).map(([k, b]) => `INSERT INTO c VALUES (${k}, ${b})`),
  fc.tuple(key, value).map(([id, up]) => `INSERT INTO d VALUES (${id}, ${up})`),
  fc.tuple(fc.constantFrom('a', 'b', 'd'), key).map(([t, id]) => `DELETE FROM ${t} WHERE id = ${id}`),
  fc
    .tuple(fc.constantFrom('a', 'b', 'd'), key, key)
    .map(([t, to, id]) => `UPDATE ${t} SET id = ${to} WHERE id = ${id}`),
  fc.tuple(value, key).map(([k, id]) => `UPDATE a SET k = ${k} WHERE id = ${id}`),
  fc.constantFrom('DELETE FROM c', 'DELETE FROM b WHERE a IS NULL', 'UPDATE c SET b = NULL'),
)
const step = fc.record({
  session: fc.constantFrom(0, 1),
  does: fc.oneof(
    { weight: 8, arbitrary: statement },
    { weight: 4, arbitrary: fc.constantFrom('begin', 'commit', 'rollback', 'savepoint', 'back') },
  ),
})

const open = (store: Store) =>
  openEngine({
    store: new Proxy(store, {
      get: (target, name) => (name === 'close' ? async () => {} : Reflect.get(target, name).bind(target)),
    }),
    runtime: systemRuntime,
    log: silentLog,
    connectors: null,
    settings: [],
    onFailure(error) {
      throw error
    },
  })

const context = { ...call(), lockTimeoutMs: 1 }

async function run(engine: LiveEngine, sql: string, on: Pick<Transaction, 'read' | 'write'> = engine) {
  const plan = planned(engine, sql)
  if (plan.kind === 'ddl') await engine.ddl(plan.statement!, context)
  if (plan.kind === 'write') await on.write(plan.statement, context, [])
  if (plan.kind !== 'read') return []
  const { batches } = await on.read({ ...plan.request, params: [] }, context)
  const rows: unknown[] = []
  for await (const batch of batches) rows.push(...rowsOf(batch, plan.request.plan.types))
  return rows
}

/** What statements of two sessions may be refused with. */
const REFUSALS = ['23503', '23505', '40001', '40P01', '55P03']

async function refused(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (!(error instanceof SqlError) || !REFUSALS.includes(error.sqlstate)) throw error
    return true
  }
}

class Session {
  readonly #engine: LiveEngine
  #open: { transaction: Transaction; savepoint: Savepoint | null } | null = null

  constructor(engine: LiveEngine) {
    this.#engine = engine
  }
  async does(what: string): Promise<void> {
    const { transaction, savepoint } = this.#open ?? {}
    if (what === 'begin') this.#open ??= { transaction: this.#engine.begin({ readOnly: false }), savepoint: null }
    else if (what === 'savepoint' && this.#open !== null) this.#open.savepoint = transaction!.savepoint()
    else if (what === 'back' && savepoint) transaction!.rollbackTo(savepoint)
    else if (what === 'commit') await this.commit()
    else if (what === 'rollback') this.rollback()
    else if (what.includes(' ') && (await refused(() => run(this.#engine, what, transaction)))) {
      if (savepoint) transaction!.rollbackTo(savepoint)
      else this.rollback()
    }
  }
  async commit(): Promise<void> {
    const { transaction } = this.#open ?? {}
    this.#open = null
    if (transaction) await refused(() => transaction.commit(context))
  }
  rollback(): void {
    this.#open?.transaction.rollback()
    this.#open = null
  }
}

it('holds, whatever two sessions do beside each other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
      const store = openMemoryStore(systemRuntime)
      let engine = await open(store)
      for (const sql of TABLES) await run(engine, sql)
      const sessions = [new Session(engine), new Session(engine)]
      for (const { session, does } of steps) {
        await sessions[session]!.does(does)
        expect(await run(engine, ORPHANS)).toEqual([])
      }
      for (const session of sessions) await session.commit()
      await engine.abandon()
      engine = await open(store)
      expect(await run(engine, ORPHANS)).toEqual([])
      expect(await run(engine, OTHER_SUMS)).toEqual([])
      // The rows by which keys are found are there again, too.
      const last = await run(engine, 'SELECT id FROM a WHERE id IN (SELECT a FROM b WHERE id IN (SELECT b FROM c))')
      for (const [id] of last as number[][])
        await expect(run(engine, `DELETE FROM a WHERE id = ${id}`)).rejects.toMatchObject({ sqlstate: '23503' })
      await expect(run(engine, 'INSERT INTO c VALUES (99, NULL)')).rejects.toMatchObject({ sqlstate: '23503' })
      await engine.close()
    }),
    { numRuns: 4 },
  )
})
