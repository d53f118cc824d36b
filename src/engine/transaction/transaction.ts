import { throwIfCanceled } from '../../base/canceled.ts'
import { Slices } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { DmlPlan } from '../../plan/dml.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import { finish } from '../../serve/finishing.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import type { Row } from '../../types/value.ts'
import type { CallContext, ReadRequest, ReadResult, Savepoint, Transaction, WriteResult } from '../api.ts'
import { bindFinishing, bindParams } from '../bind-params.ts'
import { evalEnv } from '../eval-env.ts'
import { countRows, evaluate, type ReadDeps, rowsWanted, waitForViews } from '../read.ts'
import { refuseInSafeMode } from '../safe-mode.ts'
import { restartOwned, settleSequences } from '../sequence-calls.ts'
import type { Snapshot } from '../snapshot.ts'
import type { TableDelta } from '../tick-record.ts'
import type { Ticker } from '../ticker.ts'
import { columnDefault } from '../write/column-default.ts'
import { StatementBound } from '../write/evaluated.ts'
import { applyDml, writtenBy } from '../write/execute.ts'
import { expand } from '../write/expand.ts'
import { type KeyLock, locksOf, rowLocks } from '../write/key-locks.ts'
import { checkFutureRows } from '../write/max-future.ts'
import { ReferentialChanges, type WaitingCheck } from '../write/referential/enforce.ts'
import { Violations } from '../write/referential/violations.ts'
import { type ProgramEnv, rowProgram } from '../write/row-program.ts'
import type { WriteScope } from '../write/writable.ts'
import { readsAny } from './below.ts'
import { DeferredChecks } from './deferred-checks.ts'
import { changedSince, notReadyThen, readHasChanged, SNAPSHOT_MS_MAX, tooOld } from './errors.ts'
import type { TableOverlay } from './overlay.ts'
import { overlayOf } from './overlays.ts'
import { PartsRead } from './parts-read.ts'
import { type Pinned, pinAll } from './pinned.ts'

let transactions = 0
/** Of a lock that nobody else takes. */
const NO_WAIT = { signal: new AbortController().signal, lockTimeoutMs: 0 }

/**
 * BEGIN … COMMIT: reads at the tick of its first statement plus its own writes, commits in one tick. Optimistic: at
 * commit the read tick moves forward when nothing that was read has changed, otherwise 40001. Rows that it updates,
 * deletes or selects FOR UPDATE are locked, and keys that it inserts, so that the usual conflicts wait instead of failing.
 */
export class SnapshotTransaction implements Transaction {
  readonly #deps: ReadDeps
  readonly #ticker: Ticker
  readonly #readOnly: boolean
  #snapshot: Pinned | null = null
  readonly #overlays = new Map<number, TableOverlay>()
  readonly #viewsRead = new Map<number, PartsRead>()
  /** Tables of TRUNCATE … RESTART IDENTITY: their sequences begin anew once it has committed. */
  readonly #restarted: number[] = []
  readonly #deferred = new DeferredChecks()
  /** Of all its writes together; made with the first. */
  #bound: StatementBound | null = null
  /** Names its uses of tables: no other transaction has it. */
  readonly #key = String(++transactions)
  #expired = false
  #ended = false
  #cancelExpiry = () => {}

  constructor(deps: ReadDeps, ticker: Ticker, readOnly: boolean) {
    this.#deps = deps
    this.#ticker = ticker
    this.#readOnly = readOnly
  }

  async read(asked: ReadRequest, call: CallContext): Promise<ReadResult> {
    try {
      return await this.#read(asked, call)
    } finally {
      await settleSequences(this.#deps.world)
    }
  }

  async #read(asked: ReadRequest, call: CallContext): Promise<ReadResult> {
    const request = { ...asked, finishing: bindFinishing(asked.finishing, asked.params) }
    const { world } = this.#deps
    await this.#ready(objectsOf(request.plan), call)
    await this.#begin()
    const program: ProgramEnv = { params: request.params, env: evalEnv(world, call) }
    const { lookup } = request
    const table = lookup === null ? undefined : this.#deps.world.tables.get(lookup.object)
    if (
      lookup !== null &&
      table?.entry.primaryKey?.length === lookup.columns.length &&
      table.entry.primaryKey.every((c) => lookup.columns.includes(c))
    ) {
      const wanted = rowProgram(lookup.keys, [], program)([])
      const key = table.entry.primaryKey.map((c) => wanted[lookup.columns.indexOf(c)] ?? null)
      const row: Row | null = key.includes(null) ? null : this.#overlay(lookup.object).lookup(key)
      const fits =
        row !== null &&
        (lookup.residual === null || rowProgram([lookup.residual], table.types, program)(row)[0] === true)
      const types = lookup.project.map((p) => p.type)
      const rows =
        row !== null && fits ? [batchFromRows(types, [rowProgram(lookup.project, table.types, program)(row)])] : []
      return this.#result(finish(rows, types, request.finishing))
    }
    const plan = bindParams(request.plan, request.params)
    const snapshot = await this.#snapshotOf(plan, call)
    const rows = await evaluate(world, plan, snapshot, call, { rowsMax: rowsWanted(request) })
    return this.#result(finish(rows, plan.types, request.finishing))
  }

  async write(statement: DmlPlan, call: CallContext, params: Row): Promise<WriteResult> {
    try {
      return await this.#write(statement, call, params)
    } finally {
      await settleSequences(this.#deps.world)
    }
  }

  async #write(statement: DmlPlan, call: CallContext, params: Row): Promise<WriteResult> {
    if (this.#readOnly)
      throw new SqlError('25006', `cannot execute ${statement.kind.toUpperCase()} in a read-only transaction`)
    const { world } = this.#deps
    refuseInSafeMode(world)
    const first = this.#snapshot === null
    for (const id of statement.kind === 'truncate' ? statement.tables : [statement.table]) this.#use(id)
    if (statement.kind !== 'truncate') await this.#ready(statement.reads, call)
    if ((statement.kind === 'update' || statement.kind === 'delete') && statement.lookup !== null) {
      const program = { params, env: evalEnv(world, call) }
      const key = rowProgram(statement.lookup.keys, [], program)([])
      if (!key.includes(null)) await this.lockRows(statement.table, [key], call)
    }
    await this.#begin()
    const scope = this.#scope(call, params)
    if (statement.kind === 'truncate' && statement.restart) this.#restarted.push(...statement.tables)
    this.#bound ??= new StatementBound(call)
    const written = await writtenBy(statement, scope)
    if (statement.kind !== 'truncate') {
      for (const { table, changes } of written.tables) {
        const target = world.tables.get(table.entry.id)
        if (target !== undefined) await scope.slices.run(checkFutureRows(target, changes, world.clock.nowMicros))
        this.#use(table.entry.id)
        // What it waited for is not in its snapshot. A first statement has told nothing yet: it begins anew.
        if ((await this.#lock(locksOf(table.entry, table.keys, changes), call, first)) && first)
          return this.#anew(statement, call, params)
      }
      if ((await this.#lock(written.locks, call, first)) && first) return this.#anew(statement, call, params)
      if (this.#expired) throw tooOld()
    }
    const result = await applyDml(statement, written, scope)
    this.#deferred.add(written.waiting)
    return { ...result, tick: this.#snapshot!.tick }
  }
  #anew(statement: DmlPlan, call: CallContext, params: Row): Promise<WriteResult> {
    this.#forget()
    return this.#write(statement, call, params)
  }

  #scope(call: CallContext, params: Row): WriteScope {
    const { world } = this.#deps
    const program: ProgramEnv = { params, env: evalEnv(world, call) }
    return {
      program,
      table: (id) => this.#overlay(id),
      run: async (plan) => {
        const bound = bindParams(plan, params)
        const snapshot = await this.#snapshotOf(bound, call)
        const reading = new StatementBound(call)
        const batches = await evaluate(world, bound, snapshot, call, { grown: (batch) => reading.add(batch) })
        return expand(batches, bound.types)
      },
      violations: new Violations(world.catalog),
      columnDefault: (entry, column) => columnDefault(world.catalog, entry, column, program),
      defers: (fk) => this.#deferred.defers(fk),
      slices: new Slices(world.runtime, () => throwIfCanceled(call.signal)),
    }
  }

  async setConstraints(constraints: readonly number[] | null, deferred: boolean, call: CallContext): Promise<void> {
    this.#deferred.set(constraints, deferred)
    await this.#check(this.#deferred.due, call)
  }
  async #check(waiting: readonly WaitingCheck[], call: CallContext): Promise<void> {
    if (waiting.length === 0) return
    const scope = this.#scope(call, [])
    await scope.slices.run(new ReferentialChanges(scope).check(waiting))
  }

  async lockRows(tableId: number, keys: readonly Row[], call: CallContext): Promise<void> {
    const { world } = this.#deps
    if (this.#expired) throw tooOld()
    this.#use(tableId)
    // Locks come before the snapshot where they are the first thing: who waited reads what the one before it wrote.
    const entry = this.#snapshot === null ? world.tables.get(tableId)?.entry : this.#overlay(tableId).entry
    if (entry === undefined) throw changedSince()
    await this.#lock(rowLocks(entry, keys), call)
    await this.#begin()
  }

  /** Whether it had to wait for another transaction; `once`: no more is locked then. */
  async #lock(wanted: Iterable<KeyLock>, call: CallContext, once = false): Promise<boolean> {
    const { locks, runtime } = this.#deps.world
    const slices = new Slices(runtime, () => throwIfCanceled(call.signal))
    let waited = false
    for (const { object, key, mode } of wanted) {
      if (!locks.take(this, object, key, mode)) {
        await locks.acquire(this, object, key, call, mode)
        waited = true
      } else if (slices.due) await slices.next()
      // Its session may have gone meanwhile.
      if (this.#ended) {
        locks.releaseAll(this)
        throw changedSince()
      }
      if (waited && once) break
    }
    return waited
  }

  savepoint(): Savepoint {
    return {
      changes: new Map([...this.#overlays].map(([id, { length }]) => [id, length])),
      bytes: this.#bound?.bytes ?? 0,
      locks: this.#deps.world.locks.count(this),
      restarted: this.#restarted.length,
      deferred: this.#deferred.mark(),
    }
  }
  rollbackTo({ changes, bytes, locks, restarted, deferred }: Savepoint): void {
    for (const [id, overlay] of this.#overlays) overlay.undo(changes.get(id) ?? 0)
    this.#bound?.backTo(bytes)
    this.#deps.world.locks.releaseSince(this, locks)
    this.#restarted.length = restarted
    this.#deferred.backTo(deferred)
  }

  async commit(call: CallContext): Promise<{ readonly tick: number }> {
    const { world } = this.#deps
    try {
      const written = [...this.#overlays.values()].filter((o) => o.written)
      if (written.length === 0 && this.#restarted.length === 0) return { tick: this.#snapshot?.tick ?? world.tick }
      const { tick: readTick, streams } = this.#snapshot!
      await this.#check(this.#deferred.checks, call)
      if (await streams.grown()) throw readHasChanged()
      return await this.#ticker.write({
        // Changes of the same tick have not reached the views that were read.
        readsOthers: this.#viewsRead.size > 0,
        evaluate: async () => {
          if (this.#expired) throw tooOld()
          this.#cancelExpiry()
          const slices = new Slices(world.runtime)
          for (const [id, overlay] of this.#overlays) {
            if (!overlay.isOf(world.tables.get(id))) throw changedSince()
            await slices.run(overlay.validate(readTick))
          }
          if (streams.changed()) throw readHasChanged()
          for (const [id, parts] of this.#viewsRead) {
            const view = world.views.get(id)
            if (view !== undefined && view.changedTick <= readTick) continue
            // A view that was dropped keeps no log; one with errors could not be read now.
            const readable = view !== undefined && !view.dropped && view.poison() === null
            if (!readable || (await slices.run(parts.changed()))) throw readHasChanged()
          }
          const changes: TableDelta[] = []
          for (const overlay of written) {
            for (const batch of overlay.changes()) {
              changes.push({ object: overlay.entry.id, batch })
              if (slices.due) await slices.next()
            }
          }
          restartOwned(world, this.#restarted)
          await settleSequences(world)
          return { result: { command: 'UPDATE', count: changes.length, returning: null }, changes }
        },
      })
    } finally {
      this.#end()
    }
  }

  rollback(): void {
    this.#end()
  }

  /** The first statement waits for the views that it reads, as outside; the snapshot is taken when they are ready. */
  async #ready(objects: readonly number[], call: CallContext): Promise<void> {
    if (this.#snapshot === null) await waitForViews(this.#deps, objects, call)
  }
  async #begin(): Promise<void> {
    if (this.#expired) throw tooOld()
    if (this.#snapshot !== null) return
    const { world, timeTicks } = this.#deps
    await timeTicks.catchUp()
    await world.exclusive.soon(() => {
      this.#snapshot = pinAll(world)
      this.#cancelExpiry = world.runtime.setTimer(() => {
        this.#expired = true
        this.#release()
      }, SNAPSHOT_MS_MAX)
    })
  }

  /** Reads nothing of what it has seen: the next statement takes another snapshot. */
  #forget(): void {
    this.#cancelExpiry()
    if (!this.#expired) this.#release()
    this.#expired = false
    this.#snapshot = null
    this.#overlays.clear()
    this.#viewsRead.clear()
  }

  /** Who drops or alters the table waits from now on, until the transaction ends. */
  #use(table: number): void {
    const { uses } = this.#deps.world
    if (!this.#ended) void uses.acquire(this, table, this.#key, NO_WAIT)
  }

  #overlay(table: number): TableOverlay {
    let overlay = this.#overlays.get(table)
    if (overlay === undefined) {
      overlay = overlayOf(this.#deps.world, this.#snapshot!, table, (bytes) => this.#bound!.addBytes(bytes))
      this.#overlays.set(table, overlay)
    }
    return overlay
  }

  /** Relations with the own writes in them; views over written tables are computed anew from their plans. */
  async #snapshotOf(plan: PhysicalPlan, call: CallContext): Promise<Snapshot> {
    const { world, system } = this.#deps
    const objects = objectsOf(plan)
    const { tick, timestampMs, pins, streams, stamped, poisons, unready } = this.#snapshot!
    const watermarks = new Map(this.#snapshot!.watermarks)
    const computed = new Map<number, readonly Batch[]>()
    for (const [object, { batches, watermark }] of await streams.read(objects, call)) {
      computed.set(object, batches)
      if (watermark !== null) watermarks.set(object, watermark)
    }
    for (const object of objects) {
      if (world.sources.has(object) || world.tables.has(object)) continue
      const view = world.views.get(object)
      if (world.catalog.byId(object) === undefined) throw changedSince()
      if (view === undefined) computed.set(object, system.rows(object, call))
      else if (readsAny(world, object, (id) => this.#overlays.get(id)?.written === true)) {
        if (readsAny(world, object, (id) => world.sources.has(id))) {
          throw new SqlError(
            '0A000',
            `reading "${view.entry?.name}" after writing to a table below it is not supported in a transaction`,
            {
              detail: 'The view also reads a source, whose past is not kept.',
            },
          )
        }
        const below = await this.#snapshotOf(view.plan, call)
        const errors = this.#snapshot!.handedOn.get(object) ?? view.output.handedOn.now()
        computed.set(object, await evaluate(world, view.plan, below, call, { errors }))
      } else {
        if (unready.has(object)) throw notReadyThen(`materialized view "${view.entry?.name}"`)
        if (!pins.has(object)) throw changedSince()
        const parts = this.#viewsRead.get(object) ?? new PartsRead(view, view.log, this.#snapshot!)
        this.#viewsRead.set(object, parts)
        parts.add(plan, object, evalEnv(world, call))
      }
    }
    for (const object of objects) {
      if (world.tables.has(object)) this.#overlay(object).parts.add(plan, object, evalEnv(world, call))
      if (!stamped.has(object) || !this.#overlays.get(object)?.written) continue
      throw new SqlError('0A000', 'a transaction cannot read a table with a WATERMARK that it wrote to')
    }
    return {
      tick,
      timestampMs,
      watermarks,
      scan: (object) =>
        stamped.get(object)?.scan() ??
        computed.get(object) ??
        (world.tables.has(object) ? this.#overlay(object).scan() : pins.get(object)!.scan()),
      poison: (object) => (computed.has(object) ? null : (poisons.get(object) ?? null)),
      release() {},
    }
  }

  #result(batches: readonly Batch[]): ReadResult {
    const { tick, timestampMs } = this.#snapshot!
    return { tick, timestampMs, rowCount: countRows(batches), batches }
  }
  #release(): void {
    if (this.#snapshot === null) return
    for (const pin of [...this.#snapshot.pins.values(), ...this.#snapshot.stamped.values()]) pin.release()
  }
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelExpiry()
    if (!this.#expired) this.#release()
    this.#deps.world.locks.releaseAll(this)
    this.#deps.world.uses.releaseAll(this)
  }
}
