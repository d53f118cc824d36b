import { drain, type Pieces } from '../../base/slices.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import type { Column } from '../../types/column.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { RowErrors, TickContext } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { errorBatch, type PlaceColumns, RowErrorList } from '../row-errors.ts'

/**
 * A compiled filter and projection. Writes the numbers of the rows that pass into `rows` (ascending, without those in
 * `errors`) and returns how many and their computed columns.
 */
export type MapProgram = (
  cols: readonly Column[],
  n: number,
  rows: Int32Array,
  errors: RowErrors,
  tick: TickContext,
) => { readonly n: number; readonly cols: readonly Column[] }

let rowsScratch = new Int32Array(BATCH_ROWS_MAX)

/**
 * map: filter, then computed columns, in one program. State: none. Cost per changed row: the expressions.
 * Retraction: linear; a row that raises an error goes to the errors with its diff instead.
 */
export class MapOperator extends OperatorBase {
  readonly name = 'map'
  private readonly program: MapProgram
  private readonly places: readonly PlaceColumns[]
  private readonly errors = new RowErrorList()

  /** `places`: input columns by which its errors name records. */
  constructor(
    identity: OperatorIdentity,
    input: Pipe,
    types: readonly SqlType[],
    program: MapProgram,
    places: readonly PlaceColumns[] = [],
  ) {
    super(identity, [input], types)
    this.places = places
    this.program = program
  }

  override get runsInParts(): boolean {
    return true
  }

  step(tick: TickContext): void {
    drain(this.pieces(tick))
  }

  override *pieces(tick: TickContext): Pieces {
    const delta = this.inputs[0].take()
    for (const batch of delta.rows) {
      this.map(batch, tick)
      yield
    }
    this.forwardErrors(delta.errors)
  }

  private map(batch: Batch, tick: TickContext): void {
    if (rowsScratch.length < batch.n) rowsScratch = new Int32Array(batch.n)
    const rows = rowsScratch
    const result = this.program(batch.cols, batch.n, rows, this.errors, tick)
    if (this.errors.count > 0) {
      const { types } = this.inputs[0]
      this.output.pushErrors(errorBatch(this.errors, this, batch.cols, types, batch.diffs, this.places))
      this.errors.clear()
    }
    const n = result.n
    if (n === 0) return
    let diffs = batch.diffs
    if (n < batch.n) {
      diffs = new Int32Array(n)
      for (let k = 0; k < n; k++) diffs[k] = batch.diffs[rows[k]]
    }
    this.output.pushRows({ n, diffs, cols: result.cols })
  }
}
