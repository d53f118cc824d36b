import { drain, type Pieces } from '../../base/slices.ts'
import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  type KeyedTable,
  type StateFactory,
  type StateStructure,
} from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { takeBatch } from '../../types/batch-build.ts'
import { buildColumn } from '../../types/column-build.ts'
import { INT4, type SqlType } from '../../types/sql-type.ts'
import type { TickContext } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { pick } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { errorBatch, RowErrorList } from '../row-errors.ts'
import type { FilterProgram } from './join.ts'

export interface OnTimeSpec extends OperatorIdentity {
  readonly stateId: string
  readonly relation: number
  readonly columns: readonly number[]
  readonly types: readonly SqlType[]
  /** The rows that go on. */
  readonly filter: FilterProgram
  /** Those that go on are the late ones. */
  readonly late: boolean
}

const ONE_KEY = [buildColumn(INT4, [0])]
const slot = new Int32Array(1)
let rowsScratch = new Int32Array(BATCH_ROWS_MAX)

/**
 * onTime: a filter by the watermark that each row carries, which counts the late rows: those that it leaves out, or
 * those that it lets through when it is there for them.
 * State: that count. Cost per changed row: the condition; what goes on is handed on by reference where all of a batch
 * does. Retraction: linear, the count goes down.
 */
export class OnTimeOperator extends OperatorBase {
  readonly name = 'onTime'
  readonly relation: number
  readonly late: boolean
  private readonly spec: OnTimeSpec
  private readonly counted: KeyedTable
  private readonly errors = new RowErrorList()

  constructor(spec: OnTimeSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], spec.types)
    this.spec = spec
    this.relation = spec.relation
    this.late = spec.late
    this.counted = states.keyedTable({ id: `${spec.stateId}/late`, keyTypes: [INT4], columns: ['f64'] })
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
      this.sort(batch, tick)
      yield
    }
    this.forwardErrors(delta.errors)
  }

  /** Late rows so far, a row that is taken back counting no more. */
  get lateRows(): number {
    this.counted.find(ONE_KEY, 1, slot)
    return slot[0] < 0 ? 0 : this.counted.chunkF64(0, slot[0] >> CHUNK_SHIFT)[slot[0] & CHUNK_MASK]
  }

  override state(): readonly StateStructure[] {
    return [this.counted]
  }

  private sort(batch: Batch, tick: TickContext): void {
    if (rowsScratch.length < batch.n) rowsScratch = new Int32Array(batch.n)
    const n = this.spec.filter(batch.cols, batch.n, rowsScratch, this.errors, tick)
    let failed = 0
    if (this.errors.count > 0) {
      const errors = errorBatch(this.errors, this, batch.cols, this.inputs[0].types, batch.diffs, [])
      for (let i = 0; i < errors.n; i++) failed += errors.diffs[i]
      this.output.pushErrors(errors)
      this.errors.clear()
    }
    const passed = n === batch.n ? batch : takeBatch(batch, rowsScratch, n)
    if (this.late) this.count(sum(passed))
    else if (n < batch.n) this.count(sum(batch) - sum(passed) - failed)
    if (n > 0) this.output.pushRows({ ...passed, cols: pick(passed.cols, this.spec.columns) })
  }

  private count(rows: number): void {
    if (rows === 0) return
    this.counted.findOrInsert(ONE_KEY, 1, slot)
    this.counted.touch(slot[0])
    this.counted.chunkF64(0, slot[0] >> CHUNK_SHIFT)[slot[0] & CHUNK_MASK] += rows
  }
}

function sum({ n, diffs }: Batch): number {
  let rows = 0
  for (let i = 0; i < n; i++) rows += diffs[i]
  return rows
}
