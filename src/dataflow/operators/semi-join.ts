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
import { emptyMatches } from '../delta-index.ts'
import type { Pipe } from '../edge.ts'
import { firstColumns, hasNull, pick, withoutNullKeys } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { TouchedSlots } from '../touched-slots.ts'
import type { JoinSide } from './join.ts'

export interface SemiJoinSpec extends OperatorIdentity {
  readonly stateId: string
  readonly anti: boolean
  readonly left: JoinSide
  readonly right: { readonly input: Pipe; readonly keys: readonly number[] }
  readonly nullSafe: boolean
  /** False when another operator beside this one forwards the errors of the inputs (outer joins). */
  readonly forwardsErrors: boolean
}

/**
 * Semi or anti join on keys alone. With m = [right count of the key > 0], before and after the tick:
 * dOut = dL · m_before + L_after · (m_after − m_before); anti with 1 − m.
 * State: the right count of each key (the right rows themselves are not needed). Cost per changed row: O(1), plus the
 * left rows of a key whose match appears or goes. Retraction: counts.
 */
export class SemiJoinOperator extends OperatorBase {
  readonly name: string
  private readonly spec: SemiJoinSpec
  private readonly counts: KeyedTable
  private readonly touched = new TouchedSlots()
  private before = new Float64Array(64)
  private slots = new Int32Array(64)
  private readonly matches = emptyMatches()

  constructor(spec: SemiJoinSpec, states: StateFactory) {
    super(spec, [spec.left.input, spec.right.input], spec.left.input.types)
    this.name = spec.anti ? 'antiJoin' : 'semiJoin'
    this.spec = spec
    this.counts = states.keyedTable({
      id: `${spec.stateId}/counts`,
      keyTypes: pick(spec.right.input.types, spec.right.keys),
      columns: ['f64'],
    })
  }

  override get runsInParts(): boolean {
    return true
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    const left = this.spec.left.input.take()
    const right = this.spec.right.input.take()
    for (const batch of left.rows) {
      this.emitLeft(batch)
      yield
    }
    for (const batch of right.rows) {
      this.count(batch)
      yield
    }
    yield* this.emitFlips()
    if (!this.spec.forwardsErrors) return
    this.forwardErrors(left.errors)
    this.forwardErrors(right.errors)
  }

  override state(): readonly StateStructure[] {
    return [this.counts]
  }

  private emitLeft(batch: Batch): void {
    const { keys } = this.spec.left
    const slots = this.room(batch.n)
    this.counts.find(pick(batch.cols, keys), batch.n, slots)
    const rows = new Int32Array(batch.n)
    let n = 0
    for (let i = 0; i < batch.n; i++) {
      const matched = slots[i] >= 0 && this.countAt(slots[i]) > 0
      const found = matched && (this.spec.nullSafe || !hasNull(batch.cols, keys, i))
      if (found !== this.spec.anti) rows[n++] = i
    }
    this.output.pushRows(n === batch.n ? batch : takeBatch(batch, rows, n))
  }

  private count(delta: Batch): void {
    const { keys } = this.spec.right
    const batch = this.spec.nullSafe ? delta : withoutNullKeys(delta, keys)
    if (batch.n === 0) return
    const slots = this.room(batch.n)
    this.counts.findOrInsert(pick(batch.cols, keys), batch.n, slots)
    for (let i = 0; i < batch.n; i++) {
      const slot = slots[i]
      const chunk = this.counts.chunkF64(0, slot >> CHUNK_SHIFT)
      const known = this.touched.n
      const at = this.touched.add(slot)
      if (at === known) this.remember(at, chunk[slot & CHUNK_MASK])
      this.counts.touch(slot)
      chunk[slot & CHUNK_MASK] += batch.diffs[i]
    }
  }

  private *emitFlips(): Pieces {
    const flipped = new Int32Array(this.touched.n)
    const signs = new Int32Array(this.touched.n)
    const empty: number[] = []
    let n = 0
    for (let at = 0; at < this.touched.n; at++) {
      const slot = this.touched.slots[at]
      const after = this.countAt(slot)
      const flip = Number(after > 0) - Number(this.before[at] > 0)
      if (flip !== 0) {
        flipped[n] = slot
        signs[n++] = this.spec.anti ? -flip : flip
      }
      if (after === 0) empty.push(slot)
    }
    this.touched.clear()
    if (n > 0) yield* this.emitKeys(flipped, signs, n)
    for (const slot of empty) this.counts.remove(slot)
  }

  /** All left rows of the keys that gained their first match or lost their last one. */
  private *emitKeys(keySlots: Int32Array, signs: Int32Array, n: number): Pieces {
    const { arrangement } = this.spec.left
    arrangement.probe(this.counts.gatherKeys(keySlots, n), n, this.matches)
    const columns = firstColumns(this.output.types.length)
    for (let start = 0; start < this.matches.n; start += BATCH_ROWS_MAX) {
      const size = Math.min(BATCH_ROWS_MAX, this.matches.n - start)
      const slots = this.matches.slot.subarray(start, start + size)
      const diffs = Int32Array.from(arrangement.diffs(slots, size).subarray(0, size))
      for (let k = 0; k < size; k++) diffs[k] *= signs[this.matches.probe[start + k]]
      this.output.pushRows({ n: size, diffs, cols: arrangement.gather(columns, slots, size) })
      yield
    }
  }

  private countAt(slot: number): number {
    return this.counts.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
  private room(n: number): Int32Array {
    if (this.slots.length < n) this.slots = new Int32Array(n)
    return this.slots
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
