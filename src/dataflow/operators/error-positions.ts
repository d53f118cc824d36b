import { batchFromRows, rowsOf } from '../../types/batch-build.ts'
import { ERROR_COLUMNS, ERROR_TYPES } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { isInherited } from '../inherited-errors.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

const POSITION = ERROR_COLUMNS.indexOf('position')
const OPERATOR = ERROR_COLUMNS.indexOf('operator')

/**
 * errorPositions: errors that were made by another view's operators, as they stand in the text of this view, whose text
 * has the same expressions elsewhere. Those that it has from a third view stay as they are. Rows pass.
 * State: none. Cost: none per row, O(1) per error. Retraction: linear.
 */
export class ErrorPositionsOperator extends OperatorBase {
  readonly name = 'errorPositions'
  readonly #positions: ReadonlyMap<number, number>

  constructor(identity: OperatorIdentity, input: Pipe, positions: ReadonlyMap<number, number>) {
    super(identity, [input], input.types)
    this.#positions = positions
  }
  step(): void {
    const { rows, errors } = this.inputs[0]!.take()
    for (const batch of rows) this.output.pushRows(batch)
    for (const batch of errors) {
      const moved = rowsOf(batch, ERROR_TYPES).map((row) =>
        isInherited(row[OPERATOR] as string)
          ? row
          : row.map((value, c) => (c === POSITION ? (this.#positions.get(value as number) ?? value) : value)),
      )
      this.output.pushErrors(batchFromRows(ERROR_TYPES, moved, [...batch.diffs.subarray(0, batch.n)]))
    }
  }
}
