import { drain, type Pieces } from '../../base/slices.ts'
import type { Batch } from '../../types/batch.ts'
import { TIMESTAMPTZ } from '../../types/sql-type.ts'
import type { TickContext } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * arrival: each row with now() of the tick in which it comes, as last column. A view that begins stamps the rows that it
 * finds with the tick at which it reads them.
 * State: none, that is why no row may be taken back in a later tick: nobody would know its time (the planner refuses it).
 * Within a tick all have one time, and what comes and goes in it cancels out behind. Cost per row: O(1). A replay gives
 * the same times, since now() is journaled with the tick.
 */
export class ArrivalOperator extends OperatorBase {
  readonly name = 'arrival'
  /** Equal times, as many as were ever needed at once; `nowMicros` is what they hold. */
  private times = new Float64Array(64)
  private nowMicros = 0

  constructor(identity: OperatorIdentity, input: Pipe) {
    super(identity, [input], [...input.types, TIMESTAMPTZ])
  }

  override get runsInParts(): boolean {
    return true
  }

  step(tick: TickContext): void {
    drain(this.pieces(tick))
  }

  override *pieces(tick: TickContext): Pieces {
    const delta = this.inputs[0].take()
    for (const batch of delta.rows) {
      this.stamp(batch, tick.nowMicros)
      yield
    }
    this.forwardErrors(delta.errors)
  }

  private stamp(batch: Batch, nowMicros: number): void {
    // Batches are immutable and read in later ticks too: times of another now() are other arrays.
    if (this.times.length < batch.n || this.nowMicros !== nowMicros) {
      this.times = new Float64Array(Math.max(64, batch.n)).fill(nowMicros)
      this.nowMicros = nowMicros
    }
    const data = this.times.length === batch.n ? this.times : this.times.subarray(0, batch.n)
    this.output.pushRows({ ...batch, cols: [...batch.cols, { kind: 'f64', data, nulls: null }] })
  }
}
