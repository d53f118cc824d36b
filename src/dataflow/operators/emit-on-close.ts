import type { Arrangement, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { negateBatch, takeBatch } from '../../types/batch-build.ts'
import { datumAt } from '../../types/column-read.ts'
import { plainNumber } from '../../types/plain-number.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { CloseMoment } from '../close-moment.ts'
import type { TickContext } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import { firstColumns } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import type { BoundOf } from '../release.ts'

export interface EmitOnCloseSpec extends OperatorIdentity {
  readonly stateId: string
  readonly column: number
  readonly bound: BoundOf
  /** The part of the bound that rises with the clock; null or left out: none does. */
  readonly clock?: BoundOf | null
}

const PAGE = 1024
const NO_WATERMARKS: ReadonlyMap<number, number> = new Map()

/**
 * emitOnClose: lets the rows through whose value in a column is below what watermarks still leave open; the others wait.
 * State: the rows that wait, by that value. Cost per changed row: O(log n), once when it comes and once when it leaves.
 * Retraction: of a waiting row it cancels out here, of one that left it goes on. Nothing is retracted below the bound
 * once the input is live; while it hydrates, rows come in any order and the sum at the end is the same.
 * Where the clock closes, it asks for a tick when the first row that waits is due.
 */
export class EmitOnCloseOperator extends OperatorBase {
  readonly name = 'emitOnClose'
  private readonly spec: EmitOnCloseSpec
  private readonly waiting: Arrangement
  private readonly type: SqlType
  private readonly width: readonly number[]
  private readonly slots = new Int32Array(PAGE)
  /** When the clock lets the rows of a value through: that of the first row was asked for last. */
  private readonly moment: CloseMoment | null
  /** now() when it ran last. */
  private ranMicros = Number.NEGATIVE_INFINITY

  constructor(spec: EmitOnCloseSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], input.types)
    this.spec = spec
    this.type = input.types[spec.column]
    this.moment = spec.clock ? new CloseMoment(spec.clock) : null
    this.width = firstColumns(input.types.length)
    this.waiting = states.arrangement({
      id: `${spec.stateId}/waiting`,
      types: input.types,
      key: [],
      order: [{ column: spec.column, desc: false, nullsFirst: false }],
    })
  }

  override get timeDriven(): boolean {
    return this.moment !== null
  }
  override frontier(): number {
    const first = this.moment === null ? null : this.first()
    if (first === null) return Number.POSITIVE_INFINITY
    const due = this.moment!.of(first, this.ranMicros)
    // What the clock has let through already waits for a watermark.
    return due <= this.ranMicros ? Number.POSITIVE_INFINITY : due
  }

  step(tick: TickContext): void {
    this.ranMicros = tick.nowMicros
    const delta = this.inputs[0].take()
    const bound = this.spec.bound(tick.watermarks ?? NO_WATERMARKS) ?? Number.NEGATIVE_INFINITY
    for (const batch of delta.rows) this.sort(batch, bound)
    this.close(bound)
    this.forwardErrors(delta.errors)
  }

  /** Whether rows wait that these watermarks let through. */
  due(watermarks: ReadonlyMap<number, number>): boolean {
    if (this.waiting.rows === 0) return false
    const bound = this.spec.bound(watermarks)
    const first = bound === null ? null : this.first()
    return bound !== null && first !== null && first < bound
  }
  /** The lowest value of the rows that wait; null when there are none. */
  private first(): number | null {
    if (this.waiting.rows === 0 || this.waiting.range([], 0, 0, 1, this.slots) === 0) return null
    const value = datumAt(this.waiting.gather([this.spec.column], this.slots, 1)[0], 0, this.type)
    return value === null ? null : plainNumber(value)
  }
  get waits(): boolean {
    return this.waiting.rows > 0
  }

  override state(): readonly StateStructure[] {
    return [this.waiting]
  }

  private sort(batch: Batch, bound: number): void {
    const open = new Int32Array(batch.n)
    const past = new Int32Array(batch.n)
    let o = 0
    let p = 0
    for (let i = 0; i < batch.n; i++) {
      if (this.isBelow(batch, i, bound)) past[p++] = i
      else open[o++] = i
    }
    if (o > 0) this.waiting.apply(o === batch.n ? batch : takeBatch(batch, open, o))
    if (p > 0) this.output.pushRows(p === batch.n ? batch : takeBatch(batch, past, p))
  }

  private isBelow(batch: Batch, i: number, bound: number): boolean {
    const value = datumAt(batch.cols[this.spec.column], i, this.type)
    return value !== null && plainNumber(value) < bound
  }

  private close(bound: number): void {
    for (;;) {
      const n = this.waiting.range([], 0, 0, PAGE, this.slots)
      if (n === 0) return
      const page: Batch = {
        n,
        diffs: this.waiting.diffs(this.slots, n),
        cols: this.waiting.gather(this.width, this.slots, n),
      }
      let due = 0
      while (due < n && this.isBelow(page, due, bound)) due++
      if (due === 0) return
      const leaving = { ...page, n: due }
      this.waiting.apply(negateBatch(leaving))
      this.output.pushRows(leaving)
      if (due < n) return
    }
  }
}
