import type { Arrangement, StateFactory, StateStructure } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { Column } from '../types/column.ts'
import { concatColumns, takeRows } from '../types/column-shape.ts'
import { type Forms, hasForms, plainColumn } from '../types/forms.ts'
import type { SqlType } from '../types/sql-type.ts'
import { consolidateLong } from './consolidate.ts'
import { firstPresent } from './first-present.ts'
import { firstColumns, pick } from './keys.ts'

/**
 * How the equal values under each key are written (1.0 and 1.00 are one group, and one row of a DISTINCT). The key
 * itself is held in its plain form; what stands for it is the least written form of the rows that are there, so that a
 * result depends on them alone, and not on which of them came first. All columns of a key come from one of its rows.
 * State: the distinct written forms of each key, with their counts. Cost per changed row: O(log n). Retraction: counts.
 */
export class KeyForms {
  /** Columns of the key that have several forms. */
  readonly #columns: readonly number[]
  readonly #types: readonly SqlType[]
  readonly #written: Arrangement

  /** Null when each key is written in one way. `from`: columns before it are not asked for. */
  static over(
    id: string,
    types: readonly SqlType[],
    forms: Forms | undefined,
    states: StateFactory,
    from = 0,
  ): KeyForms | null {
    const columns = types.flatMap((type, c) => (forms !== undefined && c >= from && hasForms(type, forms) ? [c] : []))
    return columns.length === 0 ? null : new KeyForms(id, types, columns, states)
  }

  private constructor(id: string, types: readonly SqlType[], columns: readonly number[], states: StateFactory) {
    this.#types = types
    this.#columns = columns
    this.#written = states.arrangement({
      id,
      types: [...types, ...pick(types, columns)],
      key: firstColumns(types.length),
      order: [],
    })
  }

  /** The keys as they are held. */
  plain(keys: readonly Column[], n: number): Column[] {
    const plain = [...keys]
    for (const c of this.#columns) plain[c] = plainColumn(this.#types[c], keys[c], n)
    return plain
  }

  /** Rows come and go: their keys, plain and as they are written. */
  apply(plain: readonly Column[], written: readonly Column[], n: number, diffs: Int32Array): void {
    const delta: Batch = { n, diffs, cols: [...plain, ...pick(written, this.#columns)] }
    this.#written.apply(consolidateLong(delta))
  }

  /** What stands for n plain keys; those without a row stay as they are. */
  written(plain: readonly Column[], n: number): Column[] {
    const slots = new Int32Array(n)
    const place = new Int32Array(n)
    let found = 0
    for (let i = 0; i < n; i++) {
      const slot = firstPresent(this.#written, plain, i)
      place[i] = slot < 0 ? -1 : found
      if (slot >= 0) slots[found++] = slot
    }
    for (let i = 0; i < n; i++) if (place[i] < 0) place[i] = found + i
    const all = [...plain]
    if (found === 0) return all
    const width = this.#types.length
    const gathered = this.#written.gather(
      this.#columns.map((_, k) => width + k),
      slots,
      found,
    )
    this.#columns.forEach((c, k) => {
      all[c] = found === n ? gathered[k] : takeRows(concatColumns([gathered[k], plain[c]], [found, n]), place, n)
    })
    return all
  }

  state(): readonly StateStructure[] {
    return [this.#written]
  }
}
