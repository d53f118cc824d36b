import { SqlError } from '../base/sql-error.ts'
import type { SourceBatch } from '../connectors/contract.ts'
import { consolidate, sortBatches } from '../dataflow/consolidate.ts'
import type { WriteResult } from './api.ts'
import { encodeTick, type SourceDelta, type TableDelta, type TickRecord } from './tick-record.ts'
import type { World } from './world.ts'

/** What the ticker needs of the journal: a durable append. */
export interface TickJournal {
  append(tick: number, record: Uint8Array): Promise<void>
}

/**
 * A statement or a transaction's commit, evaluated inside its tick. It stages its changes in the tables and returns the
 * result; it throws before it changed anything.
 */
export interface WriteJob {
  /** Reads more than the tables that it writes: must see earlier writes in views too, so it starts a tick. */
  readonly readsOthers: boolean
  evaluate(): Promise<Omit<WriteResult, 'tick'>> | Omit<WriteResult, 'tick'>
}

/** Rows of sources in one tick; bounds its length. */
export const TICK_SOURCE_ROWS_MAX = 32_768
/** Rows kept back for one hydrating view beyond this hold the sources until it has joined; tables go on. */
export const HYDRATION_BACKLOG_ROWS_MAX = 1_000_000
/** Statements in one tick. */
export const TICK_WRITES_MAX = 1024
/** Timestamps are reserved this far ahead, so that progress can be told while nothing ticks; ms. */
export const RESERVE_AHEAD_MS = 10_000

interface QueuedWrite {
  readonly job: WriteJob
  readonly resolve: (result: WriteResult) => void
  readonly reject: (error: unknown) => void
}

interface QueuedBatch {
  readonly object: number
  readonly batch: SourceBatch
  readonly resolve: () => void
}

/**
 * The tick: drain what arrived, evaluate the statements, journal durably, run the circuit once, publish. A lone INSERT
 * ticks at once; while a tick runs, what arrives waits and shares the next one.
 */
export class Ticker {
  readonly #world: World
  readonly #journal: TickJournal
  #writes: QueuedWrite[] = []
  #batches: QueuedBatch[] = []
  #draining = false
  #stopped = false
  readonly #afterTick: () => void
  /** Journal bytes since the last checkpoint. */
  journaledBytes = 0

  constructor(world: World, journal: TickJournal, afterTick: () => void) {
    this.#world = world
    this.#journal = journal
    this.#afterTick = afterTick
  }

  write(job: WriteJob): Promise<WriteResult> {
    return new Promise((resolve, reject) => {
      this.#writes.push({ job, resolve, reject })
      this.#kick()
    })
  }

  /** Resolves when the batch is durable and visible. */
  deliver(object: number, batch: SourceBatch): Promise<void> {
    return new Promise((resolve) => {
      this.#batches.push({ object, batch, resolve })
      this.#kick()
    })
  }

  stop(): void {
    this.#stopped = true
    for (const { reject } of this.#writes)
      reject(new SqlError('57P01', 'terminating connection due to administrator command'))
    this.#writes = []
    this.#batches = []
  }

  /** Runs a tick without input of its own: rows that were let through between ticks. */
  async settle(): Promise<void> {
    await this.#run([], [], [])
  }

  /** Sources wait while a hydrating view has kept back more than it may. */
  #holdsSources(): boolean {
    for (const view of this.#world.views.values()) {
      if (view.state.kind !== 'hydrating') continue
      if (view.gates.some(({ gate }) => gate.backlogRows > HYDRATION_BACKLOG_ROWS_MAX)) return true
    }
    return false
  }

  /** Something may have become possible. */
  kick(): void {
    this.#kick()
  }
  #kick(): void {
    if (this.#draining || this.#stopped) return
    this.#draining = true
    void this.#drain()
  }

  async #drain(): Promise<void> {
    const { exclusive, runtime } = this.#world
    try {
      while (!this.#stopped && (this.#writes.length > 0 || (this.#batches.length > 0 && !this.#holdsSources()))) {
        await exclusive.run(() => this.#tick())
        await runtime.yieldToIo()
      }
      this.#draining = false
    } catch (error) {
      // Final: the journal could not be written, or a tick broke an invariant. Nothing is acknowledged any more.
      this.#world.fail(error)
      this.stop()
    }
  }

  async #tick(): Promise<void> {
    const { tables } = this.#world
    const done: { readonly write: QueuedWrite; readonly result: Omit<WriteResult, 'tick'> }[] = []
    let staged = false
    while (this.#writes.length > 0 && done.length < TICK_WRITES_MAX) {
      const write = this.#writes[0]!
      if (write.job.readsOthers && staged) break
      this.#writes.shift()
      try {
        const result = await write.job.evaluate()
        done.push({ write, result })
        staged ||= result.count > 0 || result.command === 'TRUNCATE'
      } catch (error) {
        write.reject(error)
      }
    }
    const batches = this.#holdsSources() ? [] : this.#takeBatches()
    const deltas: TableDelta[] = []
    for (const [object, table] of tables) for (const batch of table.staged) deltas.push({ object, batch })
    const sources = batches.map(({ object, batch }) => sourceDelta(object, batch))
    try {
      if (deltas.length > 0 || sources.length > 0) await this.#run(deltas, sources, [...tables.keys()])
    } catch (error) {
      // Whether the tick is durable is not known: neither success nor failure may be told.
      for (const { write } of done)
        write.reject(new SqlError('08007', 'transaction resolution unknown: the journal failed'))
      throw error
    }
    for (const { write, result } of done) write.resolve({ ...result, tick: this.#world.tick })
    for (const { resolve } of batches) resolve()
  }

  #takeBatches(): QueuedBatch[] {
    let rows = 0
    let n = 0
    while (n < this.#batches.length && (n === 0 || rows < TICK_SOURCE_ROWS_MAX))
      rows += this.#batches[n++]!.batch.rows.n
    const taken = this.#batches.splice(0, n)
    // A source that was dropped meanwhile has no runtime any more: its records are nobody's.
    return taken.filter(({ object, resolve }) => {
      const known = this.#world.sources.has(object)
      if (!known) resolve()
      return known
    })
  }

  async #run(tables: readonly TableDelta[], sources: readonly SourceDelta[], flush: readonly number[]): Promise<void> {
    const world = this.#world
    const { timestampMs, nowMicros } = world.clock.next()
    const reservedMs = timestampMs + RESERVE_AHEAD_MS
    const record: TickRecord = { tick: world.tick + 1, timestampMs, nowMicros, reservedMs, tables, sources }
    const bytes = encodeTick(record)
    this.journaledBytes += bytes.length
    const appended = this.#journal.append(record.tick, bytes)
    world.reach('journal')
    await appended
    for (const object of flush) world.tables.get(object)!.flush(record.tick)
    runTick(world, record)
    this.#afterTick()
  }
}

function sourceDelta(object: number, batch: SourceBatch): SourceDelta {
  const { partition, first, next, rows, deletes, deadLetters } = batch
  return { object, partition, first, next, rows, deletes, deadLetters }
}

/** Runs a journaled tick and publishes it. Table changes are staged in their tables already; recovery stages them first. */
export function runTick(world: World, record: TickRecord): void {
  const { timestampMs, nowMicros, tick } = record
  for (const delta of record.sources) world.sources.get(delta.object)?.apply(delta, tick)
  world.tick = tick
  world.clock.runs(timestampMs, nowMicros)
  world.clock.reserved(record.reservedMs)
  world.circuit.runTick(world.tickContext(timestampMs, nowMicros))
  publish(world, record)
}

/** Hands the tick's changes to the delta logs and wakes who waits. */
function publish(world: World, record: TickRecord): void {
  const { timestampMs, tick } = record
  const byTable = new Map<number, TableDelta['batch'][]>()
  for (const { object, batch } of record.tables) {
    const batches = byTable.get(object)
    if (batches === undefined) byTable.set(object, [batch])
    else batches.push(batch)
  }
  for (const [object, batches] of byTable) {
    const table = world.tables.get(object)
    if (table === undefined) continue
    const changes = sortBatches(table.types, consolidate(batches))
    if (changes.length > 0) world.logOf(object)!.append(tick, timestampMs, changes)
  }
  for (const view of world.views.values()) {
    const changes = view.output.takeChanges()
    if (changes.rows.length === 0 && changes.errors.length === 0) continue
    view.runs++
    view.changedTick = tick
    if (!view.live) continue
    if (changes.rows.length > 0) view.log.append(tick, timestampMs, sortBatches(view.output.output.types, changes.rows))
  }
  notify(world)
}

/** Wakes subscribers: something changed, or time passed. */
export function notify(world: World): void {
  for (const view of world.views.values()) if (view.log.listeners > 0) view.log.notify()
  for (const log of world.tableLogs.values()) if (log.listeners > 0) log.notify()
}
