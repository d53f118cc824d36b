import type { Batch } from '../../types/batch.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { type Fanout, Pipe } from '../edge.ts'
import { inheritedFrom } from '../inherited-errors.ts'
import { pick } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

export interface GetSpec extends OperatorIdentity {
  readonly object: number
  /** Columns of the object that the plan reads, in its order. */
  readonly columns: readonly number[]
  readonly types: readonly SqlType[]
  /** The object's edge: all its columns (those not asked for may be anything). */
  readonly source: Fanout
  /** The object is a view, read for what it computes: all its errors belong to this plan, too. */
  readonly result?: boolean
}

/**
 * get: where a plan reads an object. A snapshot can be pushed in (hydration) before, between or after live deltas;
 * `connect` joins the object's edge. Errors say from here on which object they come from.
 * State: none. Cost: none, columns are picked by reference; O(1) per error. Retraction: linear.
 */
export class GetOperator extends OperatorBase {
  readonly name = 'get'
  readonly object: number
  readonly columns: readonly number[]
  readonly result: boolean
  private readonly source: Fanout

  constructor(spec: GetSpec) {
    super(spec, [new Pipe(spec.source.types)], spec.types)
    this.object = spec.object
    this.columns = spec.columns
    this.source = spec.source
    this.result = spec.result === true
  }
  /** From the next tick on receives the object's deltas. Between ticks. */
  connect(): void {
    this.inputs[0].connect(this.source)
  }
  /** Part of a snapshot, all columns of the object; goes to this plan alone. */
  pushRows(batch: Batch): void {
    this.inputs[0].pushRows(batch)
  }
  pushErrors(batch: Batch): void {
    this.inputs[0].pushErrors(batch)
  }
  step(): void {
    const delta = this.inputs[0].take()
    for (const { n, diffs, cols } of delta.rows) this.output.pushRows({ n, diffs, cols: pick(cols, this.columns) })
    this.forwardErrors(this.result ? delta.errors : delta.errors.map((batch) => inheritedFrom(this.object, batch)))
  }
}
