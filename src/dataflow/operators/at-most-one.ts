import type { Arrangement, KeyedTable, StateFactory, StateStructure } from '../../state/contract.ts'
import { CHUNK_MASK, CHUNK_SHIFT } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows, concatBatches } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import { equalRows } from '../../types/hash.ts'
import { INT4, type SqlType } from '../../types/sql-type.ts'
import { consolidate } from '../consolidate.ts'
import { ERROR_TYPES } from '../contract.ts'
import { emptyMatches } from '../delta-index.ts'
import type { Pipe } from '../edge.ts'
import { firstColumns, pick } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { rowText } from '../row-errors.ts'
import { groupRows } from '../row-hash.ts'

export interface AtMostOneSpec extends OperatorIdentity {
  readonly stateId: string
  readonly keys: readonly number[]
}

const MESSAGE = 'more than one row returned by a subquery used as an expression'

/**
 * atMostOne: scalar subqueries. The rows of a key pass while they are at most one; with more the key is one error
 * (21000) instead. State: the input by key and its count. Cost per changed row: O(1). Retraction: counts; the error
 * goes when the key is back at one row.
 */
export class AtMostOneOperator extends OperatorBase {
  readonly name = 'atMostOne'
  private readonly keys: readonly number[]
  private readonly keyTypes: readonly SqlType[]
  private readonly rows: Arrangement
  private readonly counts: KeyedTable
  private readonly matches = emptyMatches()

  constructor(spec: AtMostOneSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], input.types)
    this.keys = spec.keys
    this.keyTypes = pick(input.types, spec.keys)
    this.rows = states.arrangement({ id: `${spec.stateId}/rows`, types: input.types, key: spec.keys })
    const keyTypes = spec.keys.length === 0 ? [INT4] : this.keyTypes
    this.counts = states.keyedTable({ id: `${spec.stateId}/counts`, keyTypes, columns: ['f64'] })
  }

  step(): void {
    const delta = this.inputs[0].take()
    if (delta.rows.length > 0) this.change(concatBatches(delta.rows))
    this.forwardErrors(delta.errors)
  }

  override state(): readonly StateStructure[] {
    return [this.rows, this.counts]
  }

  private change(delta: Batch): void {
    const keys = pick(delta.cols, this.keys)
    const group = new Int32Array(delta.n)
    const first = new Int32Array(delta.n)
    const n = groupRows(keys, delta.n, group, first, equalRows)
    const touched = keys.map((column) => takeRows(column, first, n))
    const slots = new Int32Array(n)
    this.counts.findOrInsert(touched.length === 0 ? [constantKey()] : touched, n, slots)
    const rows: Batch[] = []
    const errors: Batch[] = []
    this.outputs(touched, slots, n, -1, rows, errors)
    this.rows.apply(delta)
    for (let g = 0; g < n; g++) this.counts.touch(slots[g])
    for (let i = 0; i < delta.n; i++) {
      const slot = slots[group[i]]
      this.counts.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += delta.diffs[i]
    }
    this.outputs(touched, slots, n, 1, rows, errors)
    for (const batch of consolidate(rows)) this.output.pushRows(batch)
    for (const batch of consolidate(errors)) this.output.pushErrors(batch)
    for (let g = 0; g < n; g++) if (this.countAt(slots[g]) === 0) this.counts.remove(slots[g])
  }

  private outputs(
    keys: readonly Column[],
    slots: Int32Array,
    n: number,
    sign: number,
    rows: Batch[],
    errors: Batch[],
  ): void {
    const good = new Int32Array(n)
    let kept = 0
    for (let g = 0; g < n; g++) {
      if (this.countAt(slots[g]) <= 1) good[kept++] = g
      else errors.push(this.error(keys, g, sign))
    }
    if (kept === 0) return
    const some = keys.map((column) => takeRows(column, good, kept))
    this.rows.probe(some, kept, this.matches)
    const found = this.matches.slot.subarray(0, this.matches.n)
    if (found.length === 0) return
    const diffs = Int32Array.from(this.rows.diffs(found, found.length).subarray(0, found.length), (diff) => diff * sign)
    rows.push({
      n: found.length,
      diffs,
      cols: this.rows.gather(firstColumns(this.output.types.length), found, found.length),
    })
  }

  private error(keys: readonly Column[], group: number, sign: number): Batch {
    const source = rowText(keys, this.keyTypes, group)
    return batchFromRows(ERROR_TYPES, [['21000', MESSAGE, this.name, this.position + 1, source]], [sign])
  }

  private countAt(slot: number): number {
    return this.counts.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
}

function constantKey(): Column {
  return { kind: 'f64', data: new Float64Array(1), nulls: null }
}
