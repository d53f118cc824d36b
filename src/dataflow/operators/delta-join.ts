import { drain, type Pieces } from '../../base/slices.ts'
import type { Arrangement, Matches } from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { concatBatches, hasRetraction, sliceBatch } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { nullColumn, takeRows } from '../../types/column-shape.ts'
import { copiesOf, TOLD_COUNT_MAX } from '../../types/copies.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { consolidation } from '../consolidate.ts'
import type { Delta } from '../contract.ts'
import { DeltaIndex, emptyMatches } from '../delta-index.ts'
import type { Pipe } from '../edge.ts'
import { hasNull, pick } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { errorBatch, RowErrorList } from '../row-errors.ts'
import { TOO_OFTEN } from '../too-often.ts'

export interface DeltaJoinSide {
  /** Deltas, already applied to all arrangements of the side. */
  readonly input: Pipe
  /** The same deltas as further arrangements hand them on: not read, but they have to have run. */
  readonly others: readonly Pipe[]
  readonly types: readonly SqlType[]
}

export interface LookUp {
  readonly side: number
  readonly arrangement: Arrangement
  /** Columns of the output that are there by then, and the side's that equal them. */
  readonly probe: readonly number[]
  readonly key: readonly number[]
}

export interface DeltaJoinSpec extends OperatorIdentity {
  readonly sides: readonly DeltaJoinSide[]
  /** By side: the others, in the order in which a row of it meets them. */
  readonly paths: readonly (readonly LookUp[])[]
}

/** Rows of a partial result that are looked up at once: bounds what lies between two look-ups. */
const ROWS_AT_ONCE = 1024

/**
 * Inner join of several sides by equal columns, without what joins of two and two would keep between: each changed row
 * looks the other sides up, one after the other. With n changed sides in a tick, dOut is the sum over the sides i of
 * dSi ⋈ (the sides before it, with their changes) ⋈ (those behind it, without): an arrangement holds its changes already,
 * so that those are looked up too, and subtracted.
 * State: none of its own. Cost per changed row: the partial results on its path. Retraction: multilinear.
 */
export class DeltaJoinOperator extends OperatorBase {
  readonly name = 'deltaJoin'
  private readonly spec: DeltaJoinSpec
  private readonly firsts: readonly number[]
  private readonly errors = new RowErrorList()
  /** By depth of the path: what is found, in the arrangement and among the changes. */
  private readonly found: readonly Matches[]
  private readonly changed: readonly Matches[]

  constructor(spec: DeltaJoinSpec) {
    const { sides } = spec
    const inputs = [...sides.map(({ input }) => input), ...sides.flatMap(({ others }) => others)]
    super(
      spec,
      inputs,
      sides.flatMap(({ types }) => types),
    )
    this.spec = spec
    let first = 0
    this.firsts = sides.map(({ types }) => {
      first += types.length
      return first - types.length
    })
    this.found = sides.map(() => emptyMatches())
    this.changed = sides.map(() => emptyMatches())
  }

  override get handsOnParts(): boolean {
    return true
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    const { sides, paths } = this.spec
    const deltas: readonly Delta[] = sides.map(({ input }) => input.take())
    for (const { others } of sides) for (const pipe of others) pipe.take()
    const changes: (Batch | null)[] = []
    for (const { rows } of deltas) {
      const net = rows.some(hasRetraction) ? yield* consolidation(rows) : rows
      changes.push(net.length === 0 ? null : concatBatches(net))
    }
    const indexes = new Map<LookUp, DeltaIndex>()
    for (const [i, batch] of changes.entries()) {
      if (batch === null) continue
      for (const look of paths[i]) {
        const other = changes[look.side]
        if (look.side > i && other !== null) indexes.set(look, new DeltaIndex(pick(other.cols, look.key), other.n))
      }
      for (let start = 0; start < batch.n; start += ROWS_AT_ONCE) {
        const { n, cols, diffs } = sliceBatch(batch, start, Math.min(batch.n, start + ROWS_AT_ONCE))
        const partial = new Array<Column>(this.output.types.length).fill(NOTHING)
        cols.forEach((column, c) => {
          partial[this.firsts[i] + c] = column
        })
        yield* this.extend(i, 0, { n, cols: partial, diffs }, changes, indexes)
      }
    }
    for (const { errors } of deltas) this.forwardErrors(errors)
  }

  /** The rows that a partial result of path `from` becomes, from its look-up `at` on. */
  private *extend(
    from: number,
    at: number,
    given: Batch,
    changes: readonly (Batch | null)[],
    indexes: ReadonlyMap<LookUp, DeltaIndex>,
  ): Pieces {
    const look = this.spec.paths[from][at]
    if (look === undefined) {
      this.output.pushRows(given)
      yield
      return
    }
    const partial = withKeys(given, look.probe)
    if (partial.n === 0) return
    const { arrangement, side, probe } = look
    const keys = pick(partial.cols, probe)
    const found = this.found[at]
    arrangement.probe(keys, partial.n, found)
    const columns = this.spec.sides[side].types.map((_, c) => c)
    yield* this.matched(
      partial,
      found,
      side,
      (slots, n) => ({
        cols: arrangement.gather(columns, slots, n),
        diffs: arrangement.diffs(slots, n),
      }),
      (next) => this.extend(from, at + 1, next, changes, indexes),
    )
    const index = indexes.get(look)
    if (index === undefined) return
    const rows = changes[side] as Batch
    const changed = this.changed[at]
    index.probe(keys, partial.n, changed)
    yield* this.matched(
      partial,
      changed,
      side,
      (slots, n) => ({
        cols: rows.cols.map((column) => takeRows(column, slots, n)),
        diffs: Int32Array.from({ length: n }, (_, k) => -rows.diffs[slots[k]]),
      }),
      (next) => this.extend(from, at + 1, next, changes, indexes),
    )
  }

  /** The partial rows with what they meet, some at once. */
  private *matched(
    partial: Batch,
    { n: total, probe, slot }: Matches,
    side: number,
    fetch: (slots: Int32Array, n: number) => { readonly cols: readonly Column[]; readonly diffs: Int32Array },
    go: (next: Batch) => Pieces,
  ): Pieces {
    for (let start = 0; start < total; start += ROWS_AT_ONCE) {
      const n = Math.min(ROWS_AT_ONCE, total - start)
      const rows = probe.slice(start, start + n)
      const { cols: made, diffs } = fetch(slot.slice(start, start + n), n)
      const cols = taken(partial.cols, rows, n)
      made.forEach((column, c) => {
        cols[this.firsts[side] + c] = column
      })
      const counts = Float64Array.from({ length: n }, (_, k) => diffs[k] * partial.diffs[rows[k]])
      for (const next of this.counted(n, cols, counts)) yield* go(next)
    }
  }

  /** Rows with counts of any size: in copies beyond 32 bits; such that no copies can tell are errors. */
  private *counted(n: number, cols: readonly Column[], counts: Float64Array): Iterable<Batch> {
    const diffs = Int32Array.from(counts)
    if (diffs.every((diff, k) => diff === counts[k])) {
      yield { n, cols, diffs }
      return
    }
    for (let k = 0; k < n; k++) {
      if (Math.abs(counts[k]) > TOLD_COUNT_MAX) this.errors.add(k, TOO_OFTEN.sqlstate, TOO_OFTEN.message, -1)
    }
    if (this.errors.count > 0) {
      const { types } = this.output
      const whole = cols.map((column, c) => (column === NOTHING ? nullColumn(types[c], n) : column))
      this.output.pushErrors(errorBatch(this.errors, this, whole, types, Int32Array.from(counts, Math.sign)))
      for (const k of this.errors.rows()) counts[k] = 0
      this.errors.clear()
    }
    const copies = copiesOf(counts, n)
    for (let start = 0; start < copies.n; start += ROWS_AT_ONCE) {
      const rows = copies.from.subarray(start, start + ROWS_AT_ONCE)
      const part = copies.diffs.subarray(start, start + ROWS_AT_ONCE)
      yield { n: rows.length, cols: taken(cols, rows, rows.length), diffs: part }
    }
  }
}

/** Stands for the columns of sides that a partial result has not met yet. */
const NOTHING: Column = { kind: 'f64', data: new Float64Array(BATCH_ROWS_MAX), nulls: null }

const taken = (cols: readonly Column[], rows: Int32Array, n: number): Column[] =>
  cols.map((column) => (column === NOTHING ? NOTHING : takeRows(column, rows, n)))

/** Without the rows that have NULL in a column that is looked up: `=` never matches them. */
function withKeys(batch: Batch, keys: readonly number[]): Batch {
  if (keys.every((key) => batch.cols[key].nulls === null)) return batch
  const kept: number[] = []
  for (let i = 0; i < batch.n; i++) if (!hasNull(batch.cols, keys, i)) kept.push(i)
  if (kept.length === batch.n) return batch
  const rows = Int32Array.from(kept)
  const diffs = Int32Array.from(kept, (i) => batch.diffs[i])
  return { n: kept.length, cols: taken(batch.cols, rows, rows.length), diffs }
}
