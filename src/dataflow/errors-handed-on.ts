import { assert } from '../base/assert.ts'
import type { Batch } from '../types/batch.ts'
import { batchFromRows, rowAt } from '../types/batch-build.ts'
import type { Row } from '../types/value.ts'
import { ERROR_TYPES } from './contract.ts'

/** Part of an error Z-set; null: nothing of it. */
export type ErrorFilter = (batch: Batch) => Batch | null

/** Of one error row: how many are set aside, and how many there are. */
interface Aside {
  aside: number
  count: number
}

/**
 * Which of a relation's errors its readers get, pulls and views alike: none of a view that diverts them; otherwise of each
 * error as many as there are beyond those that were set aside. One that leaves is taken from those: when it comes again in
 * a later tick, it is another one. Within a tick what leaves and comes in parts of the change is the same.
 * State: one entry per error row that is set aside. Cost: O(1) per changed error while there are any, else none.
 */
export class ErrorsHandedOn {
  readonly #diverts: boolean
  #aside = new Map<string, Aside>()
  /** Entries whose count fell below what is set aside, in this tick. */
  #fallen = new Set<string>()

  constructor(diverts: boolean) {
    this.#diverts = diverts
  }

  /** What readers get of a consolidated change. */
  change(batch: Batch): Batch | null {
    if (this.#diverts) return null
    if (this.#aside.size === 0) return batch
    return withDiffs(batch, (row, diff) => {
      const key = errorKey(row)
      const known = this.#aside.get(key)
      if (known === undefined) return diff
      const before = Math.max(0, known.count - known.aside)
      known.count += diff
      if (known.count < known.aside) this.#fallen.add(key)
      return Math.max(0, known.count - known.aside) - before
    })
  }

  /** At the end of a tick: no more is set aside than there is. */
  settle(): void {
    for (const key of this.#fallen) {
      const known = this.#aside.get(key)!
      known.aside = Math.min(known.aside, Math.max(0, known.count))
      if (known.aside === 0) this.#aside.delete(key)
    }
    this.#fallen.clear()
  }

  /** What readers have of all errors that there are, as of this moment: later changes make no difference to it. */
  now(): ErrorFilter {
    if (this.#diverts) return () => null
    if (this.#aside.size === 0) return (batch) => batch
    const aside = new Map([...this.#aside].map(([key, of]) => [key, of.aside]))
    return (batch) => withDiffs(batch, (row, diff) => Math.max(0, diff - (aside.get(errorKey(row)) ?? 0)))
  }

  /** Sets all errors that there are aside; gives what readers had of them, to be withdrawn. */
  setAside(errors: Iterable<Batch>): Batch[] {
    if (this.#diverts) return []
    const had = this.now()
    const aside = new Map<string, Aside>()
    const withdrawn: Batch[] = []
    for (const batch of errors) {
      for (let i = 0; i < batch.n; i++) {
        const key = errorKey(rowAt(batch, i, ERROR_TYPES))
        const known = aside.get(key)
        const count = (known?.count ?? 0) + batch.diffs[i]!
        aside.set(key, { aside: count, count })
      }
      const theirs = had(batch)
      if (theirs !== null) withdrawn.push({ ...theirs, diffs: theirs.diffs.map((diff) => -diff) })
    }
    this.#aside = aside
    this.#fallen.clear()
    return withdrawn
  }

  /** For checkpoints: error row as text, how many are set aside, how many there are. */
  image(): (readonly [string, number, number])[] {
    return [...this.#aside].map(([key, { aside, count }]) => [key, aside, count] as const)
  }
  restore(image: readonly (readonly [string, number, number?])[]): void {
    assert(this.#aside.size === 0, 'restored once')
    for (const [key, all, count = all] of image) {
      const aside = Math.min(all, count)
      if (aside > 0) this.#aside.set(key, { aside, count })
    }
  }
}

const errorKey = (row: Row): string => JSON.stringify(row)

function withDiffs(batch: Batch, diffOf: (row: Row, diff: number) => number): Batch | null {
  const rows: Row[] = []
  const diffs: number[] = []
  for (let i = 0; i < batch.n; i++) {
    const row = rowAt(batch, i, ERROR_TYPES)
    const diff = diffOf(row, batch.diffs[i]!)
    if (diff === 0) continue
    rows.push(row)
    diffs.push(diff)
  }
  return rows.length === 0 ? null : batchFromRows(ERROR_TYPES, rows, diffs)
}
