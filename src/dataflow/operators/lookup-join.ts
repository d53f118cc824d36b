import { drain, type Pieces } from '../../base/slices.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { splitBatch, takeBatch } from '../../types/batch-build.ts'
import { inCopies } from '../../types/copies.ts'
import { emptyMatches } from '../delta-index.ts'
import type { Pipe } from '../edge.ts'
import { firstColumns, pick, withoutNullKeys } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import type { JoinSide } from './join.ts'
import { NO_MATCH, withMatches } from './matched-rows.ts'

export interface LookupJoinSpec extends OperatorIdentity {
  readonly left: { readonly input: Pipe; readonly keys: readonly number[] }
  readonly right: JoinSide
  /** Left rows without a match stay, with NULLs. */
  readonly outer: boolean
}

/**
 * lookupJoin: each left row that comes, with the right rows of its key as they are in that tick. What the right side does
 * later changes nothing of it, so that the output only grows when the left input does.
 * State: none of its own; the right side's arrangement. Cost per left row: its matches; per right row: none here.
 * Retraction: none comes on the left. Which rows meet is decided by the order of ticks, which the journal keeps. NULL
 * keys match nothing.
 */
export class LookupJoinOperator extends OperatorBase {
  readonly name = 'lookupJoin'
  private readonly spec: LookupJoinSpec
  private readonly matches = emptyMatches()

  constructor(spec: LookupJoinSpec) {
    super(spec, [spec.left.input, spec.right.input], [...spec.left.input.types, ...spec.right.input.types])
    this.spec = spec
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    const right = this.spec.right.input.take()
    const left = this.spec.left.input.take()
    for (const batch of left.rows) yield* this.join(batch)
    this.forwardErrors(left.errors)
    this.forwardErrors(right.errors)
  }

  /** A query reads its right side whole before the first left row looks for it. */
  override get costsWhole(): boolean {
    return true
  }

  private *join(batch: Batch): Pieces {
    const { left, right, outer } = this.spec
    const { arrangement } = right
    const types = right.input.types
    const keyed = withoutNullKeys(batch, left.keys)
    arrangement.probe(pick(keyed.cols, left.keys), keyed.n, this.matches)
    const { n, probe, slot } = this.matches
    const all = firstColumns(types.length)
    for (let start = 0; start < n; start += BATCH_ROWS_MAX) {
      const size = Math.min(BATCH_ROWS_MAX, n - start)
      const slots = slot.slice(start, start + size)
      const rows = takeBatch(keyed, probe.subarray(start, start + size), size)
      const counts = arrangement.diffs(slots, size)
      const cols = [...rows.cols, ...arrangement.gather(all, slots, size)]
      const products = Float64Array.from(counts, (count, i) => count * rows.diffs[i])
      for (const part of splitBatch(inCopies(size, cols, products))) this.output.pushRows(part)
      yield
    }
    if (outer) this.alone(batch, keyed, n)
  }

  private alone(batch: Batch, keyed: Batch, matched: number): void {
    const { left, right } = this.spec
    const found = new Uint8Array(keyed.n)
    for (let k = 0; k < matched; k++) found[this.matches.probe[k]] = 1
    const match = new Int32Array(batch.n).fill(NO_MATCH)
    const types = right.input.types
    const rest = (of: Batch, keep: (i: number) => boolean): Batch | null => {
      const rows = new Int32Array(of.n)
      let n = 0
      for (let i = 0; i < of.n; i++) if (keep(i)) rows[n++] = i
      return n === 0 ? null : takeBatch(of, rows, n)
    }
    const hasNullKey = (i: number) => left.keys.some((key) => batch.cols[key].nulls?.[i] === 1)
    const parts = [rest(keyed, (i) => found[i] === 0), keyed === batch ? null : rest(batch, hasNullKey)]
    for (const part of parts) {
      if (part === null) continue
      for (const out of withMatches(part, match, [], types, true)) this.output.pushRows(out)
    }
  }
}
