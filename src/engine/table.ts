import { assert } from '../base/assert.ts'
import type { ForeignKeyEntry, IndexEntry, TableEntry } from '../catalog/entry.ts'
import { primaryKeyOf, type UniqueKey } from '../catalog/unique-key.ts'
import { withWatermark } from '../catalog/watermark.ts'
import { ExpiringRows } from '../dataflow/expiring-rows.ts'
import { InputNode } from '../dataflow/input.ts'
import type { Arrangement, Matches, StateFactory } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { Column } from '../types/column.ts'
import { buildColumn } from '../types/column-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import { type ForeignKeys, NO_FOREIGN_KEYS } from './foreign-keys.ts'
import { ReferencingRows } from './referencing-rows.ts'
import { firstPresent, lookupRow, UniqueRows } from './unique-rows.ts'
import { unmarked, Watermarks } from './watermarks.ts'

/**
 * A stored table: its rows arranged by primary key (by whole row without one), and the input node that carries its
 * changes to the views. A tick first stages the statements' changes here, so that later statements of the tick see
 * them, then journals them, then sends them on; no read happens in between.
 */
export class TableRuntime {
  readonly types: readonly SqlType[]
  readonly rows: Arrangement
  readonly input: InputNode
  /** Its event time, and the rows with the watermark that each came with: what views read. */
  eventTime: { readonly watermarks: Watermarks; readonly rows: Arrangement } | null
  /** When its rows leave, where they have a time to live. */
  readonly life: ExpiringRows | null
  /** Tick of the newest change: what transactions that read the whole table compare. */
  changedTick = 0
  /** Grows when what its rows must fulfil changes: what was checked against other rules may not be stored. */
  rules = 0
  #entry: TableEntry
  readonly #uniques = new Map<number, UniqueRows>()
  #keys: readonly UniqueKey[]
  #foreignKeys = NO_FOREIGN_KEYS
  readonly #referencing = new Map<number, ReferencingRows>()
  #staged: Batch[] = []
  readonly #matches: Matches = { n: 0, probe: new Int32Array(4), slot: new Int32Array(4) }

  constructor(entry: TableEntry, states: StateFactory) {
    this.#entry = entry
    this.#keys = this.#allKeys()
    this.types = entry.columns.map((c) => c.type)
    this.rows = states.arrangement({ id: `${entry.id}/rows`, types: this.types, key: tableKey(entry) })
    const { id, ttlMicros } = entry
    this.life = ttlMicros == null ? null : new ExpiringRows({ id: `${id}/ttl`, types: this.types, ttlMicros }, states)
    this.input = new InputNode({ id: 0, position: -1 }, typesOf(entry))
    this.eventTime = eventTimeOf(entry, states)
  }

  get entry(): TableEntry {
    return this.#entry
  }
  /** After a rename; types and keys stay. */
  replaceEntry(entry: TableEntry): void {
    this.#entry = entry
    this.#keys = this.#allKeys()
  }

  /** ALTER: gives it an event time, or takes it away; between ticks. Rows that are there came without a watermark. */
  setWatermark(entry: TableEntry, states: StateFactory): void {
    if (this.eventTime !== null) states.drop(this.eventTime.rows.id)
    this.#entry = entry
    this.eventTime = eventTimeOf(entry, states)
    if (this.eventTime === null) return
    for (const batch of this.rows.scan()) this.eventTime.rows.apply(unmarked(this.eventTime.watermarks.timed(batch)))
  }

  /** After a change of what its rows must fulfil. */
  replaceRules(entry: TableEntry): void {
    this.rules++
    this.replaceEntry(entry)
  }

  /** All that is unique in it, the primary key first. Another array after each change of that. */
  get keys(): readonly UniqueKey[] {
    return this.#keys
  }
  /** The row of a key, whose values come in the order of its columns. */
  lookup(values: Row, of: UniqueKey = this.#keys[0]!): Row | null {
    return of.id === 0 ? lookupRow(this.rows, of, values, this.#matches) : this.uniqueRows(of.id).lookup(values)
  }
  /** The first of n keys (columns in the order of the key's) that is there, or -1. */
  firstPresent(columns: readonly Column[], n: number, of: UniqueKey): number {
    return of.id === 0
      ? firstPresent(this.rows, of, columns, n, this.#matches)
      : this.uniqueRows(of.id).firstPresent(columns, n)
  }
  /** Its rows by that key. */
  rowsOf({ id }: UniqueKey): Arrangement {
    return id === 0 ? this.rows : this.uniqueRows(id).rows
  }
  uniqueRows(index: number): UniqueRows {
    const unique = this.#uniques.get(index)
    assert(unique !== undefined, `table ${this.#entry.name} has unique index ${index}`)
    return unique
  }
  get uniques(): Iterable<[number, UniqueRows]> {
    return this.#uniques
  }
  /** `fill`: with the rows that are there (not when recovery brings them). */
  addUnique(index: IndexEntry, states: StateFactory, fill: boolean): void {
    const unique = new UniqueRows(index, this.types, states)
    if (fill) for (const batch of this.rows.scan()) unique.apply(batch)
    this.#uniques.set(index.id, unique)
    this.#keys = this.#allKeys()
  }
  replaceUnique(index: IndexEntry): void {
    this.#uniques.get(index.id)?.replace(index)
    this.#keys = this.#allKeys()
  }
  dropUnique(index: number, states: StateFactory): void {
    const unique = this.#uniques.get(index)
    if (unique === undefined) return
    states.drop(unique.rows.id)
    this.#uniques.delete(index)
    this.#keys = this.#allKeys()
  }

  get foreignKeys(): ForeignKeys {
    return this.#foreignKeys
  }
  /** Its rows by the columns of one of its own foreign keys. */
  referencing({ id }: ForeignKeyEntry): ReferencingRows {
    const rows = this.#referencing.get(id)
    assert(rows !== undefined, `table ${this.#entry.name} has foreign key ${id}`)
    return rows
  }
  /** What was checked against other foreign keys may not be stored. `fill`: with the rows that are there. */
  setForeignKeys(next: ForeignKeys, states: StateFactory, fill: boolean): void {
    this.rules++
    this.#foreignKeys = next
    for (const [id, { own, rows }] of this.#referencing) {
      if (next.own.some((fk) => fk.id === id)) continue
      if (own) states.drop(rows.id)
      this.#referencing.delete(id)
    }
    for (const fk of next.own) {
      if (this.#referencing.has(fk.id)) continue
      const referencing = new ReferencingRows(fk, this.rows, this.types, states)
      if (fill && referencing.own) for (const batch of this.rows.scan()) referencing.rows.apply(batch)
      this.#referencing.set(fk.id, referencing)
    }
  }
  /** What is to be pinned beside its rows, by id. */
  *pinned(): Iterable<[number, Arrangement]> {
    for (const [id, { rows }] of this.#uniques) yield [id, rows]
    for (const [id, { rows }] of this.#referencing) yield [id, rows]
  }
  #allKeys(): readonly UniqueKey[] {
    const primary = primaryKeyOf(this.#entry)
    return [...(primary === null ? [] : [primary]), ...[...this.#uniques.values()].map((u) => u.key)]
  }
  count(row: Row): number {
    const slot = this.#find(row)
    return slot < 0 ? 0 : this.rows.diff(slot)
  }

  stageBatch(batch: Batch): void {
    if (batch.n === 0) return
    this.rows.apply(batch)
    for (const unique of this.#uniques.values()) unique.apply(batch)
    for (const { own, rows } of this.#referencing.values()) if (own) rows.apply(batch)
    if (this.eventTime === null) this.#staged.push(batch)
    else {
      const stamped = this.eventTime.watermarks.stamp(0, 0, batch, 0)
      this.eventTime.rows.apply(stamped)
      this.#staged.push(stamped)
    }
  }
  get staged(): readonly Batch[] {
    return this.#staged
  }

  /** What queries and views read: all columns, that of the watermark included. */
  get read(): Arrangement {
    return this.eventTime?.rows ?? this.rows
  }

  /** Sends the staged changes to the views and returns them. */
  flush(tick: number): readonly Batch[] {
    const staged = this.#staged
    if (staged.length === 0) return staged
    this.#staged = []
    this.changedTick = tick
    for (const batch of staged) this.input.pushRows(batch)
    return staged
  }

  #find(key: Row): number {
    const columns = this.rows.key
    const probe = columns.map((c, i) => buildColumn(this.types[c]!, [key[i]!]))
    this.rows.probe(probe, 1, this.#matches)
    return this.#matches.n === 0 ? -1 : this.#matches.slot[0]!
  }
}

function typesOf({ columns, watermark }: TableEntry): SqlType[] {
  const row = columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
  return withWatermark(row, watermark).map((f) => f.type)
}

function eventTimeOf(entry: TableEntry, states: StateFactory): TableRuntime['eventTime'] {
  if (!entry.watermark) return null
  const types = typesOf(entry)
  const rows = states.arrangement({ id: `${entry.id}/stamped`, types, key: types.map((_, i) => i) })
  return { watermarks: new Watermarks(entry.watermark, types), rows }
}

function tableKey(entry: TableEntry): readonly number[] {
  return entry.primaryKey ?? entry.columns.map((_, i) => i)
}
