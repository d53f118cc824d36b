import { assert } from '../base/assert.ts'
import { SqlError } from '../base/sql-error.ts'
import type { CatalogEntry, CatalogSnapshot } from './entry.ts'

/** Ids below belong to the server's own schemas and system relations. */
export const FIRST_USER_ID = 16384

export type CatalogChange =
  | { readonly kind: 'put'; readonly entry: CatalogEntry }
  | { readonly kind: 'remove'; readonly id: number }

/**
 * One immutable state of the catalog. `apply` gives the next one and leaves this one as it is: readers keep the
 * snapshot they began with. Copies its maps: DDL is rare, and a thousand objects copy in microseconds.
 */
export class Catalog implements CatalogSnapshot {
  readonly version: number
  /** The id that the next created object gets; ids are never reused, not even after a drop. */
  readonly nextId: number
  readonly #byId: ReadonlyMap<number, CatalogEntry>
  readonly #byName: ReadonlyMap<string, number>
  readonly #dependants: ReadonlyMap<number, readonly number[]>

  private constructor(version: number, nextId: number, byId: ReadonlyMap<number, CatalogEntry>) {
    this.version = version
    this.nextId = nextId
    this.#byId = byId
    const names = new Map<string, number>()
    const dependants = new Map<number, number[]>()
    for (const entry of byId.values()) {
      // Constraints are named within their tables.
      if (entry.kind !== 'foreignKey') {
        const key = nameKey(entry.schema, entry.name)
        const other = names.get(key)
        if (other !== undefined) throw alreadyExists(entry)
        names.set(key, entry.id)
      }
      for (const id of new Set(entry.dependsOn)) {
        const list = dependants.get(id)
        if (list) list.push(entry.id)
        else dependants.set(id, [entry.id])
      }
    }
    this.#byName = names
    this.#dependants = dependants
  }

  static of(entries: Iterable<CatalogEntry>, version = 0, nextId = FIRST_USER_ID): Catalog {
    const sorted = [...entries].sort((a, b) => a.id - b.id)
    const last = sorted.at(-1)?.id ?? 0
    return new Catalog(version, Math.max(nextId, last + 1), new Map(sorted.map((e) => [e.id, e])))
  }

  byId(id: number): CatalogEntry | undefined {
    return this.#byId.get(id)
  }

  byName(schema: number, name: string): CatalogEntry | undefined {
    const id = this.#byName.get(nameKey(schema, name))
    return id === undefined ? undefined : this.#byId.get(id)
  }

  /** In the order of ids, which is the order of creation. */
  all(): Iterable<CatalogEntry> {
    return this.#byId.values()
  }

  dependants(id: number): readonly number[] {
    return this.#dependants.get(id) ?? []
  }

  /** All objects that read one of `ids`, directly or not, without `ids` themselves; readers before what they read. */
  allDependants(ids: readonly number[]): readonly number[] {
    const seen = new Set<number>(ids)
    const queue = [...ids]
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      for (const reader of this.dependants(id)) {
        if (seen.has(reader)) continue
        seen.add(reader)
        queue.push(reader)
      }
    }
    for (const id of ids) seen.delete(id)
    return [...seen].sort((a, b) => b - a)
  }

  /** All changes at once: the result is checked as a whole, so a rename may swap names. */
  apply(changes: readonly CatalogChange[]): Catalog {
    const byId = new Map(this.#byId)
    let nextId = this.nextId
    for (const change of changes) {
      if (change.kind === 'remove') {
        assert(byId.delete(change.id), `catalog object ${change.id} exists`)
      } else {
        byId.set(change.entry.id, change.entry)
        nextId = Math.max(nextId, change.entry.id + 1)
      }
    }
    for (const entry of byId.values()) {
      for (const id of entry.dependsOn) assert(byId.has(id), `${entry.name} depends on ${id}, which is in the catalog`)
    }
    return new Catalog(this.version + 1, nextId, new Map([...byId].sort((a, b) => a[0] - b[0])))
  }
}

const nameKey = (schema: number, name: string): string => `${schema}.${name}`

function alreadyExists(entry: CatalogEntry): SqlError {
  if (entry.kind === 'schema') return new SqlError('42P06', `schema "${entry.name}" already exists`)
  if (entry.kind === 'type' && entry.type.kind !== 'record')
    return new SqlError('42710', `type "${entry.name}" already exists`)
  return new SqlError('42P07', `relation "${entry.name}" already exists`)
}
