import { drain, type Pieces } from '../../base/slices.ts'
import {
  type Arrangement,
  CHUNK_MASK,
  CHUNK_SHIFT,
  type KeyedTable,
  type SortColumn,
  type StateFactory,
  type StateStructure,
} from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { concatBatches, negateBatch, takeBatch } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import { equalRows } from '../../types/hash.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { consolidateOne, consolidation } from '../consolidate.ts'
import type { Pipe } from '../edge.ts'
import { firstColumns, pick } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import type { BoundOf, ColumnBound } from '../release.ts'
import { errorBatch, RowErrorList } from '../row-errors.ts'
import { groupRows } from '../row-hash.ts'
import { evaluate } from '../window/evaluate.ts'
import { KeptSequences } from '../window/kept.ts'
import { looksOf } from '../window/looks.ts'
import { OrderedRelease } from '../window/ordered-release.ts'
import { type Gone, NONE, Places } from '../window/places.ts'
import { planCalls, type WindowPlan } from '../window/plan.ts'
import { type Change, type Run, reached } from '../window/reach.ts'
import { SlotSequence } from '../window/sequence.ts'
import { SessionRelease } from '../window/session-release.ts'
import { columnOf, type WindowCall } from '../window/spec.ts'

export interface WindowOperatorSpec extends OperatorIdentity {
  readonly stateId: string
  readonly partition: readonly number[]
  readonly order: readonly SortColumn[]
  readonly calls: readonly WindowCall[]
  /** Rows go by the time that they are ordered by; those that went are counted. */
  readonly countsGone?: boolean
  readonly sizes?: WindowSizes
}

/** Where one way of doing it turns into another; tests make them small. */
export interface WindowSizes {
  readonly leafSlots: number
  /** Partitions from which on the sequence is kept between ticks. */
  readonly keptSlots: number
  /** Partitions up to which all results are made anew. */
  readonly wholeSlots: number
  /** Changed rows of a kept partition from which on it is read anew. */
  readonly changesMax: number
}

const SIZES: WindowSizes = { leafSlots: 256, keptSlots: 1024, wholeSlots: 32, changesMax: 512 }
const PAGE = 1024

/** The changed rows of one partition: row numbers of the delta, and where they stood. */
interface Touched {
  readonly rows: number[]
  whole: boolean
  shifts: boolean
  /** Ranks before the change of those that were there. */
  removed: number[]
}

/**
 * window: the input's columns and the results of window functions over one PARTITION BY and ORDER BY, ties by the row
 * order; a row of count c has c places. In a tick the results that the changed rows can reach are made before and after
 * the delta, and the difference is emitted.
 * State: the input by partition, ordered, less the rows that time has closed and no call looks back at (of those, where
 * calls number rows, how many a partition had); for partitions of a thousand rows and more also, not durable and made when
 * first needed, their slots in leaves with partial aggregates above them (some 10 bytes a row).
 * Cost per changed row: O(log n) to find what it reaches, and O(log n) a run and a constant number of merges for each
 * result in it, however long the frames are. Reached are: frames of n rows, groups or a distance, lag, lead: so many rows
 * around; sessions: those beside the changed row; running aggregates and ranks: the rows behind it, up to the last changed one where the number of rows stays
 * and only numbers are asked for; whole-partition frames, ntile, percent_rank, cume_dist: the partition. string_agg and
 * array_agg cost their frame's length a result.
 * Retraction: counts; negative ones are kept and have no place. A frame whose result is an error (overflow) is an error
 * row until it recovers.
 */
export class WindowOperator extends OperatorBase {
  readonly name = 'window'
  private readonly rows: Arrangement
  private readonly partition: readonly number[]
  private readonly order: readonly SortColumn[]
  private readonly inputTypes: readonly SqlType[]
  private readonly width: readonly number[]
  private readonly plan: WindowPlan
  private readonly sizes: WindowSizes
  private readonly kept: KeptSequences
  private readonly gone: KeyedTable | null
  private readonly page = new Int32Array(PAGE)
  private readonly found = new Int32Array(1)
  private readonly errors = new RowErrorList()
  /** Rows when it last ran. */
  private rowsLeft = 0

  constructor(spec: WindowOperatorSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], [...input.types, ...spec.calls.map(({ type }) => type)])
    this.partition = spec.partition
    this.order = spec.order
    this.inputTypes = input.types
    this.width = firstColumns(input.types.length)
    this.plan = planCalls(spec.calls, spec.order, input.types)
    this.sizes = spec.sizes ?? SIZES
    this.kept = new KeptSequences()
    this.rows = states.arrangement({
      id: `${spec.stateId}/rows`,
      types: input.types,
      key: spec.partition,
      order: spec.order,
    })
    const keyTypes = spec.partition.map((c) => input.types[c])
    this.gone = spec.countsGone
      ? states.keyedTable({ id: `${spec.stateId}/gone`, keyTypes, columns: ['f64', 'f64'] })
      : null
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    const delta = this.inputs[0].take()
    if (delta.rows.length > 0) yield* this.change(consolidateOne(concatBatches(delta.rows)))
    this.forwardErrors(delta.errors)
  }

  /** What frees its rows where all its calls are about sessions. */
  sessionRelease(bound: BoundOf): SessionRelease {
    const { args } = this.plan.calls[0]
    const [time, limit] = args.map((arg) => columnOf(arg) as number)
    return new SessionRelease(this.rows, time, limit, bound)
  }
  /** What frees its rows by the first column of their order. */
  orderedRelease(time: number, bound: BoundOf, reaches: readonly ColumnBound[]): OrderedRelease {
    const { rows, gone, order, plan } = this
    const of = { rows, gone, order, looks: looksOf(plan.calls), wholeGroups: plan.looksAtGroups }
    return new OrderedRelease(of, time, bound, reaches)
  }
  override get costsWhole(): boolean {
    return true
  }
  override state(): readonly StateStructure[] {
    return this.gone === null ? [this.rows] : [this.rows, this.gone]
  }
  override bytes(): number {
    return super.bytes() + this.kept.bytes()
  }

  private *change(delta: Batch): Pieces {
    if (delta.n === 0) return
    // Between ticks watermarks free closed partitions and sessions: what is kept of them is read anew.
    if (this.rows.rows !== this.rowsLeft) this.kept.clear()
    const keys = pick(delta.cols, this.partition)
    const group = new Int32Array(delta.n)
    const first = new Int32Array(delta.n)
    const count = groupRows(keys, delta.n, group, first, equalRows)
    const touchedKeys = keys.map((column) => takeRows(column, first, count))
    const touched = Array.from(
      { length: count },
      (): Touched => ({ rows: [], whole: false, shifts: false, removed: [] }),
    )
    for (let i = 0; i < delta.n; i++) touched[group[i]].rows.push(i)
    const results: Batch[] = []
    for (let p = 0; p < count; p++) {
      const before: Batch[] = []
      yield* this.before(delta, touchedKeys, p, touched[p], before)
      for (const batch of before) results.push(negateBatch(batch))
    }
    this.rows.apply(delta)
    this.rowsLeft = this.rows.rows
    yield
    for (let p = 0; p < count; p++) yield* this.after(delta, touchedKeys, p, touched[p], results)
    for (const batch of yield* consolidation(results)) this.output.pushRows(batch)
  }

  // ------------------------------------------------------------ one partition

  private *before(delta: Batch, keys: readonly Column[], p: number, touched: Touched, out: Batch[]): Pieces {
    const kept = this.kept.find(keys, p)
    const sequence = kept ?? this.load(keys, p)
    const slots = sequence.slots
    touched.whole = slots <= this.sizes.wholeSlots || touched.rows.length * 4 >= slots
    const changes: Change[] = []
    let shift = 0
    // Nothing of a row that was there is looked at where all results are made anew, and nothing of it is kept.
    const known = touched.whole && kept === null ? [] : touched.rows
    for (const row of known) {
      const rank = this.rows.rankOf(delta.cols, row, this.found)
      const count = this.found[0] < 0 ? 0 : this.rows.diff(this.found[0])
      shift += Math.max(0, count + delta.diffs[row]) - Math.max(0, count)
      if (this.found[0] >= 0) touched.removed.push(rank)
      if (!touched.whole) changes.push(this.changeAt(delta, row, rank, count, sequence))
    }
    touched.shifts = shift !== 0
    yield* this.emit(sequence, this.goneOf(keys, p), touched, changes, -1, out)
  }

  private *after(delta: Batch, keys: readonly Column[], p: number, touched: Touched, out: Batch[]): Pieces {
    const known = this.kept.find(keys, p)
    const looked = touched.whole && known === null ? [] : touched.rows
    const inserted: { rank: number; slot: number }[] = []
    const places: { row: number; rank: number; slot: number }[] = []
    for (const row of looked) {
      const rank = this.rows.rankOf(delta.cols, row, this.found)
      const slot = this.found[0]
      if (slot >= 0) inserted.push({ rank, slot })
      places.push({ row, rank, slot })
    }
    let sequence = known
    if (sequence !== null && touched.rows.length <= this.sizes.changesMax) {
      const byRank = (a: number, b: number) => a - b
      sequence.change(
        touched.removed.sort(byRank),
        inserted.sort((a, b) => a.rank - b.rank),
      )
    } else sequence = this.load(keys, p)
    const keeps = sequence.slots >= this.sizes.keptSlots
    if (keeps ? sequence !== known : known !== null) this.kept.keep(keys, p, keeps ? sequence : null)
    const changes = touched.whole
      ? []
      : places.map(({ row, rank, slot }) =>
          this.changeAt(delta, row, rank, slot < 0 ? 0 : this.rows.diff(slot), sequence),
        )
    yield* this.emit(sequence, this.goneOf(keys, p), touched, changes, 1, out)
  }

  private changeAt(delta: Batch, row: number, rank: number, count: number, sequence: SlotSequence): Change {
    const from = sequence.placeOfRank(rank)
    return { cols: delta.cols, row, from, to: from + Math.max(0, count) }
  }

  private goneOf(keys: readonly Column[], p: number): Gone {
    if (this.gone === null || this.gone.rows === 0) return NONE
    const own = keys.map((column) => takeRows(column, Int32Array.of(p), 1))
    this.gone.find(own, 1, this.found)
    const slot = this.found[0]
    if (slot < 0) return NONE
    const at = (column: number) => this.gone!.chunkF64(column, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
    return { places: at(0), groups: at(1) }
  }

  private load(keys: readonly Column[], p: number): SlotSequence {
    const pages: Int32Array[] = []
    let n = 0
    for (;;) {
      const read = this.rows.range(keys, p, n, PAGE, this.page)
      pages.push(this.page.slice(0, read))
      n += read
      if (read < PAGE) break
    }
    const slots = new Int32Array(n)
    let at = 0
    for (const page of pages) {
      slots.set(page, at)
      at += page.length
    }
    const sequence = new SlotSequence(this.rows, this.plan.folds, this.plan.used, this.sizes.leafSlots)
    sequence.load(slots, n)
    return sequence
  }

  /** Results as the partition stands now, of all places that the changes reach. Errors go out with the diff given. */
  private *emit(
    sequence: SlotSequence,
    gone: Gone,
    touched: Touched,
    changes: readonly Change[],
    sign: 1 | -1,
    out: Batch[],
  ): Pieces {
    const places = new Places(sequence, this.order, this.inputTypes, gone)
    const runs: readonly Run[] = touched.whole
      ? [{ from: 0, to: places.n }]
      : reached(this.plan.calls, places, changes, touched.shifts)
    for (const run of runs) {
      for (let from = run.from; from < run.to; from += BATCH_ROWS_MAX) {
        this.results(places, from, Math.min(run.to, from + BATCH_ROWS_MAX), sign, out)
        yield
      }
    }
    sequence.release()
  }

  private results(places: Places, from: number, to: number, sign: 1 | -1, out: Batch[]): void {
    const n = to - from
    const slots = new Int32Array(n)
    for (let i = 0; i < n; i++) slots[i] = places.slotAt(from + i)
    const input = this.rows.gather(this.width, slots, n)
    const results = evaluate(this.plan, places, from, to, this.errors)
    const whole: Batch = { n, diffs: new Int32Array(n).fill(1), cols: [...input, ...results] }
    if (this.errors.count === 0) {
      out.push(whole)
      return
    }
    const diffs = new Int32Array(n).fill(sign)
    this.output.pushErrors(errorBatch(this.errors, this, input, this.inputTypes, diffs))
    const good = new Int32Array(n)
    let kept = 0
    for (let i = 0; i < n; i++) if (!this.errors.has(i)) good[kept++] = i
    this.errors.clear()
    if (kept > 0) out.push(takeBatch(whole, good, kept))
  }
}
