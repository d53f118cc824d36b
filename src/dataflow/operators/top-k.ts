import type { StateFactory } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import type { Column } from '../../types/column.ts'
import type { Pipe } from '../edge.ts'
import { PartitionedOperator, type PartitionedSpec } from './partitioned.ts'

export interface TopKSpec extends PartitionedSpec {
  /** null: all rows from `offset` on. */
  readonly limit: number | null
  readonly offset: number
}

/**
 * topK: per partition the rows at places offset .. offset+limit-1 in order, ties by the row order; a row of count c
 * takes c places. State: the input, ordered. Cost per changed row: O(log n + offset + limit) a touched partition.
 * Retraction: counts; the rows that move up come from the state.
 */
export class TopKOperator extends PartitionedOperator {
  readonly name = 'topK'
  private readonly from: number
  private readonly to: number

  constructor(spec: TopKSpec, input: Pipe, states: StateFactory) {
    super(spec, input, input.types, states)
    this.from = spec.offset
    this.to = spec.limit === null ? Number.POSITIVE_INFINITY : spec.offset + spec.limit
  }

  override get costsWhole(): boolean {
    return !Number.isFinite(this.to)
  }

  protected partitionOutput(keys: readonly Column[], partition: number, out: Batch[]): void {
    const slots: number[] = []
    const counts: number[] = []
    this.walk(keys, partition, (slot, place, count) => {
      if (place >= this.to) return false
      const taken = Math.min(place + count, this.to) - Math.max(place, this.from)
      if (taken > 0) {
        slots.push(slot)
        counts.push(taken)
      }
      return true
    })
    if (slots.length > 0) out.push({ n: slots.length, diffs: Int32Array.from(counts), cols: this.gather(slots) })
  }
}
