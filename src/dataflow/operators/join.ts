import type { Arrangement, Matches } from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { concatBatches, sliceBatch, takeBatch } from '../../types/batch-build.ts'
import type { Column, F64Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import type { RowErrors, TickContext } from '../contract.ts'
import { DeltaIndex, emptyMatches } from '../delta-index.ts'
import type { Fanout, Pipe } from '../edge.ts'
import { firstColumns, pick, withoutNullKeys } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { errorBatch, RowErrorList } from '../row-errors.ts'

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
  /** True: only the residual's errors are wanted (beside a semi join), not the rows. */
  readonly errorsOnly?: boolean
}

/** Pairs made at once when there is no key: bounds the memory of a cross join. */
const PAIRS_MAX = 1 << 16

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
  private readonly width: { readonly left: readonly number[]; readonly right: readonly number[] }

  constructor(spec: JoinSpec) {
    super(spec, [spec.left.input, spec.right.input], [...spec.left.input.types, ...spec.right.input.types])
    this.spec = spec
    const extra = spec.iterations === null ? 0 : 1
    this.width = {
      left: firstColumns(spec.left.input.types.length + extra),
      right: firstColumns(spec.right.input.types.length + extra),
    }
  }

  step(tick: TickContext): void {
    const { left, right } = this.spec
    const leftDelta = left.input.take()
    const rightDelta = right.input.take()
    const leftRows = this.matchable(leftDelta.rows, left.keys)
    const rightRows = this.matchable(rightDelta.rows, right.keys)
    for (const batch of leftRows) this.probe(batch, left.keys, right.arrangement, true, tick)
    for (const batch of rightRows) this.probe(batch, right.keys, left.arrangement, false, tick)
    if (leftRows.length > 0 && rightRows.length > 0) this.subtractBoth(leftRows, rightRows, tick)
    this.forwardErrors(leftDelta.errors)
    this.forwardErrors(rightDelta.errors)
  }

  private matchable(batches: readonly Batch[], keys: readonly number[]): readonly Batch[] {
    if (this.spec.nullSafe || keys.length === 0) return batches
    return batches.map((batch) => withoutNullKeys(batch, keys)).filter((batch) => batch.n > 0)
  }

  private probe(batch: Batch, keys: readonly number[], other: Arrangement, fromLeft: boolean, tick: TickContext): void {
    const atOnce = keys.length > 0 ? batch.n : Math.max(1, Math.floor(PAIRS_MAX / Math.max(1, other.rows)))
    for (let start = 0; start < batch.n; start += atOnce) {
      const part = atOnce >= batch.n ? batch : sliceBatch(batch, start, Math.min(batch.n, start + atOnce))
      other.probe(pick(part.cols, keys), part.n, this.matches)
      this.emitMatches(part, other, fromLeft, tick)
    }
  }

  private emitMatches(batch: Batch, other: Arrangement, fromLeft: boolean, tick: TickContext): void {
    const columns = fromLeft ? this.width.right : this.width.left
    for (let start = 0; start < this.matches.n; start += BATCH_ROWS_MAX) {
      const n = Math.min(BATCH_ROWS_MAX, this.matches.n - start)
      const probe = this.matches.probe.subarray(start, start + n)
      const slots = this.matches.slot.subarray(start, start + n)
      const own = batch.cols.map((column) => takeRows(column, probe, n))
      const found = other.gather(columns, slots, n)
      const diffs = other.diffs(slots, n)
      const product = new Int32Array(n)
      for (let k = 0; k < n; k++) product[k] = diffs[k] * batch.diffs[probe[k]]
      const iterations = this.spec.iterations === null ? null : (found.pop() as F64Column)
      const cols = fromLeft ? [...own, ...found] : [...found, ...own]
      if (iterations === null) this.emit({ n, diffs: product, cols }, this.output, tick)
      else this.emitByIteration({ n, diffs: product, cols }, iterations.data, tick)
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
      this.emit(part, at === current ? this.output : later.call(this.spec.iterations, this.output, at), tick)
    }
  }

  private subtractBoth(left: readonly Batch[], right: readonly Batch[], tick: TickContext): void {
    const l = concatBatches(left)
    const r = concatBatches(right)
    const { keys } = this.spec.left
    const index = keys.length === 0 ? null : new DeltaIndex(pick(r.cols, this.spec.right.keys), r.n)
    const atOnce = index !== null ? l.n : Math.max(1, Math.floor(PAIRS_MAX / r.n))
    for (let start = 0; start < l.n; start += atOnce) {
      const part = atOnce >= l.n ? l : sliceBatch(l, start, Math.min(l.n, start + atOnce))
      if (index === null) allPairs(part.n, r.n, this.matches)
      else index.probe(pick(part.cols, keys), part.n, this.matches)
      this.emitNegated(part, r, tick)
    }
  }

  private emitNegated(l: Batch, r: Batch, tick: TickContext): void {
    for (let start = 0; start < this.matches.n; start += BATCH_ROWS_MAX) {
      const n = Math.min(BATCH_ROWS_MAX, this.matches.n - start)
      const i = this.matches.probe.subarray(start, start + n)
      const j = this.matches.slot.subarray(start, start + n)
      const diffs = new Int32Array(n)
      for (let k = 0; k < n; k++) diffs[k] = -l.diffs[i[k]] * r.diffs[j[k]]
      const cols = [
        ...l.cols.map((column) => takeRows(column, i, n)),
        ...r.cols.map((column) => takeRows(column, j, n)),
      ]
      this.emit({ n, diffs, cols }, this.output, tick)
    }
  }

  private emit(batch: Batch, target: Target, tick: TickContext): void {
    if (this.spec.residual === null) {
      target.pushRows(batch)
      return
    }
    const n = this.spec.residual(batch.cols, batch.n, this.passing, this.errors, tick)
    if (this.errors.count > 0) {
      target.pushErrors(errorBatch(this.errors, this, batch.cols, this.output.types, batch.diffs))
      this.errors.clear()
    }
    if (this.spec.errorsOnly === true) return
    if (n === batch.n) target.pushRows(batch)
    else if (n > 0) target.pushRows(takeBatch(batch, this.passing, n))
  }
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
