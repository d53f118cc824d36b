import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import { type Catalog, FIRST_USER_ID } from '../catalog/catalog.ts'
import type { CatalogEntry, ConnectorSpec } from '../catalog/entry.ts'
import type { SourceConnector } from '../connectors/contract.ts'
import type { CompleteSource } from '../connectors/infer.ts'
import { Circuit } from '../dataflow/circuit.ts'
import type { TickContext } from '../dataflow/contract.ts'
import type { Fanout } from '../dataflow/edge.ts'
import { SharedArrangements } from '../render/sharing.ts'
import { DeltaLog } from '../serve/delta-log.ts'
import type { Rule } from '../sql/optimise/rule.ts'
import type { StateFactory } from '../state/contract.ts'
import type { RowType } from '../types/sql-type.ts'
import { UserTypes } from '../types/user-types.ts'
import type { EngineClock } from './clock.ts'
import { Exclusive } from './exclusive.ts'
import { LockTable } from './locks.ts'
import type { Sequences } from './sequences.ts'
import type { SourceRuntime } from './source.ts'
import type { TableRuntime } from './table.ts'
import type { ViewRuntime } from './view.ts'
import { currentWatermarks, type Watermarks } from './watermarks.ts'

/**
 * What the engine's verbs share: the catalog, the running objects by id, the circuit, the clock, the newest tick. It
 * holds no behaviour beyond looking things up; each verb is a file of its own.
 */
export class World {
  readonly runtime: Runtime
  readonly log: Log
  readonly clock: EngineClock
  readonly states: StateFactory
  readonly sequences: Sequences
  readonly circuit = new Circuit()
  readonly exclusive = new Exclusive()
  /** The user's types, as whatever runs knows them. */
  readonly types: UserTypes
  readonly locks: LockTable
  /** Tables that open transactions changed or locked rows of, each under a key of the transaction's own. */
  readonly uses: LockTable
  /** Arrangements of relations that several views join through. */
  readonly sharing = new SharedArrangements()
  readonly tables = new Map<number, TableRuntime>()
  /** Tables whose rows have a time to live. */
  readonly mortal = new Set<number>()
  readonly sources = new Map<number, SourceRuntime>()
  /** Materialized views by id, and hidden ones of ad-hoc subscriptions under negative ids. */
  readonly views = new Map<number, ViewRuntime>()
  /** Event time of the relations that have one. */
  readonly watermarks = new Map<number, Watermarks>()
  /** Delta logs of tables; views have their own. */
  readonly tableLogs = new Map<number, DeltaLog>()
  catalog: Catalog
  tick = 0
  /** A tick runs: relations hold a part of its changes. What is not in the exclusive lane must not look. */
  underWay = false
  /** What recovery had to do, for `millrace.storage` and tests. */
  readonly ran = { replayedTicks: 0 }
  /** Called at moments where a crash is most awkward: tests kill the process there. */
  reach: (moment: CrashMoment) => void = () => {}
  /** Ends the process, in a server. */
  onFailure: (error: Error) => void = () => {}
  /** The planner's rules, where they are not this build's: tests. */
  rules: readonly Rule[] | undefined
  /** Told of each view that is rendered: tests put faults in. */
  built: (view: ViewRuntime) => void = () => {}
  /** The journal's next tick cannot be run: reads only, as of the one before (safe-mode.ts). */
  safeMode: TickFailure | null = null
  /** Set once by a storage failure: nothing is served any more. */
  failed: Error | null = null

  constructor(deps: {
    readonly runtime: Runtime
    readonly log: Log
    readonly clock: EngineClock
    readonly states: StateFactory
    readonly sequences: Sequences
    readonly catalog: Catalog
    readonly types?: UserTypes
  }) {
    this.runtime = deps.runtime
    this.locks = new LockTable(deps.runtime)
    this.uses = new LockTable(deps.runtime)
    this.log = deps.log
    this.clock = deps.clock
    this.states = deps.states
    this.sequences = deps.sequences
    this.types = deps.types ?? new UserTypes()
    this.catalog = deps.catalog
    this.circuit.clock = () => deps.runtime.monotonicMs()
  }

  /** Schemas and system relations that every database has. */
  isBuiltIn(entry: CatalogEntry): boolean {
    return entry.id < FIRST_USER_ID
  }

  /** A storage error is final: nothing may be acknowledged any more. */
  fail(error: unknown): void {
    if (this.failed !== null) return
    this.failed = error instanceof Error ? error : new Error(String(error))
    this.log.error('the engine stops', { error: this.failed.message, stack: this.failed.stack })
    this.onFailure(this.failed)
  }

  /** The edge on which an object's changes leave. */
  edgeOf(object: number): Fanout | undefined {
    return (this.tables.get(object)?.input ?? this.sources.get(object)?.input ?? this.views.get(object)?.output)?.output
  }

  logOf(object: number): DeltaLog | undefined {
    const view = this.views.get(object)
    if (view !== undefined) return view.log
    const table = this.tables.get(object)
    if (table === undefined) return undefined
    let log = this.tableLogs.get(object)
    if (log === undefined) {
      log = new DeltaLog(table.types, this.clock.lastMs)
      this.tableLogs.set(object, log)
    }
    return log
  }

  /** What operators see of the newest tick. */
  tickContext(timestampMs = this.clock.lastMs, nowMicros = this.clock.lastNowMicros): TickContext {
    const watermarks = currentWatermarks(this.watermarks, nowMicros)
    return { tick: this.tick, timestampMs, nowMicros, watermarks, recursionRoundsMax: RECURSION_ROUNDS_MAX }
  }
}

/** A journaled tick that does not run, and where. */
export interface TickFailure {
  readonly tick: number
  /** The view whose operator failed; null when it is nobody's own. */
  readonly object: number | null
  readonly view: string | null
  readonly operator: string | null
  readonly error: string
}

/** Rounds of a recursive query within one tick; beyond it the rows concerned are errors (54001). */
export const RECURSION_ROUNDS_MAX = 10_000

/** Work is under way and not yet durable: a record of the journal, a checkpoint, a compaction, a hydrating view. */
export type CrashMoment = 'journal' | 'checkpoint' | 'compaction' | 'hydration'

/** Makes the connector of a source; from connectors/, or a fake one in tests. */
export interface ConnectorFactory {
  (spec: ConnectorSpec, rowType: RowType): SourceConnector
  /** Asks a schema registry for what a statement left open. Absent: there is none to ask. */
  readonly complete?: CompleteSource
}
