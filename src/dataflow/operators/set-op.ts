import type { StateFactory } from '../../state/contract.ts'
import type { Forms } from '../../types/forms.ts'
import type { Pipe } from '../edge.ts'
import type { OperatorIdentity } from '../operator.ts'
import { CountingOperator } from './counting.ts'

export interface SetOpSpec extends OperatorIdentity {
  readonly stateId: string
  readonly type: 'intersect' | 'except'
  readonly all: boolean
  /** Rows that are equal may be written differently: one of the left ones is shown. */
  readonly forms?: Forms | undefined
}

const RESULTS = {
  intersect: (left: number, right: number) => (left > 0 && right > 0 ? 1 : 0),
  except: (left: number, right: number) => (left > 0 && right <= 0 ? 1 : 0),
  intersectAll: (left: number, right: number) => Math.max(0, Math.min(left, right)),
  exceptAll: (left: number, right: number) => Math.max(0, left - Math.max(0, right)),
} as const

/** intersect and except, with and without ALL, by counts. State, cost and retraction: see CountingOperator. */
export class SetOpOperator extends CountingOperator {
  constructor(spec: SetOpSpec, left: Pipe, right: Pipe, states: StateFactory) {
    super(
      { ...spec, name: spec.type, result: RESULTS[spec.all ? (`${spec.type}All` as const) : spec.type] },
      [left, right],
      states,
    )
  }
}
