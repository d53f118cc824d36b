import type { Arrangement, StateFactory } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import type { Column, F64Column } from '../../types/column.ts'
import { INT4, type SqlType } from '../../types/sql-type.ts'
import { emptyMatches } from '../delta-index.ts'
import { firstColumns } from '../keys.ts'

/**
 * A collection inside a nested scope as its changes by iteration: (row, iteration) → diff, under a key. The collection
 * at iteration i is the sum of the changes up to i.
 */
export class IterationHistory {
  readonly arrangement: Arrangement
  private readonly width: number
  private readonly matches = emptyMatches()

  constructor(spec: { id: string; types: readonly SqlType[]; key: readonly number[] }, states: StateFactory) {
    this.width = spec.types.length
    this.arrangement = states.arrangement({ id: spec.id, types: [...spec.types, INT4], key: spec.key })
  }

  apply(batch: Batch, iteration: number): void {
    this.arrangement.apply(withIteration(batch, iteration))
  }

  /**
   * The rows of the given keys at `iteration`, not consolidated. `onLater` hears of every key (its row number) that
   * changes in a later iteration.
   */
  rowsAt(
    keys: readonly Column[],
    n: number,
    iteration: number,
    onLater: ((key: number, iteration: number) => void) | null,
  ): Batch | null {
    this.arrangement.probe(keys, n, this.matches)
    const found = this.matches.n
    if (found === 0) return null
    const [iterations] = this.arrangement.gather([this.width], this.matches.slot, found) as F64Column[]
    const slots = new Int32Array(found)
    let kept = 0
    for (let k = 0; k < found; k++) {
      if (iterations.data[k] <= iteration) slots[kept++] = this.matches.slot[k]
      else onLater?.(this.matches.probe[k], iterations.data[k])
    }
    if (kept === 0) return null
    const diffs = Int32Array.from(this.arrangement.diffs(slots, kept).subarray(0, kept))
    return { n: kept, diffs, cols: this.arrangement.gather(firstColumns(this.width), slots, kept) }
  }
}

export function withIteration(batch: Batch, iteration: number): Batch {
  const column: Column = { kind: 'f64', data: new Float64Array(batch.n).fill(iteration), nulls: null }
  return { n: batch.n, diffs: batch.diffs, cols: [...batch.cols, column] }
}
