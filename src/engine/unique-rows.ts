import type { IndexEntry } from '../catalog/entry.ts'
import { type UniqueKey, uniqueKeyOf } from '../catalog/unique-key.ts'
import type { Arrangement, ArrangementPin, Matches, StateFactory } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { Column } from '../types/column.ts'
import { buildColumn } from '../types/column-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'

/**
 * The rows of a table by one of its unique keys, staged ones included: what later statements of the same tick are checked
 * against, and what look-ups by that key read. Cost per changed row: one entry.
 */
export class UniqueRows {
  readonly rows: Arrangement
  #key: UniqueKey
  readonly #matches: Matches = { n: 0, probe: new Int32Array(4), slot: new Int32Array(4) }

  constructor(index: IndexEntry, types: readonly SqlType[], states: StateFactory) {
    this.#key = uniqueKeyOf(index)
    this.rows = states.arrangement({ id: `${index.id}/unique`, types, key: index.columns })
  }

  get key(): UniqueKey {
    return this.#key
  }
  /** After a rename. */
  replace(index: IndexEntry): void {
    this.#key = uniqueKeyOf(index)
  }
  apply(batch: Batch): void {
    this.rows.apply(batch)
  }
  pin(): ArrangementPin {
    return this.rows.pin()
  }
  lookup(values: Row): Row | null {
    return lookupRow(this.rows, this.#key, values, this.#matches)
  }
  firstPresent(columns: readonly Column[], n: number): number {
    return firstPresent(this.rows, this.#key, columns, n, this.#matches)
  }
}

/** The row of a key, whose values come in the order of its columns. */
export function lookupRow(rows: Arrangement, { columns }: UniqueKey, values: Row, matches: Matches): Row | null {
  const probe = rows.key.map((c) => buildColumn(rows.types[c]!, [values[columns.indexOf(c)]!]))
  rows.probe(probe, 1, matches)
  return matches.n === 0 ? null : rows.rowAt(matches.slot[0]!)
}

/** The first of n keys that is there, or -1. */
export function firstPresent(
  rows: Arrangement,
  { columns }: UniqueKey,
  keys: readonly Column[],
  n: number,
  matches: Matches,
): number {
  rows.probe(
    rows.key.map((c) => keys[columns.indexOf(c)]!),
    n,
    matches,
  )
  let first = -1
  for (let m = 0; m < matches.n; m++) {
    const row = matches.probe[m]!
    if (first < 0 || row < first) first = row
  }
  return first
}
