import type { ForeignKeyEntry } from '../../../catalog/entry.ts'
import type { UniqueKey } from '../../../catalog/unique-key.ts'
import type { Row } from '../../../types/value.ts'
import { isCompared, keyText, rowOfKey } from '../constraints.ts'
import { rowText } from '../same-row.ts'
import type { RowChange, WritableTable } from '../writable.ts'
import { RowDeltas } from './row-deltas.ts'

/** A row as a statement found it, and as it is going to leave it. */
export interface Change {
  readonly old: Row | null
  next: Row | null
}

/**
 * One table within one statement: as it was before, and over that what the statement and the actions that follow from it have
 * done so far. Nothing is applied yet. Cost per change: one entry for each key that was asked about.
 */
export class ChangedRows {
  readonly table: WritableTable
  /** Actions changed it beside the statement's own changes, or instead of them. */
  acted = false
  readonly #changes: Change[] = []
  /** Made when first asked for. */
  #byNext: Map<string, Change[]> | null = null
  readonly #keys = new Map<UniqueKey, { readonly text: (row: Row) => string; readonly counts: Map<string, number> }>()
  readonly #referencing = new Map<ForeignKeyEntry, RowDeltas>()

  constructor(table: WritableTable) {
    this.table = table
  }

  /** Each row once, however often it was changed. */
  get changes(): readonly RowChange[] {
    return this.acted ? this.#changes.filter(({ old, next }) => old !== null || next !== null) : this.#changes
  }

  /** What the statement itself does. */
  add({ old, next }: RowChange): Change {
    const change = { old, next }
    this.#changes.push(change)
    this.#note(change.old, next, change)
    return change
  }
  /** What follows from it: a row as it is now → as it is to be. */
  act(row: Row, next: Row | null): Change {
    this.acted = true
    const known = this.#nexts().get(rowText(row))?.pop()
    const change = known ?? { old: row, next }
    if (known === undefined) this.#changes.push(change)
    else change.next = next
    this.#note(row, next, change)
    return change
  }

  has(values: Row, key: UniqueKey): boolean {
    let known = this.#keys.get(key)
    if (known === undefined) {
      known = { text: keyText(this.table.entry, key.columns), counts: new Map() }
      this.#keys.set(key, known)
      for (const { old, next } of this.#changes) this.#count(key, known, old, next)
    }
    const { text, counts } = known
    const own = counts.get(text(rowOfKey(this.table.entry, values, key.columns))) ?? 0
    return own > 0 || (own === 0 && this.table.isPresent(values, key))
  }
  referencing(fk: ForeignKeyEntry, values: Row): Row[] {
    let deltas = this.#referencing.get(fk)
    if (deltas === undefined) {
      deltas = new RowDeltas(keyText(this.table.entry, fk.columns))
      this.#referencing.set(fk, deltas)
      for (const { old, next } of this.#changes) addTo(deltas, old, next)
    }
    return deltas.over(this.table.referencing(values, fk), rowOfKey(this.table.entry, values, fk.columns))
  }

  #nexts(): Map<string, Change[]> {
    if (this.#byNext === null) {
      this.#byNext = new Map()
      for (const change of this.#changes) this.#push(change)
    }
    return this.#byNext
  }
  #push(change: Change): void {
    if (change.next === null || this.#byNext === null) return
    const text = rowText(change.next)
    const same = this.#byNext.get(text)
    if (same === undefined) this.#byNext.set(text, [change])
    else same.push(change)
  }
  #note(old: Row | null, next: Row | null, change: Change): void {
    this.#push(change)
    for (const [key, known] of this.#keys) this.#count(key, known, old, next)
    for (const deltas of this.#referencing.values()) addTo(deltas, old, next)
  }
  #count(
    key: UniqueKey,
    { text, counts }: { readonly text: (row: Row) => string; readonly counts: Map<string, number> },
    old: Row | null,
    next: Row | null,
  ): void {
    const add = (row: Row | null, n: number) => {
      if (row === null || !isCompared(key, row)) return
      const at = text(row)
      counts.set(at, (counts.get(at) ?? 0) + n)
    }
    add(old, -1)
    add(next, 1)
  }
}

function addTo(deltas: RowDeltas, old: Row | null, next: Row | null): void {
  if (old !== null) deltas.add(old, -1)
  if (next !== null) deltas.add(next, 1)
}
