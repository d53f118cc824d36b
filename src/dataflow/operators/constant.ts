import type { KeyedTable, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { INT4, type SqlType } from '../../types/sql-type.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * Constant rows, emitted in the operator's first tick. State: one mark that they were (a restart must not emit them
 * again). Cost: none afterwards. Retraction: never.
 */
export class ConstantOperator extends OperatorBase {
  readonly name = 'constant'
  private readonly batches: readonly Batch[]
  private readonly emitted: KeyedTable

  constructor(
    identity: OperatorIdentity & { readonly stateId: string },
    types: readonly SqlType[],
    batches: readonly Batch[],
    states: StateFactory,
  ) {
    super(identity, [], types)
    this.batches = batches
    this.emitted = states.keyedTable({ id: `${identity.stateId}/emitted`, keyTypes: [INT4], columns: [] })
  }
  override get startsBusy(): boolean {
    return this.emitted.rows === 0
  }
  step(): void {
    if (!this.startsBusy) return
    this.emitted.findOrInsert([{ kind: 'f64', data: new Float64Array(1), nulls: null }], 1, new Int32Array(1))
    for (const batch of this.batches) this.output.pushRows(batch)
  }
  override state(): readonly StateStructure[] {
    return [this.emitted]
  }
}
