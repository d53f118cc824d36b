import { drain, type Pieces } from '../../base/slices.ts'
import type { Arrangement, SortColumn, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { concatBatches, negateBatch } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import { equalRows } from '../../types/hash.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { consolidation } from '../consolidate.ts'
import type { Pipe } from '../edge.ts'
import { firstColumns, pick } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { groupRows } from '../row-hash.ts'

export interface PartitionedSpec extends OperatorIdentity {
  readonly stateId: string
  readonly partition: readonly number[]
  readonly order: readonly SortColumn[]
}

const PAGE = 256

/**
 * Operators over ordered partitions: the output of a partition is a function of its rows in order. In a tick the
 * outputs of the touched partitions are taken before and after the delta, and the difference is emitted.
 * State: the input by partition, ordered. Negative counts are kept and skipped.
 */
export abstract class PartitionedOperator extends OperatorBase {
  protected readonly rows: Arrangement
  private readonly partition: readonly number[]
  private readonly page = new Int32Array(PAGE)
  private readonly width: readonly number[]

  constructor(spec: PartitionedSpec, input: Pipe, types: readonly SqlType[], states: StateFactory) {
    super(spec, [input], types)
    this.partition = spec.partition
    this.width = firstColumns(input.types.length)
    this.rows = states.arrangement({
      id: `${spec.stateId}/rows`,
      types: input.types,
      key: spec.partition,
      order: spec.order,
    })
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    const delta = this.inputs[0].take()
    if (delta.rows.length > 0) yield* this.change(delta.rows)
    this.forwardErrors(delta.errors)
  }

  private *change(batches: readonly Batch[]): Pieces {
    const all = concatBatches(batches)
    const keys = pick(all.cols, this.partition)
    const group = new Int32Array(all.n)
    const first = new Int32Array(all.n)
    const partitions = groupRows(keys, all.n, group, first, equalRows)
    const touched = keys.map((column) => takeRows(column, first, partitions))
    yield
    const before = yield* this.outputs(touched, partitions)
    for (const batch of batches) {
      this.rows.apply(batch)
      yield
    }
    const after = yield* this.outputs(touched, partitions)
    for (const batch of yield* consolidation([...before.map(negateBatch), ...after])) this.output.pushRows(batch)
  }

  private *outputs(keys: readonly Column[], partitions: number): Pieces<Batch[]> {
    const batches: Batch[] = []
    for (let p = 0; p < partitions; p++) {
      this.partitionOutput(keys, p, batches)
      yield
    }
    return batches
  }

  /** Appends the output of one partition, with positive diffs. */
  protected abstract partitionOutput(keys: readonly Column[], partition: number, out: Batch[]): void

  /**
   * Walks the places of a partition in order: row `slot` takes the places [place, place + count). Stops when `visit`
   * answers false. Cost O(log n + slots seen).
   */
  protected walk(
    keys: readonly Column[],
    partition: number,
    visit: (slot: number, place: number, count: number) => boolean,
  ): void {
    let place = 0
    for (let from = 0; ; from += PAGE) {
      const n = this.rows.range(keys, partition, from, PAGE, this.page)
      for (let k = 0; k < n; k++) {
        const count = this.rows.diff(this.page[k])
        if (count <= 0) continue
        if (!visit(this.page[k], place, count)) return
        place += count
      }
      if (n < PAGE) return
    }
  }

  protected gather(slots: readonly number[]): Column[] {
    return this.rows.gather(this.width, Int32Array.from(slots), slots.length)
  }

  override state(): readonly StateStructure[] {
    return [this.rows]
  }
}
