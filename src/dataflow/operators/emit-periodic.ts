import { drain, type Pieces } from '../../base/slices.ts'
import type { Arrangement, StateFactory, StateStructure } from '../../state/contract.ts'
import type { F64Column } from '../../types/column.ts'
import { FLOAT8 } from '../../types/sql-type.ts'
import type { TickContext } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { firstColumns } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

export interface EmitPeriodicSpec extends OperatorIdentity {
  readonly stateId: string
  readonly everyMicros: number
}

/**
 * emitPeriodic: holds changes back until now() reaches the next multiple of a period (counted from 1970, UTC), then lets
 * out what they come to. Errors do not wait.
 * State: the consolidated changes of one period, with the moment at which they leave. Cost per changed row: O(1), and
 * once more when it leaves. Retraction: of a row that waits it cancels out here.
 */
export class EmitPeriodicOperator extends OperatorBase {
  readonly name = 'emitPeriodic'
  private readonly everyMicros: number
  /** The input's columns, then the moment: one for all rows. */
  private readonly waiting: Arrangement
  private readonly width: number
  private due = Number.POSITIVE_INFINITY
  /** The moment of the rows that the state was loaded with is known. */
  private loaded = false

  constructor(spec: EmitPeriodicSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], input.types)
    this.everyMicros = spec.everyMicros
    this.width = input.types.length
    const types = [...input.types, FLOAT8]
    this.waiting = states.arrangement({ id: `${spec.stateId}/waiting`, types, key: firstColumns(types.length) })
  }

  override get timeDriven(): boolean {
    return true
  }
  override frontier(): number {
    this.load()
    return this.due
  }
  /** What waits leaves in the next tick, wherever the clock stands. */
  hurry(): void {
    this.load()
    if (this.due !== Number.POSITIVE_INFINITY) this.due = Number.NEGATIVE_INFINITY
  }
  override state(): readonly StateStructure[] {
    return [this.waiting]
  }

  step(tick: TickContext): void {
    drain(this.pieces(tick))
  }

  override *pieces(tick: TickContext): Pieces {
    this.load()
    // What waited leaves before what comes now is held back.
    if (this.due <= tick.nowMicros) yield* this.let()
    const delta = this.inputs[0].take()
    if (delta.rows.length > 0) {
      this.due = (Math.floor(tick.nowMicros / this.everyMicros) + 1) * this.everyMicros
      for (const batch of delta.rows) {
        const data = new Float64Array(batch.n).fill(this.due)
        this.waiting.apply({ ...batch, cols: [...batch.cols, { kind: 'f64', data, nulls: null }] })
        yield
      }
      if (this.waiting.rows === 0) this.due = Number.POSITIVE_INFINITY
    }
    this.forwardErrors(delta.errors)
  }

  private *let(): Pieces {
    for (const batch of this.waiting.scan()) {
      this.output.pushRows({ ...batch, cols: batch.cols.slice(0, this.width) })
      yield
    }
    this.waiting.clear()
    this.due = Number.POSITIVE_INFINITY
  }

  private load(): void {
    if (this.loaded) return
    this.loaded = true
    for (const batch of this.waiting.scan()) {
      this.due = (batch.cols[this.width] as F64Column).data[0]
      return
    }
  }
}
