import { negateBatch } from '../../types/batch-build.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * negate: every diff with the other sign; errors keep theirs. State: none. Cost per changed row: one diff.
 * Retraction: linear.
 */
export class NegateOperator extends OperatorBase {
  readonly name = 'negate'

  constructor(identity: OperatorIdentity, input: Pipe) {
    super(identity, [input], input.types)
  }
  override get runsInParts(): boolean {
    return true
  }

  step(): void {
    const delta = this.inputs[0].take()
    for (const batch of delta.rows) this.output.pushRows(negateBatch(batch))
    this.forwardErrors(delta.errors)
  }
}
