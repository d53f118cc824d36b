import type { Pieces } from '../base/slices.ts'
import type { StateStructure } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Operator, TickContext } from './contract.ts'
import { type Consumer, Fanout, type Pipe } from './edge.ts'

export interface Scheduler {
  schedule(operator: OperatorBase): void
  remove(operators: Iterable<OperatorBase>): void
}

/** What names an operator: its number in the plan, its kind, its place in the SQL text. */
export interface OperatorIdentity {
  readonly id: number
  readonly position: number
}

const ONE_SHARD = { index: 0, of: 1 } as const

/** What all operators share: identity, rank in the circuit, being woken by pending input. */
export abstract class OperatorBase implements Operator, Consumer {
  readonly id: number
  readonly position: number
  abstract readonly name: string
  readonly inputs: readonly Pipe[]
  readonly output: Fanout
  readonly shard = ONE_SHARD
  /** Greater than the rank of every producer: the order within a tick. */
  rank = 0
  /** Time of the processor that its runs took, where the circuit has a clock; ms. */
  spentMs = 0
  /** Waiting in its scheduler's queue. */
  dirty = false
  private scheduler: Scheduler | null = null

  constructor(identity: OperatorIdentity, inputs: readonly Pipe[], types: readonly SqlType[]) {
    this.id = identity.id
    this.position = identity.position
    this.inputs = inputs
    this.output = new Fanout(types)
    for (const pipe of inputs) pipe.ownedBy(this)
  }

  abstract step(tick: TickContext): void

  /**
   * The same step in pieces of about a batch, for ticks that change much. What it emits is the same: consumers run only
   * when it is through. Operators whose step is short, or whose cost does not lie in loops over batches, have one piece.
   */
  *pieces(tick: TickContext): Pieces {
    this.step(tick)
    yield
  }

  state(): readonly StateStructure[] {
    return []
  }
  bytes(): number {
    let sum = 0
    for (const structure of this.state()) sum += structure.bytes()
    return sum
  }
  /** May emit because time passed: `frontier` says when. */
  get timeDriven(): boolean {
    return false
  }
  frontier(): number {
    return Number.POSITIVE_INFINITY
  }
  watermark(): number | null {
    return null
  }
  /** No operator here keeps state that event time closes. */
  release(_bound: number): void {}

  wake(): void {
    if (this.dirty || this.scheduler === null) return
    this.dirty = true
    this.scheduler.schedule(this)
  }
  runAfter(rank: number): void {
    if (rank < this.rank) return
    this.rank = rank + 1
    this.output.moveTo(this.rank)
  }
  /** Must run once even without input (it emits its rows over no input). */
  get startsBusy(): boolean {
    return false
  }
  /** A change costs more than what it changes: whole partitions or groups. One-shot runs feed it all at once. */
  get costsWhole(): boolean {
    return false
  }
  /** It may emit far more than it takes in: what it emitted goes on before it is through. */
  get handsOnParts(): boolean {
    return false
  }
  /** Where a tick ends means nothing to it: it may run several times in one, each time with a part of its input. */
  get runsInParts(): boolean {
    return false
  }
  enter(scheduler: Scheduler): void {
    this.scheduler = scheduler
    if (this.startsBusy || this.inputs.some((pipe) => pipe.pending)) this.wake()
  }
  leave(): void {
    this.scheduler = null
    this.dirty = false
  }
  /** Where it runs at present. */
  get circuit(): Scheduler | null {
    return this.scheduler
  }
  /** Most operators: errors of the inputs go on as they are. */
  protected forwardErrors(errors: readonly Batch[]): void {
    for (const batch of errors) this.output.pushErrors(batch)
  }
}
