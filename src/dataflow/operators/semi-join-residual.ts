import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  type KeyedTable,
  type Matches,
  type StateFactory,
  type StateStructure,
} from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { concatBatches, sliceBatch, takeBatch } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { consolidateOne } from '../consolidate.ts'
import type { TickContext } from '../contract.ts'
import { emptyMatches } from '../delta-index.ts'
import { formColumns, formTypes } from '../form-columns.ts'
import { firstColumns, type Present, partPresent, pick, withoutNullKeys } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { RowErrorList } from '../row-errors.ts'
import { TouchedSlots } from '../touched-slots.ts'
import type { FilterProgram, JoinSide } from './join.ts'

export interface ResidualSemiJoinSpec extends OperatorIdentity {
  readonly stateId: string
  readonly anti: boolean
  readonly left: JoinSide
  readonly right: JoinSide
  readonly nullSafe: boolean
  /** Left rows that can have matches; the others have none, and are not kept. Null: all may. */
  readonly present: Present | null
  /** Over left then right columns. */
  readonly residual: FilterProgram
  /** False when another operator beside this one forwards the errors of the inputs. */
  readonly forwardsErrors: boolean
}

const PAIRS_MAX = 1 << 16

/**
 * Semi or anti join with a condition beyond keys: counts the matches of each left row. A pair whose condition errs is
 * no match; its error is reported by an inner join that `render/` puts beside this operator where errors are possible.
 * State: for each distinct left row its count and its matches (both sides' rows lie in their arrangements). Cost per
 * changed row: the rows of the other side with its key. Retraction: counts.
 */
export class ResidualSemiJoinOperator extends OperatorBase {
  readonly name: string
  private readonly spec: ResidualSemiJoinSpec
  private readonly types: readonly SqlType[]
  /** Left row → its count, its matches. */
  private readonly leftRows: KeyedTable
  private readonly touched = new TouchedSlots()
  /** Of each touched row before the tick; fresh: it was not there, and has met the right side as it is now. */
  private readonly before: { count: number; matches: number; fresh: boolean }[] = []
  private readonly matches: Matches = emptyMatches()
  private readonly ignored = new RowErrorList()
  private readonly passing = new Int32Array(BATCH_ROWS_MAX)
  /** The right row that a left row was last matched with: identical left rows may lie in several slots. */
  private readonly metBy = new Map<number, number>()

  constructor(spec: ResidualSemiJoinSpec, states: StateFactory) {
    super(spec, [spec.left.input, spec.right.input], spec.left.input.types)
    this.name = spec.anti ? 'antiJoin' : 'semiJoin'
    this.spec = spec
    this.types = spec.left.input.types
    this.leftRows = states.keyedTable({
      id: `${spec.stateId}/matches`,
      keyTypes: [...this.types, ...formTypes(this.types)],
      columns: ['f64', 'f64'],
    })
  }

  override state(): readonly StateStructure[] {
    return [this.leftRows]
  }

  override get runsInParts(): boolean {
    return true
  }

  step(tick: TickContext): void {
    const left = this.spec.left.input.take()
    const right = this.spec.right.input.take()
    if (left.rows.length > 0) this.changeLeft(consolidateOne(concatBatches(left.rows)), tick)
    for (const batch of right.rows) this.match(batch, false, tick)
    this.emit()
    if (!this.spec.forwardsErrors) return
    this.forwardErrors(left.errors)
    this.forwardErrors(right.errors)
  }

  /** Counts the left rows; new ones are matched against all of the right side, which holds the tick's delta already. */
  private changeLeft(all: Batch, tick: TickContext): void {
    const { present, anti } = this.spec
    const parts = present === null ? null : partPresent(all, present)
    if (parts?.rest && anti) this.output.pushRows(parts.rest)
    const delta = parts?.present ?? all
    if (delta.n === 0) return
    const slots = new Int32Array(delta.n)
    this.leftRows.findOrInsert(this.keyOf(delta.cols, delta.n), delta.n, slots)
    const fresh = new Int32Array(delta.n)
    let n = 0
    for (let i = 0; i < delta.n; i++) {
      const isNew = this.get(0, slots[i]) === 0
      this.entry(slots[i], isNew)
      if (isNew) fresh[n++] = i
      this.add(0, slots[i], delta.diffs[i])
    }
    if (n > 0) this.match(takeBatch(delta, fresh, n), true, tick)
  }

  private match(delta: Batch, fromLeft: boolean, tick: TickContext): void {
    const own = fromLeft ? this.spec.left : this.spec.right
    const other = (fromLeft ? this.spec.right : this.spec.left).arrangement
    const batch = this.spec.nullSafe ? delta : withoutNullKeys(delta, own.keys)
    const atOnce = own.keys.length > 0 ? batch.n : Math.max(1, Math.floor(PAIRS_MAX / Math.max(1, other.rows)))
    for (let start = 0; start < batch.n; start += atOnce) {
      const part = sliceBatch(batch, start, Math.min(batch.n, start + atOnce))
      other.probe(pick(part.cols, own.keys), part.n, this.matches)
      this.metBy.clear()
      for (let at = 0; at < this.matches.n; at += BATCH_ROWS_MAX) {
        this.pairs(part, fromLeft, at, Math.min(BATCH_ROWS_MAX, this.matches.n - at), tick)
      }
    }
  }

  private pairs(batch: Batch, fromLeft: boolean, at: number, n: number, tick: TickContext): void {
    const probe = this.matches.probe.subarray(at, at + n)
    const found = this.matches.slot.subarray(at, at + n)
    const side = fromLeft ? this.spec.right : this.spec.left
    const own = batch.cols.map((column) => takeRows(column, probe, n))
    const other = side.arrangement.gather(firstColumns(side.input.types.length), found, n)
    const cols = fromLeft ? [...own, ...other] : [...other, ...own]
    const passed = this.spec.residual(cols, n, this.passing, this.ignored, tick)
    this.ignored.clear()
    if (passed === 0) return
    const left = (fromLeft ? own : other).map((column) => takeRows(column, this.passing, passed))
    const slots = new Int32Array(passed)
    this.leftRows.find(this.keyOf(left, passed), passed, slots)
    const counts = fromLeft ? side.arrangement.diffs(found, n) : null
    for (let p = 0; p < passed; p++) {
      const slot = slots[p]
      if (slot < 0) continue
      const k = this.passing[p]
      if (counts !== null) this.add(1, slot, counts[k])
      else if (this.metBy.get(slot) !== probe[k] && !this.entry(slot, false).fresh) {
        this.metBy.set(slot, probe[k])
        this.add(1, slot, batch.diffs[probe[k]])
      }
    }
  }

  private emit(): void {
    const changed = new Int32Array(this.touched.n)
    const diffs = new Int32Array(this.touched.n)
    let n = 0
    for (let at = 0; at < this.touched.n; at++) {
      const slot = this.touched.slots[at]
      const old = this.before[at]
      const diff = this.shown(this.get(0, slot), this.get(1, slot)) - this.shown(old.count, old.matches)
      if (diff === 0) continue
      changed[n] = slot
      diffs[n++] = diff
    }
    for (let start = 0; start < n; start += BATCH_ROWS_MAX) {
      const size = Math.min(BATCH_ROWS_MAX, n - start)
      const cols = this.leftRows.gatherKeys(changed.subarray(start, start + size), size)
      this.output.pushRows({
        n: size,
        diffs: diffs.subarray(start, start + size),
        cols: cols.slice(0, this.types.length),
      })
    }
    for (let at = 0; at < this.touched.n; at++) {
      if (this.get(0, this.touched.slots[at]) === 0) this.leftRows.remove(this.touched.slots[at])
    }
    this.touched.clear()
    this.before.length = 0
  }

  private shown(count: number, matches: number): number {
    return matches > 0 !== this.spec.anti ? count : 0
  }
  private keyOf(cols: readonly Column[], n: number): Column[] {
    return [...cols, ...formColumns(this.types, cols, n)]
  }
  private entry(slot: number, fresh: boolean): { count: number; matches: number; fresh: boolean } {
    const known = this.touched.n
    const at = this.touched.add(slot)
    if (at === known) {
      this.leftRows.touch(slot)
      this.before[at] = { count: this.get(0, slot), matches: this.get(1, slot), fresh }
    }
    return this.before[at]
  }
  private get(column: number, slot: number): number {
    return this.leftRows.chunkF64(column, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
  private add(column: number, slot: number, share: number): void {
    this.leftRows.chunkF64(column, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK] += share
  }
}
