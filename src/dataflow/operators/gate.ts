import type { Batch } from '../../types/batch.ts'
import type { Delta } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * Between a relation and a view that reads it: while the view hydrates it keeps what arrives live until the snapshot has
 * gone through, so that the view joins the live feed at one tick, without gap or double. Before there is a snapshot it
 * lets everything pass by: the snapshot will have it.
 * State: none that is durable (a snapshot that was not through at a crash is taken anew). Cost per changed row: O(1).
 */
export class Gate extends OperatorBase {
  readonly name = 'gate'
  readonly #input: Pipe
  #mode: 'shut' | 'keeping' | 'open' = 'shut'
  #backlog: Delta[] = []
  #backlogRows = 0

  constructor(identity: OperatorIdentity, input: Pipe) {
    super(identity, [input], input.types)
    this.#input = input
  }

  get isOpen(): boolean {
    return this.#mode === 'open'
  }
  /** Rows kept back. */
  get backlogRows(): number {
    return this.#backlogRows
  }

  step(): void {
    const delta = this.#input.take()
    if (this.#mode === 'open') this.#forward(delta)
    else if (this.#mode === 'keeping') {
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

  /** A snapshot is taken at this moment, between ticks: what comes from now on is not in it. */
  keep(): void {
    this.shut()
    this.#mode = 'keeping'
  }
  /** There will be no end of this snapshot: nothing is kept for it. */
  shut(): void {
    this.#mode = 'shut'
    this.#backlog = []
    this.#backlogRows = 0
  }

  /** Lets through what was kept back, and everything from now on. Between ticks; the next tick carries it on. */
  open(): void {
    const backlog = this.#backlog
    this.shut()
    this.#mode = 'open'
    for (const delta of backlog) this.#forward(delta)
  }

  #forward(delta: Delta): void {
    for (const batch of delta.rows) this.output.pushRows(batch)
    this.forwardErrors(delta.errors)
  }
}
