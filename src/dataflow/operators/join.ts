import { drain, type Pieces } from '../../base/slices.ts'
import type { Arrangement, Matches } from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { concatBatches, hasRetraction, sliceBatch, takeBatch } from '../../types/batch-build.ts'
import type { Column, F64Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import { copiesOf, TOLD_COUNT_MAX } from '../../types/copies.ts'
import { consolidation } from '../consolidate.ts'
import type { RowErrors, TickContext } from '../contract.ts'
import { DeltaIndex, emptyMatches } from '../delta-index.ts'
import type { Fanout, Pipe } from '../edge.ts'
import { firstColumns, pick, withoutNullKeys } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { errorBatch, RowErrorList } from '../row-errors.ts'
import { TOO_OFTEN } from '../too-often.ts'

/** A compiled predicate: writes the rows for which it is true into `rows`, returns how many. */
export type FilterProgram = (
  cols: readonly Column[],
  n: number,
  rows: Int32Array,
  errors: RowErrors,
  tick: TickContext,
) => number

/** Where results go: the output edge, or a later iteration of it. */
export type Target = Pick<Fanout, 'pushRows' | 'pushErrors'>

/** Inside a nested scope arrangements carry the iteration of each row as their last column. */
export interface Iterations {
  readonly current: number
  later(edge: Fanout, iteration: number): Target
}

export interface JoinSide {
  /** Deltas, already applied to `arrangement`. */
  readonly input: Pipe
  readonly arrangement: Arrangement
  readonly keys: readonly number[]
}

export interface JoinSpec extends OperatorIdentity {
  readonly left: JoinSide
  readonly right: JoinSide
  readonly nullSafe: boolean
  readonly residual: FilterProgram | null
  readonly iterations: Iterations | null
  /** Output columns that the only consumer reads: the others are left empty. Null: all are wanted. */
  readonly wanted?: readonly number[] | null
  /** Output columns that the residual reads. */
  readonly residualReads?: readonly number[] | null
  /** True: only the residual's errors are wanted (beside a semi join), not the rows. */
  readonly errorsOnly?: boolean
}

/** Pairs looked up at once, where one row does not have more: bounds the memory of a cross join, or of a hot key. */
const PAIRS_MAX = 1 << 16
/** Rows looked up at once until it is known how many matches they have. */
const FIRST_PROBE_ROWS = 256
/**
 * Inner join (without keys: cross join). Both arrangements hold the tick's deltas already, hence
 * dOut = dL ⋈ R + L ⋈ dR − dL ⋈ dR.
 * State: none of its own. Cost per changed row: its matches. Retraction: bilinear; residual errors carry the pair's diff.
 */
export class JoinOperator extends OperatorBase {
  readonly name = 'join'
  private readonly spec: JoinSpec
  private readonly matches: Matches = emptyMatches()
  private readonly errors = new RowErrorList()
  private readonly passing = new Int32Array(BATCH_ROWS_MAX)
  /** Rows to look up next. */
  private atOnce = FIRST_PROBE_ROWS
  private readonly leftWidth: number
  private readonly all: readonly number[]
  private readonly wanted: readonly number[]
  private readonly residualReads: readonly number[]

  constructor(spec: JoinSpec) {
    super(spec, [spec.left.input, spec.right.input], [...spec.left.input.types, ...spec.right.input.types])
    this.spec = spec
    this.leftWidth = spec.left.input.types.length
    this.all = firstColumns(this.output.types.length)
    this.wanted = spec.wanted ?? this.all
    this.residualReads = spec.residualReads ?? this.all
  }

  override get runsInParts(): boolean {
    return this.spec.iterations === null
  }
  override get handsOnParts(): boolean {
    return this.spec.iterations === null
  }

  step(tick: TickContext): void {
    drain(this.pieces(tick))
  }

  override *pieces(tick: TickContext): Pieces {
    const { left, right } = this.spec
    const leftDelta = left.input.take()
    const rightDelta = right.input.take()
    let leftRows = this.matchable(leftDelta.rows, left.keys)
    let rightRows = this.matchable(rightDelta.rows, right.keys)
    if (leftRows.length > 0 && rightRows.length > 0) {
      leftRows = yield* netRows(leftRows)
      rightRows = yield* netRows(rightRows)
    }
    for (const batch of leftRows) yield* this.probe(batch, left.keys, right.arrangement, true, tick)
    for (const batch of rightRows) yield* this.probe(batch, right.keys, left.arrangement, false, tick)
    if (leftRows.length > 0 && rightRows.length > 0) yield* this.subtractBoth(leftRows, rightRows, tick)
    this.forwardErrors(leftDelta.errors)
    this.forwardErrors(rightDelta.errors)
  }

  private matchable(batches: readonly Batch[], keys: readonly number[]): readonly Batch[] {
    if (this.spec.nullSafe || keys.length === 0) return batches
    return batches.map((batch) => withoutNullKeys(batch, keys)).filter((batch) => batch.n > 0)
  }

  private *probe(
    batch: Batch,
    keys: readonly number[],
    other: Arrangement,
    fromLeft: boolean,
    tick: TickContext,
  ): Pieces {
    const keyed = keys.length > 0
    if (!keyed) this.atOnce = Math.max(1, Math.floor(PAIRS_MAX / Math.max(1, other.rows)))
    for (let start = 0; start < batch.n; ) {
      const end = Math.min(batch.n, start + this.atOnce)
      const part = start === 0 && end === batch.n ? batch : sliceBatch(batch, start, end)
      other.probe(pick(part.cols, keys), part.n, this.matches)
      start = end
      if (keyed) this.atOnce = nextAtOnce(part.n, this.matches.n)
      yield* this.emitMatches(part, other, fromLeft, tick)
    }
  }

  private *emitMatches(batch: Batch, other: Arrangement, fromLeft: boolean, tick: TickContext): Pieces {
    const first = fromLeft ? this.leftWidth : 0
    const width = fromLeft ? this.output.types.length - first : this.leftWidth
    const ownFirst = fromLeft ? 0 : this.leftWidth
    const column = (c: number, own: Int32Array, slots: Int32Array, n: number): Column => {
      const found = c - first
      if (found >= 0 && found < width) return other.gather([found], slots, n)[0]
      return takeRows(batch.cols[c - ownFirst], own, n)
    }
    for (let start = 0; start < this.matches.n; start += BATCH_ROWS_MAX) {
      const n = Math.min(BATCH_ROWS_MAX, this.matches.n - start)
      const probe = this.matches.probe.subarray(start, start + n)
      const slots = this.matches.slot.subarray(start, start + n)
      const counts = other.diffs(slots, n)
      for (const pairs of this.counted({ n, a: probe, b: slots, diffs: counts, column }, batch.diffs, probe)) {
        if (this.spec.iterations === null) this.emit(pairs, tick)
        else {
          const iterations = other.gather([width], pairs.b, pairs.n)[0] as F64Column
          this.emitByIteration(this.whole(pairs), iterations.data, tick)
        }
        yield
      }
    }
  }

  /** A pair appears in the later of its two rows' iterations. */
  private emitByIteration(batch: Batch, iteration: Float64Array, tick: TickContext): void {
    const { current, later } = this.spec.iterations!
    const groups = new Map<number, number[]>()
    for (let i = 0; i < batch.n; i++) {
      const at = Math.max(iteration[i], current)
      const group = groups.get(at)
      if (group === undefined) groups.set(at, [i])
      else group.push(i)
    }
    for (const [at, rows] of groups) {
      const part = rows.length === batch.n ? batch : takeBatch(batch, Int32Array.from(rows), rows.length)
      this.emitWhole(part, at === current ? this.output : later.call(this.spec.iterations, this.output, at), tick)
    }
  }

  private *subtractBoth(left: readonly Batch[], right: readonly Batch[], tick: TickContext): Pieces {
    const l = concatBatches(left)
    const r = concatBatches(right)
    const { keys } = this.spec.left
    const index = keys.length === 0 ? null : new DeltaIndex(pick(r.cols, this.spec.right.keys), r.n)
    let atOnce = index !== null ? FIRST_PROBE_ROWS : Math.max(1, Math.floor(PAIRS_MAX / r.n))
    for (let start = 0; start < l.n; ) {
      const end = Math.min(l.n, start + atOnce)
      const part = start === 0 && end === l.n ? l : sliceBatch(l, start, end)
      start = end
      if (index === null) allPairs(part.n, r.n, this.matches)
      else {
        index.probe(pick(part.cols, keys), part.n, this.matches)
        atOnce = nextAtOnce(part.n, this.matches.n)
      }
      yield* this.emitNegated(part, r, tick)
    }
  }

  private *emitNegated(l: Batch, r: Batch, tick: TickContext): Pieces {
    const column = (c: number, i: Int32Array, j: Int32Array, n: number): Column =>
      c < this.leftWidth ? takeRows(l.cols[c], i, n) : takeRows(r.cols[c - this.leftWidth], j, n)
    for (let start = 0; start < this.matches.n; start += BATCH_ROWS_MAX) {
      const n = Math.min(BATCH_ROWS_MAX, this.matches.n - start)
      const i = this.matches.probe.subarray(start, start + n)
      const j = this.matches.slot.subarray(start, start + n)
      const diffs = new Int32Array(n)
      for (let k = 0; k < n; k++) diffs[k] = -l.diffs[i[k]]
      for (const pairs of this.counted({ n, a: i, b: j, diffs, column }, r.diffs, j)) {
        if (this.spec.iterations === null) this.emit(pairs, tick)
        else this.emitWhole(this.whole(pairs), this.output, tick)
        yield
      }
    }
  }

  /**
   * The pairs, the diffs of one side in them multiplied by those of the other, in place: as they are, or in copies where
   * a product needs more than 32 bits.
   */
  private *counted(pairs: Pairs, others: Int32Array, at: Int32Array): Iterable<Pairs> {
    const { n, a, b, diffs, column } = pairs
    let wide: Float64Array | null = null
    for (let k = 0; k < n; k++) {
      const count = diffs[k] * others[at[k]]
      diffs[k] = count
      if (wide === null && diffs[k] !== count) wide = Float64Array.from(diffs)
      if (wide !== null) wide[k] = count
    }
    if (wide === null) {
      yield pairs
      return
    }
    this.refuseUntold(pairs, wide)
    const copies = copiesOf(wide, n)
    for (let start = 0; start < copies.n; start += BATCH_ROWS_MAX) {
      const from = copies.from.subarray(start, start + BATCH_ROWS_MAX)
      const part = copies.diffs.subarray(start, start + BATCH_ROWS_MAX)
      yield { n: from.length, a: taken(a, from, from.length), b: taken(b, from, from.length), diffs: part, column }
    }
  }

  /** Counts that no batch could tell: such pairs are errors, and have no rows. */
  private refuseUntold(pairs: Pairs, counts: Float64Array): void {
    for (let k = 0; k < pairs.n; k++) {
      if (Math.abs(counts[k]) > TOLD_COUNT_MAX) this.errors.add(k, TOO_OFTEN.sqlstate, TOO_OFTEN.message, -1)
    }
    if (this.errors.count === 0) return
    const diffs = Int32Array.from(counts, Math.sign)
    for (const k of this.errors.rows()) counts[k] = 0
    this.emitErrors(this.whole({ ...pairs, diffs }), this.output)
  }

  /** The condition sees the columns that it reads; the others are fetched for the pairs that pass. */
  private emit(pairs: Pairs, tick: TickContext): void {
    const { n, a, b, column } = pairs
    const cols = new Array<Column>(this.all.length).fill(NOTHING)
    if (this.spec.residual === null) {
      for (const c of this.wanted) cols[c] = column(c, a, b, n)
      this.output.pushRows({ n, diffs: pairs.diffs, cols })
      return
    }
    for (const c of this.residualReads) cols[c] = column(c, a, b, n)
    const passed = this.spec.residual(cols, n, this.passing, this.errors, tick)
    if (this.errors.count > 0) this.emitErrors(this.whole(pairs), this.output)
    if (this.spec.errorsOnly === true || passed === 0) return
    const rows = this.passing
    const own = passed === n ? a : taken(a, rows, passed)
    const other = passed === n ? b : taken(b, rows, passed)
    for (const c of this.wanted) {
      if (cols[c] === NOTHING) cols[c] = column(c, own, other, passed)
      else if (passed < n) cols[c] = takeRows(cols[c], rows, passed)
    }
    const diffs = passed === n ? pairs.diffs : taken(pairs.diffs, rows, passed)
    this.output.pushRows({ n: passed, diffs, cols })
  }

  private whole({ n, a, b, diffs, column }: Pairs): Batch {
    return { n, diffs, cols: this.all.map((c) => column(c, a, b, n)) }
  }

  private emitWhole(batch: Batch, target: Target, tick: TickContext): void {
    if (this.spec.residual === null) {
      target.pushRows(batch)
      return
    }
    const n = this.spec.residual(batch.cols, batch.n, this.passing, this.errors, tick)
    if (this.errors.count > 0) this.emitErrors(batch, target)
    if (this.spec.errorsOnly === true) return
    if (n === batch.n) target.pushRows(batch)
    else if (n > 0) target.pushRows(takeBatch(batch, this.passing, n))
  }

  private emitErrors(batch: Batch, target: Target): void {
    target.pushErrors(errorBatch(this.errors, this, batch.cols, this.output.types, batch.diffs))
    this.errors.clear()
  }
}

/** After `rows` had so many `matches`: as many rows as have about PAIRS_MAX. */
function nextAtOnce(rows: number, matches: number): number {
  const few = Math.max(FIRST_PROBE_ROWS, rows * 4)
  return Math.max(1, Math.min(BATCH_ROWS_MAX, few, Math.floor((rows * PAIRS_MAX) / Math.max(1, matches))))
}

/**
 * Where both sides change, each pair of changed rows is made three times, one of them negative: joins of one relation
 * behind one another would double what they hand on with each. So what cancels goes first.
 */
function* netRows(batches: readonly Batch[]): Pieces<readonly Batch[]> {
  if (!batches.some(hasRetraction)) return batches
  return yield* consolidation(batches)
}

/** Matching rows a[k] and b[k] of the two sides, and how to fetch an output column of such. */
interface Pairs {
  readonly n: number
  readonly a: Int32Array
  readonly b: Int32Array
  readonly diffs: Int32Array
  readonly column: (c: number, a: Int32Array, b: Int32Array, n: number) => Column
}

/** Stands for a column that nobody reads: NULL in every row of any batch. */
const NOTHING: Column = {
  kind: 'f64',
  data: new Float64Array(BATCH_ROWS_MAX),
  nulls: new Uint8Array(BATCH_ROWS_MAX).fill(1),
}

function taken(from: Int32Array, rows: Int32Array, n: number): Int32Array {
  const out = new Int32Array(n)
  for (let k = 0; k < n; k++) out[k] = from[rows[k]]
  return out
}

function allPairs(n: number, m: number, out: Matches): void {
  if (out.probe.length < n * m) {
    out.probe = new Int32Array(n * m)
    out.slot = new Int32Array(n * m)
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      out.probe[i * m + j] = i
      out.slot[i * m + j] = j
    }
  }
  out.n = n * m
}
