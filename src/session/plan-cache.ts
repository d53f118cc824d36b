import type { Prepared } from './prepared.ts'

/** Texts longer than this are planned anew each time: they hardly repeat, and would fill the memory. */
const SQL_LENGTH_MAX = 16_384
const PLAN_CACHE_ENTRIES_MAX = 1_000

/**
 * Plans by SQL text, least recently used first out. Shared by all sessions of an engine; the key holds what else a
 * plan depends on (search path, user …), and an entry made for another catalog version is dropped when found.
 */
export class PlanCache {
  private readonly entries = new Map<string, Prepared>()
  private readonly entriesMax: number
  hits = 0
  misses = 0

  constructor(entriesMax = PLAN_CACHE_ENTRIES_MAX) {
    this.entriesMax = entriesMax
  }

  get(key: string, catalogVersion: number): Prepared | undefined {
    const found = this.entries.get(key)
    if (found === undefined) {
      this.misses++
      return undefined
    }
    this.entries.delete(key)
    if (found.catalogVersion !== catalogVersion) {
      this.misses++
      return undefined
    }
    this.entries.set(key, found)
    this.hits++
    return found
  }

  set(key: string, prepared: Prepared): void {
    if (key.length > SQL_LENGTH_MAX) return
    this.entries.set(key, prepared)
    if (this.entries.size > this.entriesMax) this.entries.delete(this.entries.keys().next().value!)
  }
}
