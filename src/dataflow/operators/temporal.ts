import type { Pieces } from '../../base/slices.ts'
import { drain } from '../../base/slices.ts'
import type { Arrangement, Matches, StateFactory, StateStructure } from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { negateBatch, takeBatch } from '../../types/batch-build.ts'
import type { F64Column } from '../../types/column.ts'
import { FLOAT8, type SqlType } from '../../types/sql-type.ts'
import { consolidate } from '../consolidate.ts'
import type { TickContext } from '../contract.ts'
import { emptyMatches } from '../delta-index.ts'
import type { Pipe } from '../edge.ts'
import { firstColumns } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { errorBatch, RowErrorList } from '../row-errors.ts'
import { TimeHeap } from '../time-heap.ts'
import type { MapProgram } from './map.ts'

/** Expressions that read the clock, compiled. */
export interface TemporalProgram {
  /** Filter and columns as of the tick's now. */
  readonly map: MapProgram
  /** For each of n rows the first moment after the tick's now at which `map` may give something else; Infinity: never. */
  next(batch: Batch, tick: TickContext, out: Float64Array): void
}

export interface TemporalSpec extends OperatorIdentity {
  readonly stateId: string
  readonly types: readonly SqlType[]
  readonly program: TemporalProgram
}

/**
 * temporal: filter and columns that read the clock. A row whose result is final passes as through a map. The others wait
 * in the state, filed under the moment at which their result changes next: then what they gave is taken back, what they
 * give now is emitted, and they are filed anew or forgotten.
 * State: rows still to change, by that moment; a heap of the moments, rebuilt from it. Cost per changed row, and per
 * change of a row's result: O(log n). Nothing is looked at in between. Retraction: a row is found under the moment that
 * it was filed under, which is a function of the row alone.
 */
export class TemporalOperator extends OperatorBase {
  readonly name = 'temporal'
  private readonly program: TemporalProgram
  /** The input's columns, then the moment. */
  private readonly waiting: Arrangement
  private readonly heap = new TimeHeap()
  /** The heap knows the rows that the state was loaded with. */
  private loaded = false
  private readonly errors = new RowErrorList()
  private readonly width: number
  private readonly matches: Matches = emptyMatches()
  private moments = new Float64Array(64)
  private passed = new Int32Array(BATCH_ROWS_MAX)

  constructor(spec: TemporalSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], spec.types)
    this.program = spec.program
    this.width = input.types.length
    this.waiting = states.arrangement({
      id: `${spec.stateId}/waiting`,
      types: [...input.types, FLOAT8],
      key: [this.width],
    })
  }

  override get timeDriven(): boolean {
    return true
  }
  override frontier(): number {
    this.load()
    return this.heap.first
  }
  override state(): readonly StateStructure[] {
    return [this.waiting]
  }
  override bytes(): number {
    return this.waiting.bytes() + this.heap.bytes()
  }

  step(tick: TickContext): void {
    drain(this.pieces(tick))
  }

  override *pieces(tick: TickContext): Pieces {
    this.load()
    // First what time has changed: rows that arrive are filed as of now.
    while (this.heap.first <= tick.nowMicros) {
      this.pass(tick)
      yield
    }
    const delta = this.inputs[0].take()
    for (const batch of delta.rows) {
      for (const part of this.mapped(batch, tick)) this.output.pushRows(part)
      this.file(batch, tick)
      yield
    }
    this.forwardErrors(delta.errors)
  }

  /** The next moments that are due, about a batch of rows. */
  private pass(tick: TickContext): void {
    const due = this.heap.takeUpTo(tick.nowMicros, BATCH_ROWS_MAX)
    // What a row gave has been the same since it was filed, before the first of these moments.
    const before: TickContext = { ...tick, nowMicros: due[0] - 1 }
    const key: F64Column = { kind: 'f64', data: due, nulls: null }
    this.waiting.probe([key], due.length, this.matches)
    const { n, slot } = this.matches
    for (let start = 0; start < n; start += BATCH_ROWS_MAX) {
      const slots = slot.slice(start, Math.min(n, start + BATCH_ROWS_MAX))
      this.change(slots, before, tick)
    }
    // Removed once all are read: the probe's slots hold until then.
    for (let start = 0; start < n; start += BATCH_ROWS_MAX) {
      const filed = this.gathered.shift()!
      this.waiting.apply(negateBatch(filed))
      this.file({ ...filed, cols: filed.cols.slice(0, this.width) }, tick)
    }
  }

  private readonly gathered: Batch[] = []

  /** Emits what changes for the rows of these slots. */
  private change(slots: Int32Array, before: TickContext, tick: TickContext): void {
    const size = slots.length
    const cols = this.waiting.gather(firstColumns(this.width + 1), slots, size)
    const filed: Batch = { n: size, diffs: this.waiting.diffs(slots, size), cols }
    this.gathered.push(filed)
    const rows: Batch = { n: size, diffs: filed.diffs, cols: cols.slice(0, this.width) }
    const old = this.mapped({ ...rows, diffs: rows.diffs.map((d) => -d) }, before)
    const now = this.mapped(rows, tick)
    // Rows that pass unchanged cancel out here, not in everything behind.
    const changes = old.length > 0 && now.length > 0 ? consolidate([...old, ...now]) : [...old, ...now]
    for (const batch of changes) this.output.pushRows(batch)
  }

  /** The rows that pass, with their columns; errors are emitted. */
  private mapped(batch: Batch, tick: TickContext): Batch[] {
    if (this.passed.length < batch.n) this.passed = new Int32Array(batch.n)
    const { n, cols } = this.program.map(batch.cols, batch.n, this.passed, this.errors, tick)
    if (this.errors.count > 0) {
      this.output.pushErrors(errorBatch(this.errors, this, batch.cols, this.inputs[0].types, batch.diffs))
      this.errors.clear()
    }
    if (n === 0) return []
    let diffs = batch.diffs
    if (n < batch.n) {
      diffs = new Int32Array(n)
      for (let k = 0; k < n; k++) diffs[k] = batch.diffs[this.passed[k]]
    }
    return [{ n, diffs, cols }]
  }

  /** Rows that will change yet, under the moment at which they do. */
  private file(batch: Batch, tick: TickContext): void {
    if (this.moments.length < batch.n) this.moments = new Float64Array(batch.n)
    const moments = this.moments
    this.program.next(batch, tick, moments)
    const rows = new Int32Array(batch.n)
    let n = 0
    for (let i = 0; i < batch.n; i++) if (moments[i] !== Number.POSITIVE_INFINITY) rows[n++] = i
    if (n === 0) return
    const kept = n === batch.n ? batch : takeBatch(batch, rows, n)
    const data = new Float64Array(n)
    for (let k = 0; k < n; k++) {
      data[k] = moments[rows[k]]
      // Of retractions too: where the row is not there its negative count waits as well.
      this.heap.add(data[k])
    }
    this.waiting.apply({ ...kept, cols: [...kept.cols, { kind: 'f64', data, nulls: null }] })
    if (this.heap.size > 2 * this.waiting.rows + HEAP_SPARE) this.rebuild()
  }

  private load(): void {
    if (this.loaded) return
    this.loaded = true
    this.rebuild()
  }

  /** Moments whose rows were retracted stay in the heap until they outweigh the others. */
  private rebuild(): void {
    this.heap.clear()
    for (const batch of this.waiting.scan()) {
      const { data } = batch.cols[this.width] as F64Column
      for (let i = 0; i < batch.n; i++) this.heap.add(data[i])
    }
  }
}

const HEAP_SPARE = 4096
