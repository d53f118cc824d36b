import { drain, type Pieces } from '../../base/slices.ts'
import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  type KeyedTable,
  type StateFactory,
  type StateStructure,
} from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { concatBatches, splitBatch } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { sliceColumn, takeRows } from '../../types/column-shape.ts'
import { inCopies } from '../../types/copies.ts'
import type { Forms } from '../../types/forms.ts'
import type { Pipe } from '../edge.ts'
import { identicalRows } from '../identical.ts'
import { KeyForms } from '../key-forms.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { TouchedSlots } from '../touched-slots.ts'

export interface CountingSpec extends OperatorIdentity {
  readonly stateId: string
  readonly name: string
  /** Output count of a row from its counts in the inputs; 0 for all counts 0. */
  readonly result: (left: number, right: number) => number
  /** Equal rows may be written differently. */
  readonly forms?: Forms | undefined
}

/**
 * Operators whose output count of a row is a function of the row's counts in one or two inputs: distinct, intersect,
 * except. Of equal rows that are written differently the least form among those of the first input is shown.
 * State: the counts of each row, and its forms. Cost per changed row: O(1), with forms O(log n). Retraction: counts;
 * negative ones are kept.
 */
export class CountingOperator extends OperatorBase {
  readonly name: string
  private readonly result: CountingSpec['result']
  private readonly counts: KeyedTable
  /** Null when each row is written in one way; else the counts are those of plain rows. */
  private readonly forms: KeyForms | null
  private readonly touched = new TouchedSlots()
  /** With forms: the touched rows as they were shown before the tick. */
  private shown: Batch[] = []
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
    this.forms = KeyForms.over(`${spec.stateId}/forms`, inputs[0].types, spec.forms, states)
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
    return [this.counts, ...(this.forms?.state() ?? [])]
  }

  private count(batch: Batch, side: number): void {
    if (this.slots.length < batch.n) this.slots = new Int32Array(batch.n)
    const slots = this.slots
    const rows = this.forms === null ? batch.cols : this.forms.plain(batch.cols, batch.n)
    this.counts.findOrInsert(rows, batch.n, slots)
    const first = this.touched.n
    for (let i = 0; i < batch.n; i++) {
      const slot = slots[i]
      const known = this.touched.n
      const at = this.touched.add(slot)
      if (at === known) this.remember(at, this.resultAt(slot))
      this.counts.touch(slot)
      this.counts.chunkF64(side, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += batch.diffs[i]
    }
    if (this.forms === null) return
    if (this.touched.n > first) this.shown.push(this.writtenRows(first, this.touched.n))
    if (side === 0) this.forms.apply(rows, batch.cols, batch.n, batch.diffs)
  }

  /** The touched rows [from, end) as they are written now, each with count 1. */
  private writtenRows(from: number, end: number): Batch {
    const n = end - from
    const plain = this.counts.gatherKeys(this.touched.slots.subarray(from, end), n)
    return { n, diffs: new Int32Array(n).fill(1), cols: this.forms!.written(plain, n) }
  }

  private *emit(): Pieces {
    yield* this.forms === null ? this.emitCounts() : this.emitForms()
    for (let at = 0; at < this.touched.n; at++) {
      const slot = this.touched.slots[at]
      if (this.countAt(0, slot) === 0 && this.countAt(1, slot) === 0) this.counts.remove(slot)
    }
    this.touched.clear()
  }

  private *emitCounts(): Pieces {
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
      this.push(size, cols, diffs.subarray(start, start + size))
      yield
    }
  }

  /** What was shown before, where it goes or is written in another way now, then what is shown instead. */
  private *emitForms(): Pieces {
    if (this.touched.n === 0) return
    const before = concatBatches(this.shown).cols
    this.shown = []
    for (let from = 0; from < this.touched.n; from += BATCH_ROWS_MAX) {
      const end = Math.min(this.touched.n, from + BATCH_ROWS_MAX)
      const after = this.writtenRows(from, end).cols
      const gone = new Float64Array(end - from)
      const come = new Float64Array(end - from)
      for (let at = from; at < end; at++) {
        const was = this.before[at]
        const is = this.resultAt(this.touched.slots[at])
        const same = identicalRows(before, at, after, at - from)
        gone[at - from] = same ? 0 : -was
        come[at - from] = same ? is - was : is
      }
      this.pushSome(
        before.map((column) => sliceColumn(column, from, end)),
        gone,
      )
      this.pushSome(after, come)
      yield
    }
  }

  /** The rows whose count is not 0. */
  private pushSome(cols: readonly Column[], counts: Float64Array<ArrayBuffer>): void {
    const rows = Int32Array.from(counts.keys()).filter((row) => counts[row] !== 0)
    const some = cols.map((column) => takeRows(column, rows, rows.length))
    const diffs = counts.filter((count) => count !== 0)
    this.push(rows.length, some, diffs)
  }

  private push(n: number, cols: readonly Column[], counts: Float64Array<ArrayBuffer>): void {
    if (n === 0) return
    for (const part of splitBatch(inCopies(n, cols, counts))) this.output.pushRows(part)
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
