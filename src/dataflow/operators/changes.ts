import type { Arrangement, Matches, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows, negateBatch, rowAt, takeBatch } from '../../types/batch-build.ts'
import { datumAt } from '../../types/column-read.ts'
import { BOOL, INT4, INT8, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import type { OperatorIdentity } from '../operator.ts'
import { UpsertInput } from './upsert.ts'

/** Columns behind those of the row: where in its database the change was made, the columns that were not sent, the offset. */
export const CHANGE_TYPES: readonly SqlType[] = [TEXT, TEXT, INT8]

/** Marks of a row: put it, delete its key, delete everything. */
const TRUNCATE = 2

export interface RefusedChange {
  readonly offset: number
  readonly reason: string
}

/**
 * Change events of a database (Debezium) as upserts, where three things need a memory:
 * - A change may come again after its connector was restarted. Positions grow in the order in which changes are sent, so one
 *   below the highest of its partition is a duplicate and left out; a tombstone shares the fate of the change before it. A
 *   snapshot (position with `*` before it) begins anew. A change without a position is always taken.
 * - Values that did not change may be missing: they are those of the key's row. Without such a row the change is refused.
 * - A truncation deletes every row; it is refused in a topic of several partitions, where its place among others is unknown.
 *
 * State: the current row of each key, one mark a partition. Cost per record: O(1), of a truncation O(rows).
 * Retraction: as UpsertInput.
 */
export class ChangesInput extends UpsertInput {
  override readonly name: string = 'changes'
  /** Changes left out as duplicates since this process started. */
  duplicates = 0
  readonly #marks: Arrangement
  readonly #found: Matches = { n: 0, probe: new Int32Array(1), slot: new Int32Array(1) }

  constructor(
    identity: OperatorIdentity & { readonly stateId: string },
    types: readonly SqlType[],
    key: readonly number[],
    states: StateFactory,
  ) {
    super(identity, types, key, states)
    this.#marks = states.arrangement({ id: `${identity.stateId}/marks`, types: [INT4, TEXT, BOOL], key: [0] })
  }

  /** Records of one partition, with the columns of CHANGE_TYPES; what could not be taken. */
  pushChanges(partition: number, partitions: number, records: Batch, marks: Uint8Array): readonly RefusedChange[] {
    const refused: RefusedChange[] = []
    const taken = this.#withoutDuplicates(partition, records)
    for (let from = 0; from < taken.length; ) {
      let to = from
      while (to < taken.length && marks[taken[to]] !== TRUNCATE) to++
      this.#pushPart(records, taken.slice(from, to), marks, refused)
      if (to < taken.length) {
        if (partitions === 1) this.#truncate()
        else refused.push(this.#refuse(records, taken[to], 'TRUNCATE in a topic of several partitions'))
      }
      from = to + 1
    }
    return refused
  }

  /** The stream is read from its beginning next. */
  forget(): void {
    for (const batch of [...this.#marks.scan()]) this.#marks.apply(negateBatch(batch))
  }

  override state(): readonly StateStructure[] {
    return [...super.state(), this.#marks]
  }

  #withoutDuplicates(partition: number, records: Batch): number[] {
    const positions = records.cols[this.rows.types.length]
    const before = this.#markOf(partition)
    let highest = before === null ? null : (before[1] as string | null)
    let again = before !== null && before[2] === true
    const taken: number[] = []
    for (let i = 0; i < records.n; i++) {
      const position = datumAt(positions, i, TEXT) as string | null
      if (position !== null) {
        const anew = position.startsWith('*')
        again = !anew && highest !== null && position[0] === highest[0] && position < highest
        if (!again) highest = anew ? position.slice(1) : position
      }
      if (again) this.duplicates++
      else taken.push(i)
    }
    const after = [partition, highest, again]
    if (highest !== null && (before === null || before.some((value, c) => value !== after[c]))) {
      const rows = before === null ? [after] : [before, after]
      this.#marks.apply(batchFromRows(this.#marks.types, rows, before === null ? [1] : [-1, 1]))
    }
    return taken
  }

  #markOf(partition: number): readonly Datum[] | null {
    const keys = batchFromRows([INT4], [[partition]])
    this.#marks.probe(keys.cols, 1, this.#found)
    return this.#found.n === 0 ? null : this.#marks.rowAt(this.#found.slot[0])
  }

  /** Records without a truncation among them. */
  #pushPart(records: Batch, taken: readonly number[], marks: Uint8Array, refused: RefusedChange[]): void {
    if (taken.length === 0) return
    const width = this.rows.types.length
    const kept = records.cols[width + 1]
    const partial = taken.filter((i) => kept.nulls === null || kept.nulls[i] === 0)
    const whole = { ...records, cols: records.cols.slice(0, width) }
    if (partial.length === 0) {
      const rows = takeBatch(whole, Int32Array.from(taken), taken.length)
      this.push(
        rows,
        Uint8Array.from(taken, (i) => marks[i]),
      )
      return
    }
    const completed = this.#complete(records, whole, taken, partial, marks, refused)
    const left = taken.filter((i) => !partial.includes(i) || completed.has(i))
    const rows = left.map((i) => completed.get(i) ?? rowAt(whole, i, this.rows.types))
    this.push(
      batchFromRows(this.rows.types, rows),
      Uint8Array.from(left, (i) => marks[i]),
    )
  }

  /** The rows that were not sent whole, with the values of the row that their key had by then. */
  #complete(
    records: Batch,
    whole: Batch,
    taken: readonly number[],
    partial: readonly number[],
    marks: Uint8Array,
    refused: RefusedChange[],
  ): Map<number, readonly Datum[]> {
    const { types } = this.rows
    const kept = records.cols[types.length + 1]
    const keys = new Set(partial.map((i) => this.encode(whole, i)))
    const current = new Map<string, readonly Datum[] | null>()
    const completed = new Map<number, readonly Datum[]>()
    for (const i of taken) {
      const key = this.encode(whole, i)
      if (!keys.has(key)) continue
      const row = rowAt(whole, i, types)
      const columns = datumAt(kept, i, TEXT) as string | null
      if (columns === null) {
        current.set(key, marks[i] === 0 ? row : null)
        continue
      }
      const before = current.has(key) ? current.get(key)! : this.#rowOf(whole, i)
      if (before === null) {
        const reason = 'a value that did not change was not sent, and the row that has it is not known'
        refused.push(this.#refuse(records, i, reason))
        continue
      }
      const filled = [...row]
      for (const c of columns.split(',').map(Number)) filled[c] = before[c]!
      current.set(key, filled)
      completed.set(i, filled)
    }
    return completed
  }

  #rowOf(whole: Batch, i: number): readonly Datum[] | null {
    const one = takeBatch(whole, Int32Array.of(i), 1)
    const found = this.#found
    this.rows.probe(
      this.key.map((c) => one.cols[c]!),
      1,
      found,
    )
    return found.n === 0 ? null : this.rows.rowAt(found.slot[0])
  }

  #truncate(): void {
    for (const batch of [...this.rows.scan()]) {
      const gone = negateBatch(batch)
      this.rows.apply(gone)
      this.output.pushRows(gone)
    }
  }

  #refuse(records: Batch, i: number, reason: string): RefusedChange {
    return { offset: datumAt(records.cols[this.rows.types.length + 2], i, INT8) as number, reason }
  }
}
