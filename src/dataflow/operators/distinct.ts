import type { StateFactory } from '../../state/contract.ts'
import type { Forms } from '../../types/forms.ts'
import type { Pipe } from '../edge.ts'
import type { OperatorIdentity } from '../operator.ts'
import { CountingOperator } from './counting.ts'

/** distinct: each row whose count is positive, once. State, cost and retraction: see CountingOperator. */
export class DistinctOperator extends CountingOperator {
  constructor(
    identity: OperatorIdentity & { readonly stateId: string; readonly forms?: Forms | undefined },
    input: Pipe,
    states: StateFactory,
  ) {
    super({ ...identity, name: 'distinct', result: (count) => (count > 0 ? 1 : 0) }, [input], states)
  }
}
