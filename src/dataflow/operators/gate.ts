import type { Batch } from '../../types/batch.ts'
import type { Delta } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * Between a relation and a view that reads it: while the view hydrates it keeps what arrives live until the snapshot has
 * gone through, so that the view joins the live feed at one tick, without gap or double.
 * State: none that is durable (a view that was not hydrated at a crash hydrates anew). Cost per changed row: O(1).
 */
export class Gate extends OperatorBase {
  readonly name = 'gate'
  readonly #input: Pipe
  #open = false
  #backlog: Delta[] = []
  #backlogRows = 0

  constructor(identity: OperatorIdentity, input: Pipe) {
    super(identity, [input], input.types)
    this.#input = input
  }

  get isOpen(): boolean {
    return this.#open
  }
  /** Rows kept back. */
  get backlogRows(): number {
    return this.#backlogRows
  }

  step(): void {
    const delta = this.#input.take()
    if (this.#open) this.#forward(delta)
    else {
      this.#backlog.push(delta)
      for (const batch of delta.rows) this.#backlogRows += batch.n
    }
  }

  /** Rows of the snapshot, before the gate opens. */
  feedRows(batch: Batch): void {
    this.output.pushRows(batch)
  }
  feedErrors(batch: Batch): void {
    this.output.pushErrors(batch)
  }

  /** Forgets what was kept back: it is part of a newer snapshot. */
  dropBacklog(): void {
    this.#backlog = []
    this.#backlogRows = 0
  }

  /** Lets through what was kept back, and everything from now on. Between ticks; the next tick carries it on. */
  open(): void {
    this.#open = true
    const backlog = this.#backlog
    this.dropBacklog()
    for (const delta of backlog) this.#forward(delta)
  }

  #forward(delta: Delta): void {
    for (const batch of delta.rows) this.output.pushRows(batch)
    this.forwardErrors(delta.errors)
  }
}
