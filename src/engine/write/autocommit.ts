import { throwIfCanceled } from '../../base/canceled.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { DmlPlan } from '../../plan/dml.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { Row } from '../../types/value.ts'
import type { CallContext, WriteResult } from '../api.ts'
import { bindParams } from '../bind-params.ts'
import { evalEnv } from '../eval-env.ts'
import { evaluate, type ReadDeps } from '../read.ts'
import { readStreams, takeSnapshot } from '../snapshot.ts'
import type { TableRuntime } from '../table.ts'
import type { Ticker } from '../ticker.ts'
import { expand } from '../transaction/transaction.ts'
import { bulkInsert, isBulk } from './bulk-insert.ts'
import { keyText, rowOfKey } from './constraints.ts'
import { applyDml, dmlChanges } from './execute.ts'
import type { WritableTable, WriteScope } from './writable.ts'

/** A row that the statement would change is locked by a transaction. */
class Locked extends Error {
  readonly table: number
  readonly key: string
  constructor(table: number, key: string) {
    super('locked')
    this.table = table
    this.key = key
  }
}

/** One statement, evaluated at its commit tick: never 40001. It waits for row locks and is then evaluated anew. */
export async function autocommit(
  deps: ReadDeps,
  ticker: Ticker,
  plan: DmlPlan,
  call: CallContext,
  params: Row,
): Promise<WriteResult> {
  const { world } = deps
  const reads = plan.kind === 'truncate' ? [] : plan.reads
  const written = plan.kind === 'truncate' ? plan.tables : [plan.table]
  const streams = await readStreams(world, reads, Number.POSITIVE_INFINITY, call)
  for (const object of reads) {
    const view = world.views.get(object)
    if (view !== undefined && !view.ready) await deps.hydration.wait(view, call)
  }
  for (;;) {
    try {
      return await ticker.write({
        readsOthers: reads.some((id) => !written.includes(id)),
        async evaluate() {
          throwIfCanceled(call.signal)
          const run = async (query: PhysicalPlan) => {
            const bound = bindParams(query, params)
            const snapshot = takeSnapshot(world, deps.system, objectsOf(bound), streams, call)
            try {
              return await evaluate(world, bound, snapshot, call)
            } finally {
              snapshot.release()
            }
          }
          const scope: WriteScope = {
            program: { params, env: evalEnv(world, call) },
            table: (id) => writable(deps, id),
            run: async (query) => expand(await run(query), query.types),
          }
          const target = isBulk(plan) ? world.tables.get(plan.table) : undefined
          if (isBulk(plan) && plan.source.kind === 'query' && target !== undefined) {
            const batches = await run(plan.source.plan)
            return { command: 'INSERT', count: bulkInsert(target, batches), returning: null }
          }
          return applyDml(plan, await dmlChanges(plan, scope), scope)
        },
      })
    } catch (error) {
      if (!(error instanceof Locked)) throw error
      await world.locks.released(error.table, error.key, call.signal)
    }
  }
}

function writable({ world }: ReadDeps, id: number): WritableTable {
  const table = world.tables.get(id)
  if (table === undefined) {
    const entry = world.catalog.byId(id)
    if (entry?.kind === 'table')
      throw new SqlError('0A000', `cannot change table "${entry.name}": its rows come from a source`)
    throw new SqlError('42P01', entry === undefined ? 'the table was dropped' : `"${entry.name}" is not a table`)
  }
  return new LiveTable(table, (key) => world.locks.holder(id, key) !== undefined)
}

/** A table as it is in the tick, the tick's earlier statements included. */
class LiveTable implements WritableTable {
  readonly #table: TableRuntime
  readonly #isLocked: (key: string) => boolean
  #text: ((row: Row) => string) | null = null

  constructor(table: TableRuntime, isLocked: (key: string) => boolean) {
    this.#table = table
    this.#isLocked = isLocked
  }
  get entry() {
    return this.#table.entry
  }
  get types() {
    return this.#table.types
  }
  lookup(key: Row): Row | null {
    return this.#table.lookup(key)
  }
  count(row: Row): number {
    return this.#table.count(row)
  }
  rows(): Row[] {
    return expand([...this.#table.rows.scan()], this.#table.types)
  }
  apply(changes: Parameters<WritableTable['apply']>[0]): void {
    this.#table.stage(changes)
  }
  checkLock(key: Row): void {
    this.#text ??= keyText(this.entry)
    const text = this.#text(rowOfKey(this.entry, key))
    if (this.#isLocked(text)) throw new Locked(this.entry.id, text)
  }
}
