import type { Batch } from '../types/batch.ts'
import type { SqlType } from '../types/sql-type.ts'
import { OperatorBase, type OperatorIdentity } from './operator.ts'

/**
 * Where the engine pushes deltas in: a table, a source. Between ticks; the tick that follows carries them on.
 * State: none. Cost: none.
 */
export class InputNode extends OperatorBase {
  readonly name = 'input'

  constructor(identity: OperatorIdentity, types: readonly SqlType[]) {
    super(identity, [], types)
  }
  pushRows(batch: Batch): void {
    this.output.pushRows(batch)
  }
  pushErrors(batch: Batch): void {
    this.output.pushErrors(batch)
  }
  step(): void {}
}
