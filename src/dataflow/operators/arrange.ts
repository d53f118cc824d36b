import { drain, type Pieces } from '../../base/slices.ts'
import type { Arrangement, StateStructure } from '../../state/contract.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * arrange: keeps its input under a key for the joins behind it, which may be many and of several views; passes each
 * delta on after applying it, so that consumers see the arrangement with the tick's delta inside.
 * State: the input by key. Cost per changed row: O(1). Retraction: counts.
 */
export class ArrangeOperator extends OperatorBase {
  readonly name = 'arrange'
  readonly arrangement: Arrangement

  constructor(identity: OperatorIdentity, input: Pipe, arrangement: Arrangement) {
    super(identity, [input], input.types)
    this.arrangement = arrangement
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
      this.arrangement.apply(batch)
      yield
    }
    for (const batch of delta.rows) this.output.pushRows(batch)
    this.forwardErrors(delta.errors)
  }
  override state(): readonly StateStructure[] {
    return [this.arrangement]
  }
}
