import { drain, type Pieces } from '../../base/slices.ts'
import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  type KeyedTable,
  type StateFactory,
  type StateStructure,
} from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { splitBatch } from '../../types/batch-build.ts'
import { inCopies } from '../../types/copies.ts'
import type { Pipe } from '../edge.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { TouchedSlots } from '../touched-slots.ts'

export interface CountingSpec extends OperatorIdentity {
  readonly stateId: string
  readonly name: string
  /** Output count of a row from its counts in the inputs; 0 for all counts 0. */
  readonly result: (left: number, right: number) => number
}

/**
 * Operators whose output count of a row is a function of the row's counts in one or two inputs: distinct, intersect,
 * except. State: the counts of each row. Cost per changed row: O(1). Retraction: counts; negative ones are kept.
 */
export class CountingOperator extends OperatorBase {
  readonly name: string
  private readonly result: CountingSpec['result']
  private readonly counts: KeyedTable
  private readonly touched = new TouchedSlots()
  /** Output count of each touched slot before the tick. */
  private before = new Float64Array(64)
  private slots = new Int32Array(64)

  constructor(spec: CountingSpec, inputs: readonly [Pipe] | readonly [Pipe, Pipe], states: StateFactory) {
    super(spec, inputs, inputs[0].types)
    this.name = spec.name
    this.result = spec.result
    this.counts = states.keyedTable({
      id: `${spec.stateId}/counts`,
      keyTypes: inputs[0].types,
      columns: inputs.map(() => 'f64' as const),
    })
  }

  override get runsInParts(): boolean {
    return true
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    for (let side = 0; side < this.inputs.length; side++) {
      const delta = this.inputs[side].take()
      for (const batch of delta.rows) {
        this.count(batch, side)
        yield
      }
      this.forwardErrors(delta.errors)
    }
    yield* this.emit()
  }

  override state(): readonly StateStructure[] {
    return [this.counts]
  }

  private count(batch: Batch, side: number): void {
    if (this.slots.length < batch.n) this.slots = new Int32Array(batch.n)
    const slots = this.slots
    this.counts.findOrInsert(batch.cols, batch.n, slots)
    for (let i = 0; i < batch.n; i++) {
      const slot = slots[i]
      const known = this.touched.n
      const at = this.touched.add(slot)
      if (at === known) this.remember(at, this.resultAt(slot))
      this.counts.touch(slot)
      this.counts.chunkF64(side, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += batch.diffs[i]
    }
  }

  private *emit(): Pieces {
    const changed = new Int32Array(this.touched.n)
    const diffs = new Float64Array(this.touched.n)
    let n = 0
    for (let at = 0; at < this.touched.n; at++) {
      const slot = this.touched.slots[at]
      const diff = this.resultAt(slot) - this.before[at]
      if (diff === 0) continue
      changed[n] = slot
      diffs[n++] = diff
    }
    for (let start = 0; start < n; start += BATCH_ROWS_MAX) {
      const size = Math.min(BATCH_ROWS_MAX, n - start)
      const cols = this.counts.gatherKeys(changed.subarray(start, start + size), size)
      for (const part of splitBatch(inCopies(size, cols, diffs.subarray(start, start + size))))
        this.output.pushRows(part)
      yield
    }
    for (let at = 0; at < this.touched.n; at++) {
      const slot = this.touched.slots[at]
      if (this.countAt(0, slot) === 0 && this.countAt(1, slot) === 0) this.counts.remove(slot)
    }
    this.touched.clear()
  }

  private resultAt(slot: number): number {
    return this.result(this.countAt(0, slot), this.countAt(1, slot))
  }
  private countAt(side: number, slot: number): number {
    return side < this.inputs.length ? this.counts.chunkF64(side, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] : 0
  }
  private remember(at: number, count: number): void {
    if (at === this.before.length) {
      const bigger = new Float64Array(at * 2)
      bigger.set(this.before)
      this.before = bigger
    }
    this.before[at] = count
  }
}
