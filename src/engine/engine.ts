import { SqlError } from '../base/sql-error.ts'
import type { CatalogSnapshot } from '../catalog/entry.ts'
import type { Measurement, RunningState } from '../sql/explain-state.ts'
import type { RelationStatistics } from '../sql/optimise/rule.ts'
import type { Row } from '../types/value.ts'
import type {
  CallContext,
  ClockMode,
  DdlStatement,
  Engine,
  EventTime,
  ReadRequest,
  ReadResult,
  SubscribeRequest,
  Subscription,
  Transaction,
  WriteResult,
  WriteStatement,
} from './api.ts'
import { setClock } from './clock.ts'
import { executeDdl } from './ddl/ddl.ts'
import type { DdlDeps } from './ddl/deps.ts'
import type { Durability } from './durability.ts'
import type { Hydration } from './hydration.ts'
import type { Idleness } from './idleness.ts'
import type { IndexLookup } from './indexes.ts'
import { measure } from './measure.ts'
import { read } from './read.ts'
import { runningState, storedRows } from './running-state.ts'
import { refuseInSafeMode } from './safe-mode.ts'
import { sequenceOf, settleSequences } from './sequence-calls.ts'
import { statistics } from './statistics.ts'
import { subscribe } from './subscribe.ts'
import type { StorageFigures } from './system/relation.ts'
import type { SystemRelations } from './system/system-relations.ts'
import { notify, type Ticker } from './ticker.ts'
import type { TimeTicks } from './time-ticks.ts'
import { SnapshotTransaction } from './transaction/transaction.ts'
import type { ConnectorFactory, World } from './world.ts'
import { autocommit } from './write/autocommit.ts'

/** Subscribers hear of time at least this often; ms. */
const PROGRESS_MS = 500

/** The engine: hands each verb to its file. */
export class LiveEngine implements Engine {
  readonly world: World
  readonly #system: SystemRelations
  readonly #hydration: Hydration
  readonly #indexes: IndexLookup
  readonly #ticker: Ticker
  readonly #timeTicks: TimeTicks
  readonly #idleness: Idleness
  readonly #durability: Durability
  readonly #ddl: DdlDeps
  readonly #goOn: () => Promise<void>
  #cancelProgress = () => {}
  #stopped = false

  constructor(parts: {
    readonly world: World
    readonly system: SystemRelations
    readonly hydration: Hydration
    readonly indexes: IndexLookup
    readonly ticker: Ticker
    readonly timeTicks: TimeTicks
    readonly idleness: Idleness
    readonly durability: Durability
    readonly connectors: ConnectorFactory
    /** After a DROP: leaves safe mode when what failed is gone. */
    readonly goOn: () => Promise<void>
  }) {
    this.world = parts.world
    this.#system = parts.system
    this.#hydration = parts.hydration
    this.#indexes = parts.indexes
    this.#ticker = parts.ticker
    this.#timeTicks = parts.timeTicks
    this.#idleness = parts.idleness
    this.#durability = parts.durability
    this.#goOn = parts.goOn
    this.#ddl = { ...parts, checkpoint: () => this.#checkpoint() }
    this.#tellTime()
  }

  /** Nothing was ever made in this database. */
  get isFresh(): boolean {
    return this.world.catalog.version === 0
  }
  catalog(): CatalogSnapshot {
    return this.world.catalog
  }
  nowMicros(): number {
    return this.world.clock.nowMicros
  }
  clock(): ClockMode {
    return this.world.runtime.clock?.manual ? 'manual' : 'system'
  }
  setClock(mode: ClockMode): void {
    this.#check()
    setClock(this.world, mode)
    this.#timeTicks.schedule()
  }
  async advanceClock(toMs: number): Promise<void> {
    this.#check()
    refuseInSafeMode(this.world)
    this.world.runtime.clock!.advanceTo(toMs)
    await this.#timeTicks.catchUp()
    await this.#idleness.catchUp()
    // What was read at a time may not be followed by what was before it, after a restart neither: the reading is journaled.
    if (this.world.clock.lastNowMicros < toMs * 1000) await this.#ticker.mark([])
    this.#timeTicks.schedule()
    this.#idleness.schedule()
    await this.#progress()
  }
  async read(request: ReadRequest, call: CallContext): Promise<ReadResult> {
    this.#check()
    try {
      return await read(this.#deps, request, call)
    } finally {
      await settleSequences(this.world)
    }
  }
  async measure(request: ReadRequest, call: CallContext): Promise<Measurement> {
    this.#check()
    try {
      return await measure(this.#deps, request, call)
    } finally {
      await settleSequences(this.world)
    }
  }
  async subscribe(request: SubscribeRequest, call: CallContext): Promise<Subscription> {
    this.#check()
    refuseInSafeMode(this.world)
    await this.#timeTicks.catchUp()
    return subscribe(this.world, this.#hydration, request, call)
  }
  async write(statement: WriteStatement, call: CallContext, params: Row): Promise<WriteResult> {
    this.#check()
    refuseInSafeMode(this.world)
    try {
      return await autocommit(this.#deps, this.#ticker, statement, call, params)
    } finally {
      await settleSequences(this.world)
    }
  }
  begin(options: { readonly readOnly: boolean }): Transaction {
    return new SnapshotTransaction(this.#deps, this.#ticker, options.readOnly)
  }
  async ddl(statement: DdlStatement, call: CallContext): Promise<number | null> {
    this.#check()
    // Dropping what fails is the way out.
    if (statement.kind !== 'drop') refuseInSafeMode(this.world)
    const rows = await executeDdl(this.#ddl, statement, call)
    await this.#goOn()
    return rows
  }

  eventTime(object: number): EventTime | null {
    const watermarks = this.world.watermarks.get(object)
    return watermarks === undefined ? null : { type: watermarks.type, watermark: watermarks.current }
  }
  runningState(object: number): RunningState | null {
    return runningState(this.world, object)
  }
  storedRows(object: number): number | null {
    return storedRows(this.world, object)
  }
  statistics(object: number): RelationStatistics | null {
    return statistics(this.world, object)
  }
  async advanceWatermark(object: number, value: number): Promise<void> {
    this.#check()
    refuseInSafeMode(this.world)
    await this.#ticker.mark([{ kind: 'advance', object, value }])
  }

  storage(): StorageFigures {
    return this.#durability.figures()
  }

  /** Stops the sources, writes a last checkpoint, closes the store. */
  async close(): Promise<void> {
    await this.#stop()
    if (this.world.safeMode === null && this.world.failed === null)
      await this.world.sequences.close((id) => sequenceOf(this.world, id))
    if (this.world.safeMode === null) await this.#durability.close()
    else await this.#durability.abandon()
  }
  /** As a crash would end it. */
  async abandon(): Promise<void> {
    await this.#stop()
    await this.#durability.abandon()
  }

  /** Of a schema change, which is there already for whoever reads: when it cannot be made durable, all ends. */
  async #checkpoint(): Promise<void> {
    try {
      await this.#durability.checkpoint()
    } catch (error) {
      this.world.fail(error)
      this.#check()
    }
  }

  get #deps() {
    return {
      world: this.world,
      system: this.#system,
      hydration: this.#hydration,
      indexes: this.#indexes,
      timeTicks: this.#timeTicks,
    }
  }
  async #stop(): Promise<void> {
    this.#stopped = true
    this.#cancelProgress()
    this.#timeTicks.stop()
    this.#idleness.stop()
    this.#ticker.stop()
    for (const source of this.world.sources.values()) {
      await source.stop()
      await source.connector.close()
    }
  }
  #check(): void {
    if (this.world.failed !== null)
      throw new SqlError('58030', 'the server stopped after a storage error', { detail: this.world.failed.message })
  }

  /** Wakes idle subscribers: progress is told up to the durably reserved bound, which is moved on while anybody listens. */
  #tellTime(): void {
    if (this.#stopped) return
    const { world } = this
    this.#cancelProgress = world.runtime.setTimer(() => {
      void this.#progress().finally(() => this.#tellTime())
    }, PROGRESS_MS)
  }
  async #progress(): Promise<void> {
    const { world } = this
    const listening =
      [...world.views.values()].some((v) => v.log.listeners > 0) ||
      [...world.tableLogs.values()].some((l) => l.listeners > 0)
    if (!listening || this.#stopped || world.failed !== null || world.safeMode !== null) return
    try {
      await world.exclusive.run(async () => {
        const nowMs = world.runtime.nowMs()
        if (nowMs + PROGRESS_MS >= world.clock.reservedMs) await this.#durability.reserve(nowMs)
        notify(world)
      })
    } catch (error) {
      world.fail(error)
    }
  }
}
