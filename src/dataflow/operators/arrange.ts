import { drain, type Pieces } from '../../base/slices.ts'
import type { Arrangement, StateStructure } from '../../state/contract.ts'
import type { Pipe } from '../edge.ts'
import { type Present, partPresent } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * arrange: keeps its input under a key for the joins behind it, which may be many and of several views; passes each
 * delta on after applying it, so that consumers see the arrangement with the tick's delta inside.
 * State: the input by key, without rows that no join can meet, for a NULL. Cost per changed row: O(1). Retraction: counts.
 */
export class ArrangeOperator extends OperatorBase {
  readonly name = 'arrange'
  readonly arrangement: Arrangement
  /** Rows that can be met; null: all are kept. */
  private readonly present: Present | null

  constructor(identity: OperatorIdentity, input: Pipe, arrangement: Arrangement, present: Present | null = null) {
    super(identity, [input], input.types)
    this.arrangement = arrangement
    this.present = present
  }
  override get runsInParts(): boolean {
    return true
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    const delta = this.inputs[0].take()
    for (const batch of delta.rows) {
      this.arrangement.apply(this.present === null ? batch : partPresent(batch, this.present).present)
      yield
    }
    for (const batch of delta.rows) this.output.pushRows(batch)
    this.forwardErrors(delta.errors)
  }
  override state(): readonly StateStructure[] {
    return [this.arrangement]
  }
}
