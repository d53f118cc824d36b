import type { StateFactory } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import type { Column } from '../../types/column.ts'
import { INT8 } from '../../types/sql-type.ts'
import type { Pipe } from '../edge.ts'
import { PartitionedOperator, type PartitionedSpec } from './partitioned.ts'

export interface RowNumberSpec extends PartitionedSpec {
  /** Numbers beyond are never read; null: all. */
  readonly atMost: number | null
}

/**
 * rowNumber: the input's columns and the row's place in its partition from 1, ties by the row order; a row of count c
 * takes c numbers. State: the input, ordered. Cost per changed row: the numbered rows of its partition (all behind it
 * may change). Retraction: counts.
 */
export class RowNumberOperator extends PartitionedOperator {
  readonly name = 'rowNumber'
  private readonly atMost: number

  constructor(spec: RowNumberSpec, input: Pipe, states: StateFactory) {
    super(spec, input, [...input.types, INT8], states)
    this.atMost = spec.atMost ?? Number.POSITIVE_INFINITY
  }

  override get costsWhole(): boolean {
    return !Number.isFinite(this.atMost)
  }

  protected partitionOutput(keys: readonly Column[], partition: number, out: Batch[]): void {
    const slots: number[] = []
    const numbers: number[] = []
    this.walk(keys, partition, (slot, place, count) => {
      for (let k = 0; k < count && place + k < this.atMost; k++) {
        slots.push(slot)
        numbers.push(place + k + 1)
      }
      return place + count < this.atMost
    })
    if (slots.length === 0) return
    const number: Column = { kind: 'f64', data: Float64Array.from(numbers), nulls: null }
    out.push({ n: slots.length, diffs: new Int32Array(slots.length).fill(1), cols: [...this.gather(slots), number] })
  }
}
