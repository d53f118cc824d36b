import { deserialize, serialize } from 'node:v8'
import { drain, type Pieces } from '../../base/slices.ts'
import {
  CHUNK_MASK,
  CHUNK_SHIFT,
  type KeyedTable,
  type StateFactory,
  type StateStructure,
} from '../../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { concatBatches, takeBatch } from '../../types/batch-build.ts'
import type { Column, F64Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import type { Forms } from '../../types/forms.ts'
import { INT4, type SqlType } from '../../types/sql-type.ts'
import type { Accumulator } from '../aggregate/accumulator.ts'
import { type AggregateSpec, makeAccumulator } from '../aggregate/make.ts'
import type { Pipe } from '../edge.ts'
import { identicalRows } from '../identical.ts'
import { KeyForms } from '../key-forms.ts'
import { pick } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { errorBatch, RowErrorList } from '../row-errors.ts'
import { TouchedSlots } from '../touched-slots.ts'

export interface AggregateOperatorSpec extends OperatorIdentity {
  readonly stateId: string
  /** Columns of the input. */
  readonly keys: readonly number[]
  readonly aggregates: readonly AggregateSpec[]
  /** No retraction ever reaches the input. */
  readonly appendOnly: boolean
  /** Equal keys and arguments of DISTINCT calls may be written differently. */
  readonly forms?: Forms | undefined
  readonly types: readonly SqlType[]
}

const anyCodec = {
  encode: (v: unknown): Uint8Array => serialize(v),
  decode: (b: Uint8Array): unknown => deserialize(b),
}

/**
 * aggregate: one row a group; without keys exactly one row, also over no input. In a tick the results of the touched
 * groups are taken before and after, and what differs is emitted.
 * State: one row of accumulators a group, what min, max, ordered and DISTINCT calls keep, and the
 * forms of keys that may be written differently. Cost per changed row: its
 * accumulators; per touched group two results. Retraction: accumulators are linear. A group whose result is an error
 * (overflow) is an error row until it recovers.
 */
export class AggregateOperator extends OperatorBase {
  readonly name = 'aggregate'
  private readonly spec: AggregateOperatorSpec
  private readonly groups: KeyedTable
  private readonly keyTypes: readonly SqlType[]
  /** Null when each key is written in one way; else groups have plain keys. */
  private readonly forms: KeyForms | null
  private readonly accumulators: readonly Accumulator[]
  private readonly touched = new TouchedSlots()
  /** Results before the tick: batches, and where a touched group's row lies in their concatenation (-1 none). */
  private before: Batch[] = []
  private beforeRows = 0
  private beforePlace = new Int32Array(64)
  private place = new Int32Array(64)
  private slots = new Int32Array(64)
  private readonly errors = new RowErrorList()

  constructor(spec: AggregateOperatorSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], spec.types)
    this.spec = spec
    this.keyTypes = pick(input.types, spec.keys)
    this.forms = KeyForms.over(`${spec.stateId}/forms`, this.keyTypes, spec.forms, states)
    this.accumulators = spec.aggregates.map((aggregate, i) =>
      makeAccumulator(
        aggregate,
        {
          stateId: `${spec.stateId}/a${i}`,
          keyTypes: this.keyTypes,
          inputTypes: input.types,
          appendOnly: spec.appendOnly,
          forms: spec.forms,
        },
        states,
      ),
    )
    this.groups = states.keyedTable({
      id: `${spec.stateId}/groups`,
      // Without keys there is one group, under a constant.
      keyTypes: this.global ? [INT4] : this.keyTypes,
      columns: ['f64', ...this.accumulators.flatMap((accumulator) => accumulator.columns)],
      anyCodec,
    })
    let column = 1
    for (const accumulator of this.accumulators) {
      accumulator.bind(this.groups, column)
      column += accumulator.columns.length
    }
  }

  private get global(): boolean {
    return this.spec.keys.length === 0
  }
  override get startsBusy(): boolean {
    return this.global && this.groups.rows === 0
  }

  override get costsWhole(): boolean {
    return this.spec.aggregates.some(({ strategy }) => strategy === 'string_agg' || strategy === 'array_agg')
  }

  override get runsInParts(): boolean {
    return !this.costsWhole
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    const delta = this.inputs[0].take()
    if (this.startsBusy) this.firstGroup()
    for (const batch of delta.rows) {
      this.absorb(batch)
      yield
    }
    yield* this.emit()
    this.forwardErrors(delta.errors)
  }

  override state(): readonly StateStructure[] {
    const parts = this.accumulators.flatMap((accumulator) => accumulator.state())
    return [this.groups, ...(this.forms?.state() ?? []), ...parts]
  }

  private firstGroup(): void {
    this.groups.findOrInsert([zeros(1)], 1, this.slots)
    this.groups.touch(this.slots[0])
    this.beforePlace[this.touched.add(this.slots[0])] = -1
  }

  private absorb(batch: Batch): void {
    const n = batch.n
    if (this.slots.length < n) this.slots = new Int32Array(n)
    const slots = this.slots
    const written = pick(batch.cols, this.spec.keys)
    const keys = this.forms === null ? written : this.forms.plain(written, n)
    this.groups.findOrInsert(this.global ? [zeros(n)] : keys, n, slots)
    const known = this.touched.n
    for (let i = 0; i < n; i++) this.touched.add(slots[i])
    this.takeBefore(known)
    this.forms?.apply(keys, written, n, batch.diffs)
    let held = -1
    let counts = new Float64Array(0)
    for (let i = 0; i < n; i++) {
      const slot = slots[i]
      if (slot >> CHUNK_SHIFT !== held) {
        held = slot >> CHUNK_SHIFT
        counts = this.groups.chunkF64(0, held) as Float64Array<ArrayBuffer>
      }
      counts[slot & CHUNK_MASK] += batch.diffs[i]
    }
    for (let a = 0; a < this.accumulators.length; a++) this.update(a, batch, keys, slots)
  }

  private update(a: number, batch: Batch, keys: readonly Column[], slots: Int32Array): void {
    const { args, filter, order } = this.spec.aggregates[a]
    const input = {
      n: batch.n,
      slots,
      diffs: batch.diffs,
      keys,
      args: pick(batch.cols, args),
      order: order.map((key) => batch.cols[key.column]),
    }
    if (filter === null) {
      this.accumulators[a].update(input)
      return
    }
    const { data, nulls } = batch.cols[filter] as F64Column
    const rows = new Int32Array(batch.n)
    let n = 0
    for (let i = 0; i < batch.n; i++) if (data[i] !== 0 && (nulls === null || nulls[i] === 0)) rows[n++] = i
    if (n === 0) return
    const take = (column: Column) => takeRows(column, rows, n)
    const diffs = new Int32Array(n)
    const groups = new Int32Array(n)
    for (let k = 0; k < n; k++) {
      diffs[k] = batch.diffs[rows[k]]
      groups[k] = slots[rows[k]]
    }
    this.accumulators[a].update({
      n,
      slots: groups,
      diffs,
      keys: keys.map(take),
      args: input.args.map(take),
      order: input.order.map(take),
    })
  }

  /** Results of the groups touched for the first time, as they were before this tick; marks them as changing. */
  private takeBefore(from: number): void {
    const end = this.touched.n
    while (this.beforePlace.length < end) {
      const bigger = new Int32Array(this.beforePlace.length * 2)
      bigger.set(this.beforePlace)
      this.beforePlace = bigger
    }
    for (let at = from; at < end; at++) this.groups.touch(this.touched.slots[at])
    const taken = this.results(from, end, -1, this.beforePlace, this.beforeRows)
    if (taken === null) return
    this.before.push(taken)
    this.beforeRows += taken.n
  }

  /**
   * Result rows of the touched groups [from, end) that exist; place[at] = base + row, or -1. Groups in error go out as
   * error rows, all with diff `sign`.
   */
  private results(from: number, end: number, sign: number, place: Int32Array, base: number): Batch | null {
    const slots = new Int32Array(end - from)
    const owner = new Int32Array(end - from)
    let n = 0
    for (let at = from; at < end; at++) {
      place[at] = -1
      const slot = this.touched.slots[at]
      if (!this.global && !(this.countOf(slot) > 0)) continue
      owner[n] = at
      slots[n++] = slot
    }
    if (n === 0) return null
    const keys = this.global ? [] : this.groups.gatherKeys(slots, n)
    const shown = this.forms === null ? keys : this.forms.written(keys, n)
    const cols = [...shown]
    for (const accumulator of this.accumulators) cols.push(accumulator.results(slots, n, keys, this.errors))
    const whole: Batch = { n, diffs: new Int32Array(n).fill(sign), cols }
    if (this.errors.count === 0) {
      for (let k = 0; k < n; k++) place[owner[k]] = base + k
      return whole
    }
    this.output.pushErrors(errorBatch(this.errors, this, shown, this.keyTypes, whole.diffs))
    const good = new Int32Array(n)
    let kept = 0
    for (let k = 0; k < n; k++) {
      if (this.errors.has(k)) continue
      place[owner[k]] = base + kept
      good[kept++] = k
    }
    this.errors.clear()
    return takeBatch(whole, good, kept)
  }

  private *emit(): Pieces {
    const end = this.touched.n
    if (end === 0) return
    const before = this.before.length === 0 ? null : concatBatches(this.before)
    for (let from = 0; from < end; from += BATCH_ROWS_MAX) {
      this.emitGroups(from, Math.min(end, from + BATCH_ROWS_MAX), before)
      yield
    }
    this.touched.clear()
    this.before = []
    this.beforeRows = 0
  }

  /** The touched groups [from, end). */
  private emitGroups(from: number, end: number, before: Batch | null): void {
    if (this.place.length < end) this.place = new Int32Array(end * 2)
    const place = this.place
    const after = this.results(from, end, 1, place, 0)
    // Equal before and after: nothing happened to that group. One group has one key: only the results are compared,
    // unless the key may be written in another way now.
    const keys = this.global || this.forms !== null ? 0 : this.keyTypes.length
    const was = before?.cols.slice(keys) ?? []
    const is = after?.cols.slice(keys) ?? []
    const kept = new Int32Array(end - from)
    let n = 0
    const retracted = new Int32Array(end - from)
    let m = 0
    for (let at = from; at < end; at++) {
      const old = this.beforePlace[at]
      const now = place[at]
      if (old >= 0 && now >= 0 && identicalRows(was, old, is, now)) continue
      if (old >= 0) retracted[m++] = old
      if (now >= 0) kept[n++] = now
    }
    if (m > 0) this.output.pushRows(takeBatch(before!, retracted, m))
    if (n > 0) this.output.pushRows(takeBatch(after!, kept, n))
    for (let at = from; at < end; at++) this.dropIfEmpty(this.touched.slots[at])
  }

  private dropIfEmpty(slot: number): void {
    if (this.global || this.countOf(slot) !== 0) return
    for (const accumulator of this.accumulators) if (!accumulator.isZero(slot)) return
    this.groups.remove(slot)
  }

  private countOf(slot: number): number {
    return this.groups.chunkF64(0, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
}

function zeros(n: number): Column {
  return { kind: 'f64', data: new Float64Array(n), nulls: null }
}
