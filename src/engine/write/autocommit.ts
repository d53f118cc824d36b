import { throwIfCanceled } from '../../base/canceled.ts'
import { Slices } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { Fanout } from '../../dataflow/edge.ts'
import type { DmlPlan } from '../../plan/dml.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { Batch } from '../../types/batch.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { Row } from '../../types/value.ts'
import type { CallContext, WriteResult } from '../api.ts'
import { bindParams } from '../bind-params.ts'
import { ChangedMeanwhile } from '../changed-meanwhile.ts'
import { evalEnv } from '../eval-env.ts'
import { evaluate, type ReadDeps, upToNow, waitForViews } from '../read.ts'
import { streamEnds } from '../read-streams.ts'
import { restartOwned, settleSequences } from '../sequence-calls.ts'
import { type Snapshot, snapshotWithStreams, takeSnapshot } from '../snapshot.ts'
import type { TableRuntime } from '../table.ts'
import type { TableDelta } from '../tick-record.ts'
import type { Ticker } from '../ticker.ts'
import { bulkChanges, bulkQuery, isBulk, truncation } from './bulk.ts'
import { columnDefault } from './column-default.ts'
import { type Evaluated, StatementBound } from './evaluated.ts'
import { applyDml, checkTruncate, writtenBy } from './execute.ts'
import { expand } from './expand.ts'
import { filled } from './fill.ts'
import { GeneratedColumns } from './generated.ts'
import { LiveTable, Locked } from './live-table.ts'
import { checkFuture } from './max-future.ts'
import { Violations } from './referential/violations.ts'
import { RowRules } from './row-rules.ts'
import type { WriteScope } from './writable.ts'

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
  await waitForViews(deps, reads, call)
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
    await world.locks.released(locked.table, locked.key, call, locked.mode)
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
    for (const id of plan.tables) checkTruncate(plan, tableOf(deps, id), (each) => tableOf(deps, each).entry.name)
    for (const id of plan.tables) {
      const key = world.locks.keyIn(id)
      if (key !== undefined) throw new Locked(id, key)
    }
    const changes = [...truncation(plan, (id) => tableOf(deps, id))]
    if (plan.restart) restartOwned(world, plan.tables)
    return { result: { command: 'TRUNCATE', count: 0, returning: null }, changes }
  }
  const target = tableOf(deps, plan.table)
  const live = new Map<number, LiveTable>()
  const tableIn = (id: number): LiveTable => {
    let table = live.get(id)
    if (table === undefined) {
      table = new LiveTable(tableOf(deps, id), world.locks, bound)
      live.set(id, table)
    }
    return table
  }
  const program = { params, env: evalEnv(world, call) }
  if (isBulk(plan, target)) {
    const table = tableIn(plan.table)
    const found = await run(bulkQuery(plan))
    const rows = plan.kind === 'insert' ? await slices.run(filled(plan.source, found, program)) : found
    const rules = {
      generated: new GeneratedColumns(target.entry, target.types, program.env),
      rules: new RowRules(target.entry, target.types, program.env),
    }
    const locks = {
      checkLocks: (batch: Batch) => world.locks.any && table.checkLocks(rowsOf(batch, target.types)),
      checkArriving: (batch: Batch, key: UniqueKey) =>
        world.locks.any && table.checkArriving(rowsOf(batch, target.types), key),
    }
    const { count, batches } = await slices.run(bulkChanges(plan, target, rows, rules, locks))
    await slices.run(checkFuture(target, batches, world.clock.nowMicros))
    const changes = batches.map((batch) => ({ object: plan.table, batch }))
    return { result: { command: COMMANDS[plan.kind], count, returning: null }, changes }
  }
  const scope: WriteScope = {
    program,
    table: tableIn,
    run: async (query) => expand(await run(query), query.types),
    violations: new Violations(world.catalog),
    columnDefault: (entry, column) => columnDefault(world.catalog, entry, column, program),
    // Its end is the transaction's.
    defers: (fk) => fk.deferrable === 'initiallyDeferred',
    slices,
  }
  const written = await writtenBy(plan, scope)
  await slices.run(written.checkWaiting())
  const result = await applyDml(plan, written, scope)
  const changes: TableDelta[] = []
  for (const [object, { runtime, changed }] of live) {
    await slices.run(checkFuture(runtime, changed, world.clock.nowMicros))
    for (const batch of changed) changes.push({ object, batch })
  }
  return { result, changes }
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
