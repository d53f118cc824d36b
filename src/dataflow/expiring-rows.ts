import type { Arrangement, Matches, StateFactory, StateStructure } from '../state/contract.ts'
import { BATCH_ROWS_MAX, type Batch } from '../types/batch.ts'
import { takeBatch } from '../types/batch-build.ts'
import type { Column, F64Column } from '../types/column.ts'
import { FLOAT8, type SqlType } from '../types/sql-type.ts'
import { consolidateOne } from './consolidate.ts'
import { emptyMatches } from './delta-index.ts'
import { identicalRows } from './identical.ts'
import { firstColumns } from './keys.ts'
import { TimeHeap } from './time-heap.ts'

export interface ExpiringSpec {
  readonly id: string
  readonly types: readonly SqlType[]
  readonly ttlMicros: number
}

/**
 * Rows that live for a time: a row, with all its copies, leaves that long after the newest of them came. What is
 * retracted of a row that has left already is nothing any more.
 * State: the living rows twice, by row and by the moment at which they leave; a heap of the moments, rebuilt from them.
 * Cost per changed row, and per row that leaves: O(log n).
 */
export class ExpiringRows {
  /** The columns, then the moment at which the row leaves. */
  readonly #byRow: Arrangement
  readonly #byMoment: Arrangement
  readonly #width: number
  readonly #ttlMicros: number
  readonly #heap = new TimeHeap()
  readonly #matches: Matches = emptyMatches()
  #loaded = false

  constructor({ id, types, ttlMicros }: ExpiringSpec, states: StateFactory) {
    this.#width = types.length
    this.#ttlMicros = ttlMicros
    const kept = [...types, FLOAT8]
    this.#byRow = states.arrangement({ id: `${id}/living`, types: kept, key: firstColumns(types.length) })
    this.#byMoment = states.arrangement({ id: `${id}/leaving`, types: kept, key: [types.length] })
  }

  /** The first moment at which rows leave; Infinity: none will. */
  get first(): number {
    this.#load()
    return this.#heap.first
  }
  state(): readonly StateStructure[] {
    return [this.#byRow, this.#byMoment]
  }
  bytes(): number {
    return this.#byRow.bytes() + this.#byMoment.bytes() + this.#heap.bytes()
  }

  /** Rows come and go; gives what that changes. */
  change(delta: Batch, nowMicros: number): Batch {
    this.#load()
    const rows = consolidateOne(delta)
    const { n } = rows
    const { known, at } = this.#living(rows)
    const leaves = nowMicros + this.#ttlMicros
    const changed = new Int32Array(n)
    const diffs = new Int32Array(n)
    const counts = new Int32Array(n)
    const moments = new Float64Array(n)
    const gone: number[] = []
    let c = 0
    for (let i = 0; i < n; i++) {
      const before = at[i] < 0 ? 0 : known.diffs[at[i]]
      const after = Math.max(0, before + rows.diffs[i])
      if (before === 0 && after === 0) continue
      if (before > 0) gone.push(at[i])
      diffs[c] = after - before
      counts[c] = after
      moments[c] = rows.diffs[i] > 0 ? leaves : (known.cols[this.#width] as F64Column).data[at[i]]
      changed[c++] = i
    }
    const out: Batch = { ...takeBatch(rows, changed, c), diffs: diffs.subarray(0, c) }
    const old = takeBatch(known, Int32Array.from(gone), gone.length)
    this.#apply({ ...old, diffs: old.diffs.map((d) => -d) })
    const kept: Column = { kind: 'f64', data: moments.subarray(0, c), nulls: null }
    this.#apply({ n: c, diffs: counts.subarray(0, c), cols: [...out.cols, kept] })
    if (rows.diffs.some((d) => d > 0)) this.#heap.add(leaves)
    return out
  }

  /** Takes out what leaves up to this moment, as retractions; about a batch at a time, null when nothing is left. */
  takeDue(nowMicros: number): Batch | null {
    this.#load()
    while (this.#heap.first <= nowMicros) {
      const due = this.#heap.takeUpTo(nowMicros, BATCH_ROWS_MAX)
      this.#byMoment.probe([{ kind: 'f64', data: due, nulls: null }], due.length, this.#matches)
      const { n } = this.#matches
      if (n === 0) continue
      const slots = this.#matches.slot.slice(0, n)
      const cols = this.#byMoment.gather(firstColumns(this.#width + 1), slots, n)
      const diffs = Int32Array.from(this.#byMoment.diffs(slots, n).subarray(0, n), (d) => -d)
      this.#apply({ n, diffs, cols })
      return { n, diffs, cols: cols.slice(0, this.#width) }
    }
    return null
  }

  #apply(batch: Batch): void {
    if (batch.n === 0) return
    this.#byRow.apply(batch)
    this.#byMoment.apply(batch)
  }

  /** The living rows that are the same as some of these; `at[i]`: the one of row i, -1 when there is none. */
  #living(rows: Batch): { readonly known: Batch; readonly at: Int32Array } {
    this.#byRow.probe(rows.cols, rows.n, this.#matches)
    const { n, probe } = this.#matches
    const slots = this.#matches.slot.slice(0, n)
    const cols = this.#byRow.gather(firstColumns(this.#width + 1), slots, n)
    const known: Batch = { n, diffs: this.#byRow.diffs(slots, n), cols }
    const at = new Int32Array(rows.n).fill(-1)
    // Rows that SQL holds equal may differ in form.
    for (let m = 0; m < n; m++) if (identicalRows(rows.cols, probe[m], cols, m)) at[probe[m]] = m
    return { known, at }
  }

  #load(): void {
    if (this.#loaded) return
    this.#loaded = true
    for (const batch of this.#byMoment.scan()) {
      const { data } = batch.cols[this.#width] as F64Column
      for (let i = 0; i < batch.n; i++) this.#heap.add(data[i])
    }
  }
}
