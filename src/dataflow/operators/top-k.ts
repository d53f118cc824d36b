import type { SortColumn, StateFactory } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import type { Column } from '../../types/column.ts'
import { compareBySort } from '../../types/compare.ts'
import type { Pipe } from '../edge.ts'
import { PartitionedOperator, type PartitionedSpec } from './partitioned.ts'

export interface TopKSpec extends PartitionedSpec {
  /** null: all rows from `offset` on. */
  readonly limit: number | null
  readonly offset: number
  readonly ties?: true
}

/**
 * topK: per partition the rows at places offset .. offset+limit-1 in order, ties by the row order; a row of count c
 * takes c places. `ties`: and the rows behind them that `order` does not tell from the last of them.
 * State: the input, ordered. Cost per changed row: O(log n + offset + limit + ties) a touched partition.
 * Retraction: counts; the rows that move up come from the state.
 */
export class TopKOperator extends PartitionedOperator {
  readonly name = 'topK'
  private readonly from: number
  private readonly to: number
  private readonly ties: boolean
  private readonly order: readonly SortColumn[]

  constructor(spec: TopKSpec, input: Pipe, states: StateFactory) {
    super(spec, input, input.types, states)
    this.from = spec.offset
    this.to = spec.limit === null ? Number.POSITIVE_INFINITY : spec.offset + spec.limit
    this.ties = spec.ties === true && spec.limit !== 0
    this.order = spec.order
  }

  override get costsWhole(): boolean {
    return !Number.isFinite(this.to)
  }

  protected partitionOutput(keys: readonly Column[], partition: number, out: Batch[]): void {
    const slots: number[] = []
    const counts: number[] = []
    let last = -1
    this.walk(keys, partition, (slot, place, count) => {
      if (place >= this.to && !(this.ties && this.tied(last, slot))) return false
      // A row of many places is its own tie.
      const taken = (this.ties ? place + count : Math.min(place + count, this.to)) - Math.max(place, this.from)
      last = slot
      if (taken > 0) {
        slots.push(slot)
        counts.push(taken)
      }
      return true
    })
    if (slots.length > 0) out.push({ n: slots.length, diffs: Int32Array.from(counts), cols: this.gather(slots) })
  }

  /** Whether two rows are equal by the order. */
  private tied(a: number, b: number): boolean {
    if (a < 0) return false
    const pair = this.gather([a, b])
    return compareBySort(this.order, this.output.types, pair, 0, pair, 1) === 0
  }
}
