import type { KeyedTable, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { negateBatch } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { concatColumns, takeRows } from '../../types/column-shape.ts'
import { equalRows } from '../../types/hash.ts'
import { INT4, type SqlType } from '../../types/sql-type.ts'
import type { Circuit } from '../circuit.ts'
import { consolidate } from '../consolidate.ts'
import { ERROR_TYPES, type TickContext } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import type { InputNode } from '../input.ts'
import { firstColumns, pick } from '../keys.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import { groupRows } from '../row-hash.ts'
import type { IterationClock } from './clock.ts'
import { IterationHistory } from './history.ts'

interface KeyRows {
  readonly n: number
  readonly cols: readonly Column[]
}

export interface ScopedKeyedSpec extends OperatorIdentity {
  readonly name: string
  readonly stateId: string
  /** The output for one key depends on the input rows with that key only. */
  readonly inputs: readonly { readonly pipe: Pipe; readonly keys: readonly number[] }[]
  /** The key's columns in the output. */
  readonly outputKeys: readonly number[]
  readonly types: readonly SqlType[]
  readonly clock: IterationClock
  /** The operator as it is outside scopes, in a circuit and with state of its own that is empty between uses. */
  readonly inner: { readonly circuit: Circuit; readonly inputs: readonly InputNode[]; readonly output: Pipe }
  /** False when another operator beside this one forwards the errors of the inputs. */
  readonly forwardsErrors: boolean
}

/**
 * A non-linear operator (distinct, aggregate, semi join, top-k …) inside a nested scope, as differences in (tick,
 * iteration). When a key changes at iteration i, its output at i is evaluated anew from the input's history up to i, by
 * the plain operator; what differs from the output's history goes out at i, and the key is looked at again in every
 * later iteration in which its input changes.
 * State: input and output changes by key and iteration. Cost per changed row: its key's rows, once an iteration in
 * which the key changes. Retraction: counts.
 */
export class ScopedKeyedOperator extends OperatorBase {
  readonly name: string
  private readonly spec: ScopedKeyedSpec
  private readonly histories: readonly IterationHistory[]
  private readonly results: IterationHistory
  /** Errors of a key: its key columns before the error's. */
  private readonly failures: IterationHistory
  private readonly keyTypes: readonly SqlType[]
  /** Marks that the output over no input was emitted. */
  private readonly started: KeyedTable
  /** Keys to look at again, by iteration. */
  private readonly agenda = new Map<number, KeyRows[]>()
  /** Output over no input (a global aggregate's row). */
  private base: readonly Batch[] | null = null

  constructor(spec: ScopedKeyedSpec, states: StateFactory) {
    super(
      spec,
      spec.inputs.map((input) => input.pipe),
      spec.types,
    )
    this.name = spec.name
    this.spec = spec
    const { stateId } = spec
    this.keyTypes = pick(spec.inputs[0].pipe.types, spec.inputs[0].keys)
    this.histories = spec.inputs.map(
      ({ pipe, keys }, i) => new IterationHistory({ id: `${stateId}/input${i}`, types: pipe.types, key: keys }, states),
    )
    this.results = new IterationHistory({ id: `${stateId}/output`, types: spec.types, key: spec.outputKeys }, states)
    const types = [...this.keyTypes, ...ERROR_TYPES]
    this.failures = new IterationHistory(
      { id: `${stateId}/errors`, types, key: firstColumns(this.keyTypes.length) },
      states,
    )
    this.started = states.keyedTable({ id: `${stateId}/started`, keyTypes: [INT4], columns: [] })
  }
  override get startsBusy(): boolean {
    return this.keyTypes.length === 0 && this.started.rows === 0
  }

  step(tick: TickContext): void {
    const { clock } = this.spec
    const touched = this.agenda.get(clock.current) ?? []
    this.agenda.delete(clock.current)
    this.spec.inputs.forEach(({ pipe, keys }, s) => {
      const delta = pipe.take()
      for (const batch of delta.rows) {
        this.histories[s].apply(batch, clock.current)
        touched.push({ n: batch.n, cols: pick(batch.cols, keys) })
      }
      if (this.spec.forwardsErrors) this.forwardErrors(delta.errors)
    })
    if (this.startsBusy) {
      this.started.findOrInsert([{ kind: 'f64', data: new Float64Array(1), nulls: null }], 1, new Int32Array(1))
      touched.push({ n: 1, cols: [] })
    }
    if (touched.length === 0) return
    const { n, cols } = this.distinctKeys(touched)
    this.evaluate(cols, n, tick)
  }

  private distinctKeys(touched: readonly KeyRows[]): KeyRows {
    if (this.keyTypes.length === 0) return { n: 1, cols: [] }
    const counts = touched.map((keys) => keys.n)
    const n = counts.reduce((sum, count) => sum + count, 0)
    const all = this.keyTypes.map((_, c) =>
      concatColumns(
        touched.map((keys) => keys.cols[c]),
        counts,
      ),
    )
    const group = new Int32Array(n)
    const first = new Int32Array(n)
    const keys = groupRows(all, n, group, first, equalRows)
    return { n: keys, cols: all.map((column) => takeRows(column, first, keys)) }
  }

  private evaluate(keys: readonly Column[], n: number, tick: TickContext): void {
    const at = this.spec.clock.current
    const later = new Map<number, number[]>()
    const inputs = this.histories.map((history) => {
      const rows = history.rowsAt(keys, n, at, (key, iteration) => {
        const list = later.get(iteration)
        if (list === undefined) later.set(iteration, [key])
        else list.push(key)
      })
      return rows === null ? [] : consolidate([rows])
    })
    const now = this.run(inputs, tick)
    const before = this.results.rowsAt(keys, n, at, null)
    for (const batch of consolidate(before === null ? now.rows : [...now.rows, negateBatch(before)])) {
      this.results.apply(batch, at)
      this.output.pushRows(batch)
    }
    this.evaluateErrors(keys, n, now.errors.length > 0, tick)
    for (const [iteration, list] of [...later].sort((a, b) => a[0] - b[0])) this.lookAgain(keys, iteration, list)
  }

  private lookAgain(keys: readonly Column[], iteration: number, rows: readonly number[]): void {
    const some = { n: rows.length, cols: keys.map((column) => takeRows(column, Int32Array.from(rows), rows.length)) }
    const planned = this.agenda.get(iteration)
    if (planned === undefined) this.agenda.set(iteration, [some])
    else planned.push(some)
    this.spec.clock.wakeAt(iteration, this)
  }

  /** Errors belong to keys, which their rows do not tell: in the rare case each key is evaluated by itself. */
  private evaluateErrors(keys: readonly Column[], n: number, any: boolean, tick: TickContext): void {
    if (!any && this.failures.arrangement.rows === 0) return
    const at = this.spec.clock.current
    for (let k = 0; k < n; k++) {
      const key = keys.map((column) => takeRows(column, Int32Array.of(k), 1))
      const inputs = this.histories.map((history) => {
        const rows = history.rowsAt(key, 1, at, null)
        return rows === null ? [] : consolidate([rows])
      })
      const now = this.run(inputs, tick).errors.map((batch) => ({
        ...batch,
        cols: [...key.map((column) => takeRows(column, new Int32Array(batch.n), batch.n)), ...batch.cols],
      }))
      const before = this.failures.rowsAt(key, 1, at, null)
      for (const batch of consolidate(before === null ? now : [...now, negateBatch(before)])) {
        this.failures.apply(batch, at)
        this.output.pushErrors({ ...batch, cols: batch.cols.slice(key.length) })
      }
    }
  }

  /** The plain operator over these inputs; its state is empty again afterwards. */
  private run(inputs: readonly Batch[][], tick: TickContext): { rows: readonly Batch[]; errors: readonly Batch[] } {
    const { circuit, inputs: nodes, output } = this.spec.inner
    if (this.base === null) {
      circuit.runTick(tick)
      this.base = output.take().rows
    }
    this.feed(inputs, (batch) => batch)
    circuit.runTick(tick)
    const result = output.take()
    for (let s = 0; s < nodes.length; s++) for (const batch of inputs[s]) nodes[s].pushRows(negateBatch(batch))
    circuit.runTick(tick)
    output.take()
    return { rows: [...this.base, ...result.rows], errors: result.errors }
  }

  private feed(inputs: readonly Batch[][], form: (batch: Batch) => Batch): void {
    this.spec.inner.inputs.forEach((node, s) => {
      for (const batch of inputs[s]) node.pushRows(form(batch))
    })
  }

  override state(): readonly StateStructure[] {
    const histories = [...this.histories, this.results, this.failures].map((history) => history.arrangement)
    return [this.started, ...histories]
  }
}
