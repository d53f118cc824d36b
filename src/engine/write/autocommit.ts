import { throwIfCanceled } from '../../base/canceled.ts'
import { type Pieces, Slices } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { Fanout } from '../../dataflow/edge.ts'
import type { DmlPlan } from '../../plan/dml.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows, rowsOf } from '../../types/batch-build.ts'
import type { Row } from '../../types/value.ts'
import type { CallContext, WriteResult } from '../api.ts'
import { bindParams } from '../bind-params.ts'
import { ChangedMeanwhile } from '../changed-meanwhile.ts'
import { evalEnv } from '../eval-env.ts'
import { evaluate, type ReadDeps, upToNow } from '../read.ts'
import { streamEnds } from '../read-streams.ts'
import { restartOwned, settleSequences } from '../sequence-calls.ts'
import { type Snapshot, snapshotWithStreams, takeSnapshot } from '../snapshot.ts'
import type { TableRuntime } from '../table.ts'
import type { Ticker } from '../ticker.ts'
import { bulkChanges, bulkQuery, isBulk, truncation } from './bulk.ts'
import { keyText, rowOfKey } from './constraints.ts'
import { type Evaluated, StatementBound } from './evaluated.ts'
import { applyDml, dmlChanges } from './execute.ts'
import { expand } from './expand.ts'
import { filled } from './fill.ts'
import { GeneratedColumns } from './generated.ts'
import { ArrivingKeys } from './key-locks.ts'
import { checkFuture } from './max-future.ts'
import { RowRules } from './row-rules.ts'
import { type RowChange, signedRows, type WritableTable, type WriteScope } from './writable.ts'

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

/**
 * One statement, evaluated at its commit tick: never 40001. It waits for row locks and is then evaluated anew. Brokers are
 * not asked inside the lane: what is read beside the tables that it writes is, with a stream among it, of one tick before.
 */
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
  for (const object of reads) {
    const view = world.views.get(object)
    if (view !== undefined && !view.ready) await deps.hydration.wait(view, call)
  }
  for (;;) {
    await upToNow(deps, reads)
    const before = await withStreams(deps, reads, written, call)
    let locked: Locked
    try {
      const job = {
        readsOthers: reads.some((id) => !written.includes(id)),
        evaluate: async () => {
          const evaluated = await evaluateDml(deps, plan, call, params, before)
          // Before the rows are durable: what they hold must not be handed out again.
          await settleSequences(world)
          return evaluated
        },
      }
      return await ticker.write(job, call.signal)
    } catch (error) {
      if (!(error instanceof Locked)) throw error
      locked = error
    } finally {
      before?.snapshot.release()
    }
    await world.locks.released(locked.table, locked.key, call)
  }
}

/** What is read at a tick before the statement's own. */
interface Before {
  readonly edges: ReadonlyMap<number, Fanout | undefined>
  readonly snapshot: Snapshot
}

async function withStreams(
  deps: ReadDeps,
  reads: readonly number[],
  written: readonly number[],
  call: CallContext,
): Promise<Before | null> {
  if (streamEnds(deps.world, reads).size === 0) return null
  const objects = reads.filter((id) => !written.includes(id))
  const snapshot = await snapshotWithStreams(deps, objects, Number.POSITIVE_INFINITY, call)
  return { edges: new Map(objects.map((id) => [id, deps.world.edgeOf(id)])), snapshot }
}

/** Relations at the tick that runs, but for those that were read before it. */
function snapshotAt({ world, system }: ReadDeps, objects: readonly number[], before: Before | null, call: CallContext) {
  const current = objects.filter((id) => !before?.edges.has(id))
  // A stream that was stored when the statement began.
  if (streamEnds(world, current).size > 0) throw new ChangedMeanwhile()
  for (const [id, edge] of before?.edges ?? []) if (world.edgeOf(id) !== edge) throw new ChangedMeanwhile()
  const now = takeSnapshot(world, system, current, call)
  if (before === null) return now
  const of = (object: number) => (before.edges.has(object) ? before.snapshot : now)
  return {
    ...now,
    watermarks: new Map([
      ...[...(now.watermarks ?? [])].filter(([id]) => !before.edges.has(id)),
      ...[...(before.snapshot.watermarks ?? [])].filter(([id]) => before.edges.has(id)),
    ]),
    scan: (object: number) => of(object).scan(object),
    poison: (object: number) => of(object).poison(object),
  }
}

async function evaluateDml(
  deps: ReadDeps,
  plan: DmlPlan,
  call: CallContext,
  params: Row,
  before: Before | null,
): Promise<Evaluated> {
  const { world } = deps
  throwIfCanceled(call.signal)
  const bound = new StatementBound(call)
  const slices = new Slices(world.runtime, () => throwIfCanceled(call.signal))
  const run = async (query: PhysicalPlan) => {
    const filled = bindParams(query, params)
    const snapshot = snapshotAt(deps, objectsOf(filled), before, call)
    // What is read may be more than what is changed (ON CONFLICT, several matches), but not less.
    const reading = new StatementBound(call)
    try {
      return await evaluate(world, filled, snapshot, call, { grown: (batch) => reading.add(batch) })
    } finally {
      snapshot.release()
    }
  }
  if (plan.kind === 'truncate') {
    for (const id of plan.tables) {
      const key = world.locks.keyIn(id)
      if (key !== undefined) throw new Locked(id, key)
    }
    const changes = [...truncation(plan, (id) => tableOf(deps, id))]
    if (plan.restart) restartOwned(world, plan.tables)
    return { result: { command: 'TRUNCATE', count: 0, returning: null }, changes }
  }
  const target = tableOf(deps, plan.table)
  const isLocked = (key: string) => world.locks.holder(plan.table, key) !== undefined
  const arriving = new ArrivingKeys(world.locks, target.entry)
  if (isBulk(plan, target)) {
    const found = await run(bulkQuery(plan))
    const program = { params, env: evalEnv(world, call) }
    const rows = plan.kind === 'insert' ? await slices.run(filled(plan.source, found, program)) : found
    const checkLocks = (batch: Batch) => {
      if (target.entry.primaryKey === null || !world.locks.any) return
      const text = keyText(target.entry)
      for (const row of rowsOf(batch, target.types)) {
        const key = text(row)
        if (isLocked(key)) throw new Locked(plan.table, key)
      }
    }
    const checkArriving = (batch: Batch, key: UniqueKey) => {
      if (!world.locks.any) return
      for (const row of rowsOf(batch, target.types)) {
        const held = arriving.held(row, key)
        if (held !== null) throw new Locked(held.object, held.key)
      }
    }
    const rules = {
      generated: new GeneratedColumns(target.entry, target.types, program.env),
      rules: new RowRules(target.entry, target.types, program.env),
    }
    const { count, batches } = await slices.run(bulkChanges(plan, target, rows, rules, { checkLocks, checkArriving }))
    await slices.run(checkFuture(target, batches, world.clock.nowMicros))
    const changes = batches.map((batch) => ({ object: plan.table, batch }))
    return { result: { command: COMMANDS[plan.kind], count, returning: null }, changes }
  }
  const table = new LiveTable(target, isLocked, arriving, bound)
  const scope: WriteScope = {
    program: { params, env: evalEnv(world, call) },
    table: () => table,
    run: async (query) => expand(await run(query), query.types),
    slices,
  }
  const result = await applyDml(plan, await dmlChanges(plan, scope), scope)
  await slices.run(checkFuture(target, table.changed, world.clock.nowMicros))
  return { result, changes: table.changed.map((batch) => ({ object: plan.table, batch })) }
}

const COMMANDS = { insert: 'INSERT', update: 'UPDATE', delete: 'DELETE' } as const

function tableOf({ world }: ReadDeps, id: number): TableRuntime {
  const table = world.tables.get(id)
  if (table === undefined) {
    const entry = world.catalog.byId(id)
    if (entry?.kind === 'table')
      throw new SqlError('0A000', `cannot change table "${entry.name}": its rows come from a source`)
    throw new SqlError('42P01', entry === undefined ? 'the table was dropped' : `"${entry.name}" is not a table`)
  }
  return table
}

/** A table as it is in the tick, the tick's earlier statements included; what is applied is gathered, not yet there. */
class LiveTable implements WritableTable {
  readonly #table: TableRuntime
  readonly #isLocked: (key: string) => boolean
  readonly #arriving: ArrivingKeys
  readonly #bound: StatementBound
  readonly changed: Batch[] = []
  #text: ((row: Row) => string) | null = null

  constructor(table: TableRuntime, isLocked: (key: string) => boolean, arriving: ArrivingKeys, bound: StatementBound) {
    this.#table = table
    this.#arriving = arriving
    this.#bound = bound
    this.#isLocked = isLocked
  }
  get entry() {
    return this.#table.entry
  }
  get types() {
    return this.#table.types
  }
  get keys() {
    return this.#table.keys
  }
  lookup(values: Row, of?: UniqueKey): Row | null {
    return this.#table.lookup(values, of)
  }
  met(values: Row, of: UniqueKey): Row | null {
    const held = this.#arriving.heldBy(values, of)
    if (held !== null) throw new Locked(held.object, held.key)
    return this.#table.lookup(values, of)
  }
  isTaken(values: Row, of: UniqueKey): boolean {
    return this.met(values, of) !== null
  }
  count(row: Row): number {
    return this.#table.count(row)
  }
  rows(): Row[] {
    return expand([...this.#table.rows.scan()], this.#table.types)
  }
  *apply(changes: readonly RowChange[]): Pieces {
    for (const { rows, diffs } of signedRows(changes)) {
      const batch = batchFromRows(this.#table.types, rows, diffs)
      this.#bound.add(batch)
      this.changed.push(batch)
      yield
    }
  }
  checkLock(key: Row): void {
    this.#text ??= keyText(this.entry)
    const text = this.#text(rowOfKey(this.entry, key))
    if (this.#isLocked(text)) throw new Locked(this.entry.id, text)
  }
}
