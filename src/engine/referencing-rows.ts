import type { ForeignKeyEntry } from '../catalog/entry.ts'
import type { Arrangement, Matches, StateFactory } from '../state/contract.ts'
import { buildColumn } from '../types/column-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'

/**
 * The rows of a table by the columns of one of its foreign keys, staged ones included: how the rows are found that refer to a key.
 * Where those columns are the primary key it is the table's own arrangement; else one more, at one entry a changed row.
 */
export class ReferencingRows {
  readonly rows: Arrangement
  /** Of this key alone: applied to with the table's changes, and dropped with the key. */
  readonly own: boolean
  readonly #order: readonly number[]
  readonly #matches: Matches = { n: 0, probe: new Int32Array(4), slot: new Int32Array(4) }

  constructor({ id, columns }: ForeignKeyEntry, table: Arrangement, types: readonly SqlType[], states: StateFactory) {
    this.own = !sameSet(table.key, columns)
    this.rows = this.own ? states.arrangement({ id: `${id}/referencing`, types, key: columns }) : table
    this.#order = this.rows.key.map((c) => columns.indexOf(c))
  }

  /** Values in the order of the foreign key's columns → of the arrangement's. */
  ordered(values: Row): Row {
    return this.#order.map((at) => values[at]!)
  }
  /** The rows of these values, each as often as it is there. */
  lookup(values: Row): Row[] {
    this.#probe(values)
    const found: Row[] = []
    for (let i = 0; i < this.#matches.n; i++) {
      const slot = this.#matches.slot[i]!
      for (let n = this.rows.diff(slot); n > 0; n--) found.push(this.rows.rowAt(slot))
    }
    return found
  }
  #probe(values: Row): void {
    const probe = this.rows.key.map((c, i) => buildColumn(this.rows.types[c]!, [values[this.#order[i]!]!]))
    this.rows.probe(probe, 1, this.#matches)
  }
}

const sameSet = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((c) => b.includes(c))
