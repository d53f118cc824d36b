import type { SqlType } from '../../types/sql-type.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * union all: counts add up. State: none. Cost per changed row: none, batches pass through. Retraction: linear.
 */
export class UnionOperator extends OperatorBase {
  readonly name = 'union'

  constructor(identity: OperatorIdentity, inputs: readonly Pipe[], types: readonly SqlType[]) {
    super(identity, inputs, types)
  }
  override get runsInParts(): boolean {
    return true
  }

  step(): void {
    for (const input of this.inputs) {
      const delta = input.take()
      for (const batch of delta.rows) this.output.pushRows(batch)
      this.forwardErrors(delta.errors)
    }
  }
}
