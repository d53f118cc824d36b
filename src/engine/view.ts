import { cancelReason } from '../base/canceled.ts'
import type { SqlError } from '../base/sql-error.ts'
import type { MaterializedViewEntry } from '../catalog/entry.ts'
import { ERROR_TYPES } from '../dataflow/contract.ts'
import type { ErrorFilter } from '../dataflow/errors-handed-on.ts'
import { isInherited } from '../dataflow/inherited-errors.ts'
import type { Gate } from '../dataflow/operators/gate.ts'
import type { OutputNode } from '../dataflow/output.ts'
import { objectsOf } from '../plan/objects-of.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import { nodeKeys } from '../plan/sub-plans.ts'
import { feedInstead, type RenderedView } from '../render/render.ts'
import { DeltaLog } from '../serve/delta-log.ts'
import type { StateStructure } from '../state/contract.ts'
import { rowAt } from '../types/batch-build.ts'
import { compareValueRows } from '../types/compare.ts'
import type { Row } from '../types/value.ts'

/** How far a view is: it is read only when `ready`. */
export type ViewState =
  /** The snapshot of its inputs goes through. */
  | {
      readonly kind: 'hydrating'
      done: number
      readonly total: number | null
      readonly failed?: SqlError
      /** Where a restart goes on; none while a stored relation is under way, whose snapshot would be gone. */
      resume?: ResumePoint | null
    }
  /** Live, but a source has not yet delivered what it held when the view was made: partition → offset to reach. */
  | { readonly kind: 'catching up'; readonly targets: ReadonlyMap<number, ReadonlyMap<number, number>> }
  | { readonly kind: 'ready' }

/**
 * What a checkpoint must know of a view that hydrates: its streams that are not through yet, by object: partition → next
 * offset to be read. All other relations are through and live, their gates are open.
 */
export interface ResumePoint {
  readonly read: ReadonlyMap<number, ReadonlyMap<number, number>>
  /** Of the catching up that follows. */
  readonly targets: ReadonlyMap<number, ReadonlyMap<number, number>>
}

/** Between a view and one relation that it reads. */
export interface ViewGate {
  readonly object: number
  readonly gate: Gate
  /** The relation is a view whose result is read, with all its errors, not what it hands on. */
  readonly result: boolean
}

/** A materialized view (or the hidden view behind an ad-hoc subscription) in the circuit. */
export class ViewRuntime {
  readonly id: number
  /** What the view is. */
  plan: PhysicalPlan
  /** How it is run: `plan`, with parts of it read from results of other views that are equal to them. */
  running: PhysicalPlan
  /** The view whose rows are this view's rows, too. */
  readonly resultOf: number | null
  rendered: RenderedView
  readonly output: OutputNode
  /** The relations that it reads as it is run. */
  reads: readonly number[]
  /** Uses arrangements in common with other views; it has no gates. */
  shares: boolean
  /** One for each relation that the plan reads, and each result. */
  gates: readonly ViewGate[]
  readonly onError: 'poison' | 'divert'
  log: DeltaLog
  state: ViewState
  changedTick = 0
  /** Ticks in which it ran since this process started. */
  runs = 0
  /** Records that hydration read again from sources since this process started. */
  fetched = 0
  /** null: a subscription, the rows of a table that a source feeds, or `dropped`. */
  entry: MaterializedViewEntry | null
  /** Nobody can name it any more, but other views read its result. */
  dropped: boolean
  /** Where it began to read streams: source → partition → offset. What it holds of them depends on it. */
  readonly starts: Map<number, ReadonlyMap<number, number>>
  /** Of its dataflow: 0, and another number for each re-planning; part of the names of its operators' state. */
  generation: number
  /** A dataflow of a newer plan hydrates beside this one. */
  replanning = false
  /** What is closed is not freed: late rows are about to come. */
  keepsState: boolean
  /** It is to be dropped: what it hydrates with ends. */
  unwanted = false
  #resultKey: string | null = null
  readonly #waiters = new Set<() => void>()

  constructor(spec: {
    readonly id: number
    readonly entry: MaterializedViewEntry | null
    readonly plan: PhysicalPlan
    readonly running?: PhysicalPlan
    readonly resultOf?: number | null
    readonly starts?: ReadonlyMap<number, ReadonlyMap<number, number>>
    readonly rendered: RenderedView
    readonly gates: readonly ViewGate[]
    readonly onError: 'poison' | 'divert'
    readonly shares: boolean
    readonly state: ViewState
    readonly sinceMs: number
    readonly generation?: number
    readonly keepsState?: boolean
    readonly dropped?: boolean
  }) {
    this.dropped = spec.dropped ?? false
    this.keepsState = spec.keepsState ?? false
    this.generation = spec.generation ?? 0
    this.id = spec.id
    this.entry = spec.entry
    this.plan = spec.plan
    this.rendered = spec.rendered
    this.output = spec.rendered.output
    this.gates = spec.gates
    this.running = spec.running ?? spec.plan
    this.resultOf = spec.resultOf ?? null
    this.starts = new Map(spec.starts)
    this.reads = objectsOf(this.running)
    this.shares = spec.shares
    this.onError = spec.onError
    this.state = spec.state
    this.log = new DeltaLog(spec.rendered.output.output.types, spec.sinceMs)
  }

  /**
   * Runs by the plan and the operators of another one from now on, which holds the same rows; between ticks. The output
   * stays, and with it whoever reads or follows the view. Gives the gates of before, which nobody needs any more.
   */
  takeOver(next: ViewRuntime): ViewRuntime['gates'] {
    const { gates } = this
    this.plan = next.plan
    this.running = next.running
    this.reads = next.reads
    this.shares = next.shares
    this.gates = next.gates
    this.generation = next.generation
    this.rendered = feedInstead(this.rendered, next.rendered)
    this.#resultKey = null
    return gates
  }

  get ready(): boolean {
    return this.state.kind === 'ready'
  }
  /** Equal for views of equal plans. */
  get resultKey(): string {
    this.#resultKey ??= nodeKeys(this.plan.nodes)[this.plan.root]!
    return this.#resultKey
  }
  get live(): boolean {
    return this.state.kind !== 'hydrating'
  }
  structures(): StateStructure[] {
    return this.rendered.operators.flatMap((operator) => operator.state())
  }
  bytes(): number {
    return this.rendered.operators.reduce((sum, operator) => sum + operator.bytes(), 0)
  }

  /** Time that its own operators took since this process started; shared arrangements have their own account. */
  cpuMs(): number {
    const sum = this.rendered.operators.reduce((ms, operator) => ms + operator.spentMs, 0)
    return this.gates.reduce((ms, { gate }) => ms + gate.spentMs, sum)
  }

  /** Why hydration ended without success. */
  get failure(): SqlError | null {
    return this.state.kind === 'hydrating' ? (this.state.failed ?? null) : null
  }
  setState(state: ViewState): void {
    this.state = state
    if (state.kind === 'ready' || this.failure !== null) for (const wake of [...this.#waiters]) wake()
  }

  /** The view was dropped: who waits for it looks again, and finds it gone. */
  abandon(): void {
    for (const wake of [...this.#waiters]) wake()
  }

  /** Resolves once the view is ready; rejects with 57014 when the call is cancelled. */
  whenReady(signal: AbortSignal): Promise<void> {
    if (this.ready) return Promise.resolve()
    if (this.failure !== null) return Promise.reject(this.failure)
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#waiters.delete(done)
        signal.removeEventListener('abort', cancel)
        if (this.failure !== null) reject(this.failure)
        else resolve()
      }
      const cancel = () => {
        this.#waiters.delete(done)
        reject(cancelReason(signal))
      }
      this.#waiters.add(done)
      signal.addEventListener('abort', cancel, { once: true })
      if (signal.aborted) cancel()
    })
  }

  /** The first error row in canonical order that poisons reads, or null. */
  poison(): Row | null {
    if (this.onError === 'divert' || this.output.errors.rows === 0) return null
    return firstError(this.output, this.output.handedOn.now())
  }

  /** The first error of its own, and not of single rows, that readers get: recursion without an end and the like. */
  beyondLimits(): Row | null {
    if (this.poison() === null) return null
    const own = ([sqlstate, , operator]: Row) =>
      (sqlstate as string).startsWith(LIMIT_EXCEEDED) && !isInherited(operator as string)
    return firstError(this.output, this.output.handedOn.now(), own)
  }
}

/** The class of SQLSTATEs of what is too much. */
const LIMIT_EXCEEDED = '54'

/** Canonical order = the row order of the error columns. */
function firstError(output: OutputNode, handedOn: ErrorFilter, counts: (row: Row) => boolean = () => true): Row | null {
  let first: Row | null = null
  for (const all of output.errors.scan()) {
    const batch = handedOn(all)
    for (let i = 0; i < (batch?.n ?? 0); i++) {
      const row = rowAt(batch!, i, ERROR_TYPES)
      if (!counts(row)) continue
      if (first === null || compareValueRows(ERROR_TYPES, row, first) < 0) first = row
    }
  }
  return first
}
