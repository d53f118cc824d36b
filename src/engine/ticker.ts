import { cancelReason } from '../base/canceled.ts'
import { Slices } from '../base/slices.ts'
import { SqlError } from '../base/sql-error.ts'
import type { SourceBatch } from '../connectors/contract.ts'
import { consolidation, sorting } from '../dataflow/consolidate.ts'
import type { DeltaLog } from '../serve/delta-log.ts'
import type { Batch } from '../types/batch.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { WriteResult } from './api.ts'
import { serverEnds } from './exclusive.ts'
import { expire } from './expiry.ts'
import { checkStageable } from './stageable.ts'
import { encodeTick, type SourceDelta, type TableDelta, type TickMark, type TickRecord } from './tick-record.ts'
import { moveWatermarks, releaseState } from './watermark-tick.ts'
import type { World } from './world.ts'
import type { Evaluated } from './write/evaluated.ts'

/** What the ticker needs of the journal: a durable append. */
export interface TickJournal {
  /** The record in chunks. */
  append(tick: number, record: readonly Uint8Array[]): Promise<void>
}

/** A statement or a transaction's commit, evaluated inside its tick. */
export interface WriteJob {
  /** Reads more than the tables that it writes: must see earlier writes in views too, so it starts a tick. */
  readonly readsOthers: boolean
  /** Finds out what changes; changes nothing. Long ones give way to I/O, and end when their call is cancelled. */
  evaluate(): Promise<Evaluated> | Evaluated
}

/** Rows of sources in one tick; bounds its length. */
export const TICK_SOURCE_ROWS_MAX = 32_768
/** Rows kept back for one hydrating view beyond this hold the sources until it has joined; tables go on. */
export const HYDRATION_BACKLOG_ROWS_MAX = 1_000_000
/** Statements in one tick. */
export const TICK_WRITES_MAX = 1024
/** Rows that statements changed after which no further one joins the tick. */
export const TICK_WRITE_ROWS_MAX = 32_768
/** Timestamps are reserved this far ahead, so that progress can be told while nothing ticks; ms. */
export const RESERVE_AHEAD_MS = 10_000

interface QueuedWrite {
  readonly job: WriteJob
  readonly resolve: (result: WriteResult) => void
  readonly reject: (error: unknown) => void
}

interface QueuedMarks {
  readonly marks: readonly TickMark[]
  readonly resolve: () => void
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
 *
 * A long tick gives way to I/O every few milliseconds (`Slices`): other connections are answered, cancel requests and
 * timers arrive. It keeps the exclusive lane all the while, so nothing interleaves with it. Who reads meanwhile is served
 * from the newest tick while a statement is evaluated, which changes nothing. From the first staged row until the tick is
 * published readers wait. They could read the tick before through the undo log instead, but every changed row of a large
 * statement would then cost an entry there (60 bytes and a look-up), always, for readers that may
 * never come, and beyond UNDO_ROWS_MAX they would fail.
 *
 * The journal write of tick t+1 does not yet overlap the run of tick t. A saturated generator (400,000 records/s into one
 * aggregate, LMDB, two busy cores) spent 24 to 47 % of a tick's time waiting for the journal, 30 to 41 % running, 10 to 20 %
 * encoding, so overlapping could save up to a third there. It needs: several timestamps under way in `EngineClock` (no
 * progress beyond the oldest), only ticks of source batches with no write queued, the lane held until the last journaled
 * tick has run (a checkpoint or DDL in between would lose it), and a failed append that leaves the tick before it good.
 */
export class Ticker {
  readonly #world: World
  readonly #journal: TickJournal
  #writes: QueuedWrite[] = []
  #batches: QueuedBatch[] = []
  #marks: QueuedMarks[] = []
  #draining = false
  #stopped = false
  #ended = false
  readonly #afterTick: () => void
  /** Journal bytes since the last checkpoint. */
  journaledBytes = 0

  constructor(world: World, journal: TickJournal, afterTick: () => void) {
    this.#world = world
    this.#journal = journal
    this.#afterTick = afterTick
  }

  /** A job whose `signal` is aborted before its turn comes is not done. */
  write(job: WriteJob, signal?: AbortSignal): Promise<WriteResult> {
    if (this.#ended) return Promise.reject(serverEnds())
    return new Promise((resolve, reject) => {
      const write: QueuedWrite = { job, resolve, reject }
      signal?.addEventListener('abort', () => this.#forget(write, signal), { once: true })
      this.#writes.push(write)
      if (signal?.aborted) this.#forget(write, signal)
      else this.#kick()
    })
  }
  #forget(write: QueuedWrite, signal: AbortSignal): void {
    const at = this.#writes.indexOf(write)
    if (at < 0) return
    this.#writes.splice(at, 1)
    write.reject(cancelReason(signal))
  }

  /** Something is learned beside rows and records, or nothing but now() moves on; resolves when durable and visible. */
  mark(marks: readonly TickMark[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#marks.push({ marks, resolve, reject })
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

  /** Where each partition of a source goes on behind what waits for its tick. */
  awaited(object: number): ReadonlyMap<number, number> {
    const next = new Map<number, number>()
    for (const { object: of, batch } of this.#batches) if (of === object) next.set(batch.partition, batch.next)
    return next
  }

  stop(): void {
    this.#stopped = true
    this.#ended = true
    for (const { reject } of [...this.#writes, ...this.#marks]) reject(serverEnds())
    this.#writes = []
    this.#marks = []
    this.#batches = []
  }

  /** In safe mode nothing ticks. */
  pause(): void {
    this.#stopped = true
  }
  resume(): void {
    this.#stopped = false
    this.#kick()
  }

  /** Runs a tick without input of its own: rows that were let through between ticks. */
  async settle(): Promise<void> {
    await this.change([])
  }

  /** A tick of these changes alone; by who holds the lane. */
  async change(changes: readonly TableDelta[]): Promise<void> {
    const slices = new Slices(this.#world.runtime)
    checkStageable(this.#world, changes)
    try {
      await this.#stage(changes, slices)
      await this.#run(changes, [], [], slices)
    } catch (error) {
      this.#fail(error)
      throw resolutionUnknown()
    }
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
      while (!this.#stopped && this.#hasWork()) {
        await exclusive.run(() => this.#tick())
        await runtime.yieldToIo()
      }
      this.#draining = false
    } catch (error) {
      this.#fail(error)
    }
  }
  /**
   * Final: the journal could not be written, or a tick broke an invariant. Nothing is acknowledged any more, and what is
   * staged and not journaled goes with the process.
   */
  #fail(error: unknown): void {
    this.#world.fail(error)
    this.stop()
  }

  #hasWork(): boolean {
    if (this.#writes.length > 0 || this.#marks.length > 0) return true
    return this.#batches.length > 0 && !this.#holdsSources()
  }

  async #tick(): Promise<void> {
    const slices = new Slices(this.#world.runtime)
    const done: { readonly write: QueuedWrite; readonly result: Omit<WriteResult, 'tick'> }[] = []
    const deltas: TableDelta[] = []
    let marked: QueuedMarks[] = []
    let batches: QueuedBatch[] = []
    try {
      let rows = 0
      while (this.#writes.length > 0 && done.length < TICK_WRITES_MAX && rows < TICK_WRITE_ROWS_MAX) {
        const write = this.#writes[0]!
        if (write.job.readsOthers && deltas.length > 0) break
        this.#writes.shift()
        const evaluated = await this.#evaluate(write, deltas.length === 0)
        if (evaluated === null) continue
        done.push({ write, result: evaluated.result })
        await this.#stage(evaluated.changes, slices)
        for (const delta of evaluated.changes) {
          deltas.push(delta)
          rows += delta.batch.n
        }
      }
      batches = this.#holdsSources() ? [] : this.#takeBatches()
      marked = this.#marks.splice(0)
      const marks = marked.flatMap((m) => m.marks)
      const sources = batches.map(({ object, batch }) => sourceDelta(object, batch))
      if (deltas.length > 0 || sources.length > 0 || marked.length > 0) await this.#run(deltas, sources, marks, slices)
    } catch (error) {
      // Whether the tick is durable is not known: neither success nor failure may be told.
      for (const { reject } of [...done.map(({ write }) => write), ...marked]) reject(resolutionUnknown())
      throw error
    }
    for (const { write, result } of done) write.resolve({ ...result, tick: this.#world.tick })
    for (const { resolve } of [...batches, ...marked]) resolve()
  }

  /** What a statement is going to change; null: it failed, and changes nothing. `first`: nothing is staged yet. */
  async #evaluate({ job, reject }: QueuedWrite, first: boolean): Promise<Evaluated | null> {
    try {
      const evaluate = () => job.evaluate()
      const evaluated = await (first ? this.#world.exclusive.unchanging(evaluate) : evaluate())
      checkStageable(this.#world, evaluated.changes)
      return evaluated
    } catch (error) {
      reject(error)
      return null
    }
  }

  /** After `checkStageable`. What fails here all the same leaves a part behind: the tick, and the process, end with it. */
  async #stage(changes: readonly TableDelta[], slices: Slices): Promise<void> {
    for (const { object, batch } of changes) {
      this.#world.tables.get(object)!.stageBatch(batch)
      if (slices.due) await slices.next()
    }
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

  async #run(
    tables: readonly TableDelta[],
    sources: readonly SourceDelta[],
    marks: readonly TickMark[],
    slices: Slices,
  ): Promise<void> {
    const world = this.#world
    const { timestampMs, nowMicros } = world.clock.next()
    const reservedMs = timestampMs + RESERVE_AHEAD_MS
    const deltas = expire(world, tables, nowMicros)
    const record: TickRecord = {
      tick: world.tick + 1,
      timestampMs,
      nowMicros,
      reservedMs,
      tables: deltas,
      sources,
      marks,
    }
    const chunks = await slices.run(encodeTick(record))
    for (const chunk of chunks) this.journaledBytes += chunk.length
    const appended = this.#journal.append(record.tick, chunks)
    world.reach('journal')
    await appended
    await runTick(world, record, slices)
    this.#afterTick()
  }
}

const resolutionUnknown = () => new SqlError('08007', 'transaction resolution unknown: the journal failed')

function sourceDelta(object: number, batch: SourceBatch): SourceDelta {
  const { partition, first, next, rows, deletes, deadLetters } = batch
  return { object, partition, first, next, rows, deletes, deadLetters }
}

/**
 * Runs a journaled tick and publishes it. Table changes are staged in their tables already; recovery stages them first.
 * Inside the exclusive lane; the tick's number and its log entries appear at its end, all at once.
 */
export async function runTick(world: World, record: TickRecord, slices: Slices): Promise<void> {
  const { timestampMs, nowMicros, tick } = record
  world.underWay = true
  for (const mark of record.marks ?? [])
    if (mark.kind === 'setAside') world.views.get(mark.object)?.output.setErrorsAside()
  for (const object of new Set(record.tables.map((delta) => delta.object))) world.tables.get(object)?.flush(tick)
  for (const delta of record.sources) world.sources.get(delta.object)?.apply(delta, tick, nowMicros)
  const moved = moveWatermarks(world, record)
  await slices.run(world.circuit.pieces({ ...world.tickContext(timestampMs, nowMicros), tick }))
  releaseState(world, nowMicros, moved)
  const publications = await prepare(world, record, slices)
  world.tick = tick
  world.clock.runs(timestampMs, nowMicros)
  world.clock.reserved(record.reservedMs)
  world.underWay = false
  for (const publish of publications) publish()
  notify(world)
}

/** What the tick adds to the delta logs. Where somebody follows it is sorted now, for all of them. */
async function prepare(world: World, record: TickRecord, slices: Slices): Promise<(() => void)[]> {
  const { timestampMs, tick } = record
  const publications: (() => void)[] = []
  const append = async (log: DeltaLog, types: readonly SqlType[], rows: readonly Batch[]) => {
    const settled = log.listeners > 0
    const batches = settled ? await slices.run(sorting(types, rows)) : rows
    if (batches.length > 0) publications.push(() => log.append(tick, timestampMs, batches, settled))
  }
  const byTable = new Map<number, Batch[]>()
  for (const { object, batch } of record.tables) {
    const batches = byTable.get(object)
    if (batches === undefined) byTable.set(object, [batch])
    else batches.push(batch)
  }
  for (const [object, batches] of byTable) {
    const table = world.tables.get(object)
    if (table === undefined) continue
    const log = world.logOf(object)!
    await append(log, table.types, log.listeners > 0 ? await slices.run(consolidation(batches)) : batches)
  }
  for (const view of world.views.values()) {
    const { rows, errors } = view.output.takeChanges()
    if (rows.length === 0 && errors.length === 0) continue
    publications.push(() => {
      view.runs++
      view.changedTick = tick
    })
    if (view.live && !view.dropped) await append(view.log, view.output.output.types, rows)
  }
  return publications
}

/** Wakes subscribers: something changed, or time passed. */
export function notify(world: World): void {
  for (const view of world.views.values()) if (view.log.listeners > 0) view.log.notify()
  for (const log of world.tableLogs.values()) if (log.listeners > 0) log.notify()
}
