import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * rowsAndErrors: the rows of one edge with the errors of another. A shared arrangement can give its rows again to a
 * view that comes later, but it keeps no errors: those come from the view's own reading of the object.
 * State: none. Cost: none. Retraction: linear.
 */
export class RowsAndErrorsOperator extends OperatorBase {
  readonly name = 'rowsAndErrors'

  constructor(identity: OperatorIdentity, rows: Pipe, errors: Pipe) {
    super(identity, [rows, errors], rows.types)
  }
  step(): void {
    for (const batch of this.inputs[0].take().rows) this.output.pushRows(batch)
    this.forwardErrors(this.inputs[1].take().errors)
  }
}
