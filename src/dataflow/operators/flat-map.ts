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
/**
 * A compiled table function: what it makes of the rows of a batch, in parts of at most BATCH_ROWS_MAX rows, null where it
 * only gives way. A row in `errors` has made nothing.
 */
export type ExpandProgram = (
  cols: readonly Column[],
  n: number,
  errors: RowErrors,
  tick: TickContext,
) => Iterable<Expansion | null>

/**
 * flatMap: each input row times the rows of a table function of it. State: none. Cost per changed row: its made rows.
 * Retraction: linear, the function is deterministic.
 */
export class FlatMapOperator extends OperatorBase {
  readonly name = 'flatMap'
  private readonly program: ExpandProgram
  private readonly errors = new RowErrorList()
  private readonly inScope: boolean

  /** `inScope`: within recursion, where a round is seen whole. */
  constructor(
    identity: OperatorIdentity,
    input: Pipe,
    types: readonly SqlType[],
    program: ExpandProgram,
    inScope = false,
  ) {
    super(identity, [input], types)
    this.program = program
    this.inScope = inScope
  }

  override get runsInParts(): boolean {
    return true
  }
  override get handsOnParts(): boolean {
    return !this.inScope
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
    for (const made of this.program(batch.cols, batch.n, this.errors, tick)) {
      if (made !== null && made.n > 0) {
        const diffs = new Int32Array(made.n)
        for (let k = 0; k < made.n; k++) diffs[k] = batch.diffs[made.from[k]]
        const cols = batch.cols.map((column) => takeRows(column, made.from, made.n))
        this.output.pushRows({ n: made.n, diffs, cols: [...cols, ...made.cols] })
      }
      yield
    }
    if (this.errors.count > 0) {
      this.output.pushErrors(errorBatch(this.errors, this, batch.cols, this.inputs[0].types, batch.diffs))
      this.errors.clear()
    }
  }
}
