import { drain, type Pieces } from '../../base/slices.ts'
import type { Arrangement, StateFactory, StateStructure } from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { concatBatches } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { compareAt } from '../../types/compare.ts'
import { equalRows } from '../../types/hash.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { consolidateOne } from '../consolidate.ts'
import type { Pipe } from '../edge.ts'
import { firstColumns, hasNull, pick, withoutNullKeys } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { groupRows } from '../row-hash.ts'
import { NO_MATCH, withMatches } from './matched-rows.ts'

export interface AsofSide {
  readonly input: Pipe
  readonly keys: readonly number[]
  readonly time: number
}

export interface AsofJoinSpec extends OperatorIdentity {
  readonly stateId: string
  readonly left: AsofSide
  readonly right: AsofSide
  /** How the left time compares with the right one: of all right rows of which it holds the nearest is taken. */
  readonly compare: '>=' | '>' | '<=' | '<'
  /** Left rows without a match stay, with NULLs. */
  readonly outer: boolean
}

const PAGE = 1024

/** Changed right rows of one key and time, and the left rows that they may serve: the ranks [from, to) of `key`. */
interface Served {
  /** A row of the right delta: its key and time. */
  readonly row: number
  readonly from: number
  readonly to: number
}

/**
 * asofJoin: each left row with the right row of its key that is nearest in time on the side that `compare` says; of
 * several at that time the first in the row order. NULL keys and times match nothing.
 * State: both sides by key, ordered by time: the left in the direction in which right rows serve, the right against it.
 * Cost per changed left row O(log n); per changed right row O(log n) and the left rows up to the next right time, which
 * are those it serves; a right row behind another one of its time serves none.
 * Retraction: counts; right rows of negative count are passed over. A tick changes the right side first, under the left
 * rows that were there, then the new left rows find their match.
 */
export class AsofJoinOperator extends OperatorBase {
  readonly name = 'asofJoin'
  private readonly spec: AsofJoinSpec
  /** What watermarks free of them meets no change any more. */
  readonly lefts: Arrangement
  readonly rights: Arrangement
  private readonly strict: boolean
  private readonly rightWidth: readonly number[]
  private readonly leftWidth: readonly number[]
  private readonly page = new Int32Array(PAGE)
  private readonly found = new Int32Array(1)

  constructor(spec: AsofJoinSpec, states: StateFactory) {
    const { left, right } = spec
    super(spec, [left.input, right.input], [...left.input.types, ...right.input.types])
    this.spec = spec
    this.strict = spec.compare === '>' || spec.compare === '<'
    this.leftWidth = firstColumns(left.input.types.length)
    this.rightWidth = firstColumns(right.input.types.length)
    const desc = spec.compare === '<' || spec.compare === '<='
    const arranged = (side: AsofSide, part: string, backwards: boolean) =>
      states.arrangement({
        id: `${spec.stateId}/${part}`,
        types: side.input.types,
        key: side.keys,
        order: [{ column: side.time, desc: backwards, nullsFirst: false }],
      })
    this.lefts = arranged(left, 'left', desc)
    this.rights = arranged(right, 'right', !desc)
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    const left = this.spec.left.input.take()
    const right = this.spec.right.input.take()
    if (right.rows.length > 0) yield* this.changeRight(consolidateOne(concatBatches(right.rows)))
    for (const batch of left.rows) {
      this.changeLeft(batch)
      yield
    }
    this.forwardErrors(left.errors)
    this.forwardErrors(right.errors)
  }

  override state(): readonly StateStructure[] {
    return [this.lefts, this.rights]
  }

  // ------------------------------------------------------------ left rows

  private changeLeft(batch: Batch): void {
    const { keys, time } = this.spec.left
    const keyed = pick(batch.cols, keys)
    const matched = [...keys, time]
    const match = new Int32Array(batch.n)
    const slots: number[] = []
    for (let i = 0; i < batch.n; i++) {
      const slot = hasNull(batch.cols, matched, i) ? -1 : this.nearest(keyed, i, batch.cols[time], i, this.strict)
      match[i] = slot < 0 ? NO_MATCH : slots.push(slot) - 1
    }
    const rows = this.rights.gather(this.rightWidth, Int32Array.from(slots), slots.length)
    this.emit(batch, match, rows, 1)
    const kept = withoutNullKeys(batch, matched)
    if (kept.n > 0) this.lefts.apply(kept)
  }

  /** The right row that serves a left row of this time; -1: none. */
  private nearest(keys: readonly Column[], row: number, times: Column, at: number, strict: boolean): number {
    let rank = this.rights.seek(keys, row, times, at, strict)
    for (;;) {
      if (this.rights.range(keys, row, rank, 1, this.found) === 0) return -1
      const slot = this.found[0]
      if (this.rights.diff(slot) > 0) return slot
      rank++
    }
  }

  // ------------------------------------------------------------ right rows

  private *changeRight(delta: Batch): Pieces {
    const { keys, time } = this.spec.right
    const rows = withoutNullKeys(delta, [...keys, time])
    if (rows.n === 0) return
    const keyed = pick(rows.cols, keys)
    const times = rows.cols[time]
    const served = this.served(rows, keyed)
    const before = this.matchesOf(served, keyed, times)
    yield
    this.rights.apply(rows)
    yield
    const after = this.matchesOf(served, keyed, times)
    yield* this.correct(served, keyed, before, after)
  }

  /** What may change for which left rows, as the right side stands before the delta. The ranges do not overlap. */
  private served(rows: Batch, keyed: readonly Column[]): Served[] {
    const times = rows.cols[this.spec.right.time]
    const type = this.spec.right.input.types[this.spec.right.time]
    const out: Served[] = []
    if (this.lefts.rows === 0) return out
    for (const run of this.runs(rows, keyed, times, type)) {
      for (let i = 0; i < run.length; ) {
        const first = run[i]
        let serves = false
        for (; i < run.length && compareAt(type, times, run[i], times, first) === 0; i++) {
          serves ||= this.leads(rows, keyed, run[i])
        }
        if (!serves) continue
        const from = this.lefts.seek(keyed, first, times, first, this.strict)
        let to = this.untilNext(keyed, first, times, first)
        if (i < run.length) to = Math.min(to, this.lefts.seek(keyed, run[i], times, run[i], this.strict))
        if (to > from) out.push({ row: first, from, to })
      }
    }
    return out
  }

  /** The rows of each key in the direction in which they serve. */
  private runs(rows: Batch, keyed: readonly Column[], times: Column, type: SqlType): number[][] {
    const group = new Int32Array(rows.n)
    const first = new Int32Array(rows.n)
    const count = groupRows(keyed, rows.n, group, first, equalRows)
    const runs: number[][] = Array.from({ length: count }, () => [])
    for (let i = 0; i < rows.n; i++) runs[group[i]].push(i)
    const sign = this.spec.compare.startsWith('<') ? -1 : 1
    for (const run of runs) run.sort((a, b) => sign * compareAt(type, times, a, times, b))
    return runs
  }

  /** Whether no other right row of its time stands before it. */
  private leads(rows: Batch, keyed: readonly Column[], row: number): boolean {
    const rank = this.rights.rankOf(rows.cols, row, this.found)
    const times = rows.cols[this.spec.right.time]
    let first = this.rights.seek(keyed, row, times, row, false)
    for (; first < rank; first++) {
      this.rights.range(keyed, row, first, 1, this.found)
      if (this.rights.diff(this.found[0]) > 0) return false
    }
    return true
  }

  /** Rank of the first left row of the key that a later right row serves. */
  private untilNext(keyed: readonly Column[], row: number, times: Column, at: number): number {
    const { time } = this.spec.right
    for (let rank = this.rights.seek(keyed, row, times, at, false) - 1; rank >= 0; rank--) {
      this.rights.range(keyed, row, rank, 1, this.found)
      if (this.rights.diff(this.found[0]) <= 0) continue
      const [next] = this.rights.gather([time], this.found, 1)
      return this.lefts.seek(keyed, row, next, 0, this.strict)
    }
    return Number.POSITIVE_INFINITY
  }

  /** The right row at or before the time of each: one for all left rows of a range. */
  private matchesOf(served: readonly Served[], keyed: readonly Column[], times: Column): Matched {
    const match = new Int32Array(served.length)
    const slots: number[] = []
    for (const [g, { row }] of served.entries()) {
      const slot = this.nearest(keyed, row, times, row, false)
      match[g] = slot < 0 ? NO_MATCH : slots.push(slot) - 1
    }
    return { match, rows: this.rights.gather(this.rightWidth, Int32Array.from(slots), slots.length) }
  }

  /** For the left rows of the ranges: what they had is taken back, what they have now is emitted. */
  private *correct(served: readonly Served[], keyed: readonly Column[], before: Matched, after: Matched): Pieces {
    const slots = new Int32Array(BATCH_ROWS_MAX)
    const ranges = new Int32Array(BATCH_ROWS_MAX)
    let n = 0
    const flush = () => {
      const cols = this.lefts.gather(this.leftWidth, slots, n)
      const batch: Batch = { n, diffs: this.lefts.diffs(slots, n), cols }
      for (const [{ match, rows }, sign] of [[before, -1] as const, [after, 1] as const]) {
        const each = new Int32Array(n)
        for (let i = 0; i < n; i++) each[i] = match[ranges[i]]
        this.emit(batch, each, rows, sign)
      }
      n = 0
    }
    for (const [g, { row, from, to }] of served.entries()) {
      for (let rank = from; rank < to; ) {
        const room = Math.min(PAGE, to - rank, BATCH_ROWS_MAX - n)
        const read = this.lefts.range(keyed, row, rank, room, this.page)
        if (read === 0) break
        slots.set(this.page.subarray(0, read), n)
        ranges.fill(g, n, n + read)
        n += read
        rank += read
        if (n < BATCH_ROWS_MAX) continue
        flush()
        yield
      }
    }
    if (n > 0) flush()
  }

  private emit(left: Batch, match: Int32Array, right: readonly Column[], sign: 1 | -1): void {
    const batch = sign === 1 ? left : { ...left, diffs: left.diffs.map((d) => -d) }
    for (const out of withMatches(batch, match, right, this.spec.right.input.types, this.spec.outer)) {
      this.output.pushRows(out)
    }
  }
}

interface Matched {
  readonly match: Int32Array
  readonly rows: readonly Column[]
}
