import { drain, type Pieces } from '../../base/slices.ts'
import type { Batch } from '../../types/batch.ts'
import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { RowErrors, TickContext } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { errorBatch, RowErrorList } from '../row-errors.ts'

/** Made rows: `from[k]` is the input row that made row k, `cols` the columns that the function adds. */
export interface Expansion {
  readonly n: number
  readonly from: Int32Array
  readonly cols: readonly Column[]
}
/** A compiled table function. One call may stop early: `next` is the first input row not yet expanded. */
export type ExpandProgram = (
  cols: readonly Column[],
  start: number,
  n: number,
  errors: RowErrors,
  tick: TickContext,
) => Expansion & { readonly next: number }

/**
 * flatMap: each input row times the rows of a table function of it. State: none. Cost per changed row: its made rows.
 * Retraction: linear, the function is deterministic.
 */
export class FlatMapOperator extends OperatorBase {
  readonly name = 'flatMap'
  private readonly program: ExpandProgram
  private readonly errors = new RowErrorList()

  constructor(identity: OperatorIdentity, input: Pipe, types: readonly SqlType[], program: ExpandProgram) {
    super(identity, [input], types)
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
    for (const batch of delta.rows) yield* this.expand(batch, tick)
    this.forwardErrors(delta.errors)
  }

  private *expand(batch: Batch, tick: TickContext): Pieces {
    for (let start = 0; start < batch.n; ) {
      const made = this.program(batch.cols, start, batch.n, this.errors, tick)
      start = made.next
      if (made.n === 0) continue
      const diffs = new Int32Array(made.n)
      for (let k = 0; k < made.n; k++) diffs[k] = batch.diffs[made.from[k]]
      const cols = batch.cols.map((column) => takeRows(column, made.from, made.n))
      this.output.pushRows({ n: made.n, diffs, cols: [...cols, ...made.cols] })
      yield
    }
    if (this.errors.count > 0) {
      this.output.pushErrors(errorBatch(this.errors, this, batch.cols, this.inputs[0].types, batch.diffs))
      this.errors.clear()
    }
  }
}
