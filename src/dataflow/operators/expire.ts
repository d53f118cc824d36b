import { drain, type Pieces } from '../../base/slices.ts'
import type { StateFactory, StateStructure } from '../../state/contract.ts'
import { concatBatches } from '../../types/batch-build.ts'
import type { TickContext } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { ExpiringRows } from '../expiring-rows.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

export interface ExpireSpec extends OperatorIdentity {
  readonly stateId: string
  readonly ttlMicros: number
}

/**
 * expire: rows leave by the clock, a time to live after they last came (`ExpiringRows`).
 * State: the rows that are alive, twice. Cost per changed row, and per row that leaves: O(log n). Retraction: of a row
 * that is alive it goes on; of one that has left it is nothing.
 */
export class ExpireOperator extends OperatorBase {
  readonly name = 'expire'
  private readonly rows: ExpiringRows

  constructor(spec: ExpireSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], input.types)
    this.rows = new ExpiringRows({ id: spec.stateId, types: input.types, ttlMicros: spec.ttlMicros }, states)
  }

  override get timeDriven(): boolean {
    return true
  }
  override frontier(): number {
    return this.rows.first
  }
  override state(): readonly StateStructure[] {
    return this.rows.state()
  }
  override bytes(): number {
    return this.rows.bytes()
  }

  step(tick: TickContext): void {
    drain(this.pieces(tick))
  }

  override *pieces(tick: TickContext): Pieces {
    const delta = this.inputs[0].take()
    const { nowMicros } = tick
    if (delta.rows.length > 0) {
      const changes = this.rows.change(concatBatches(delta.rows), nowMicros)
      if (changes.n > 0) this.output.pushRows(changes)
      yield
    }
    for (let due = this.rows.takeDue(nowMicros); due !== null; due = this.rows.takeDue(nowMicros)) {
      this.output.pushRows(due)
      yield
    }
    this.forwardErrors(delta.errors)
  }
}
