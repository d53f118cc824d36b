import type { Arrangement, StateStructure } from '../../state/contract.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import type { Iterations } from '../operators/join.ts'
import { withIteration } from './history.ts'

/**
 * arrange inside a nested scope: rows carry the iteration of their change as last column of the arrangement.
 * State: the input's changes by key and iteration. Cost per changed row: O(1). Retraction: counts.
 */
export class ScopedArrangeOperator extends OperatorBase {
  readonly name = 'arrange'
  readonly arrangement: Arrangement
  private readonly iterations: Iterations

  constructor(identity: OperatorIdentity, input: Pipe, arrangement: Arrangement, iterations: Iterations) {
    super(identity, [input], input.types)
    this.arrangement = arrangement
    this.iterations = iterations
  }
  step(): void {
    const delta = this.inputs[0].take()
    for (const batch of delta.rows) this.arrangement.apply(withIteration(batch, this.iterations.current))
    for (const batch of delta.rows) this.output.pushRows(batch)
    this.forwardErrors(delta.errors)
  }
  override state(): readonly StateStructure[] {
    return [this.arrangement]
  }
}
