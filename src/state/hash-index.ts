import { assert } from '../base/assert.ts'
import type { Column } from '../types/column.ts'
import { ChunkedI32 } from './chunked.ts'
import type { Matcher } from './key-matcher.ts'

const SEGMENTS = 256
/** A single table up to here; then 256 segments, so that no growth ever moves more than 1/256 of the keys. */
const SINGLE_KEYS_MAX = 1 << 16
const CAPACITY_MIN = 16

/**
 * Keys → slots: open addressing with linear probing over Int32 tables of slot + 1 (0 = empty), the hash of each slot in
 * a dense column beside it. Removal shifts back, so there are no tombstones and the tables depend on their contents only.
 * Segments grow at staggered loads (0.55 to 0.8): equal fill would otherwise make all 256 grow within one batch.
 */
export class HashIndex {
  size = 0
  private tables: Int32Array[] = [new Int32Array(CAPACITY_MIN)]
  private counts: Int32Array = new Int32Array(1)
  private readonly hashes = new ChunkedI32()
  private readonly matcher: Matcher

  constructor(matcher: Matcher) {
    this.matcher = matcher
  }
  /** The slot under the key of a probe row, -1 when there is none. `hash` as an Int32. */
  find(hash: number, probe: readonly Column[], row: number): number {
    const table = this.tables[this.tables.length === 1 ? 0 : hash >>> 24]
    const mask = table.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const slot = table[at] - 1
      if (slot < 0) return -1
      if (this.hashes.get(slot) === hash && this.matcher.matches(slot, probe, row)) return slot
    }
  }
  hashOf(slot: number): number {
    return this.hashes.get(slot)
  }
  /** Remembers the hash of a slot that is found through another slot of its key. */
  note(hash: number, slot: number): void {
    this.hashes.set(slot, hash)
  }
  /** The slot in the table that stands for the key of a slot. */
  headOf(hash: number, slot: number, sameKey: (a: number, b: number) => boolean): number {
    const table = this.tables[this.tables.length === 1 ? 0 : hash >>> 24]
    const mask = table.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const head = table[at] - 1
      if (head === slot) return head
      assert(head >= 0, 'the key of a live slot is in the index')
      if (this.hashes.get(head) === hash && sameKey(head, slot)) return head
    }
  }
  /** The key must be absent. */
  insert(hash: number, slot: number): void {
    this.hashes.set(slot, hash)
    if (this.tables.length === 1 && this.size >= SINGLE_KEYS_MAX) this.rebuild(this.size, true)
    const s = this.tables.length === 1 ? 0 : hash >>> 24
    let table = this.tables[s]
    if (this.counts[s] >= table.length * (0.55 + 0.25 * (s / SEGMENTS))) table = this.grow(s)
    place(table, hash, slot)
    this.counts[s]++
    this.size++
  }
  /** Another slot stands for the same key from now on. */
  replace(hash: number, from: number, to: number): void {
    this.hashes.set(to, hash)
    const table = this.tables[this.tables.length === 1 ? 0 : hash >>> 24]
    table[entryOf(table, hash, from)] = to + 1
  }
  remove(hash: number, slot: number): void {
    const s = this.tables.length === 1 ? 0 : hash >>> 24
    const table = this.tables[s]
    const mask = table.length - 1
    let hole = entryOf(table, hash, slot)
    for (let at = (hole + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
      const home = this.hashes.get(table[at] - 1) & mask
      // An entry may move into the hole unless its home lies cyclically behind the hole.
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        table[hole] = table[at]
        hole = at
      }
    }
    table[hole] = 0
    this.counts[s]--
    this.size--
  }
  /** Room for n keys at once: a restore neither grows nor rehashes. */
  reserve(n: number): void {
    this.rebuild(Math.max(n, this.size), n > SINGLE_KEYS_MAX)
  }
  clear(): void {
    this.tables = [new Int32Array(CAPACITY_MIN)]
    this.counts = new Int32Array(1)
    this.hashes.clear()
    this.size = 0
  }
  bytes(): number {
    let bytes = this.hashes.bytes()
    for (const table of this.tables) bytes += table.byteLength
    return bytes
  }
  private grow(s: number): Int32Array {
    const old = this.tables[s]
    const table = new Int32Array(old.length * 2)
    for (let i = 0; i < old.length; i++) if (old[i] !== 0) place(table, this.hashes.get(old[i] - 1), old[i] - 1)
    return (this.tables[s] = table)
  }
  private rebuild(keys: number, segmented: boolean): void {
    const old = this.tables
    const parts = segmented ? SEGMENTS : 1
    let capacity = CAPACITY_MIN
    while (capacity * 0.55 < (keys / parts) * 1.05) capacity *= 2
    this.tables = Array.from({ length: parts }, () => new Int32Array(capacity))
    this.counts = new Int32Array(parts)
    for (const table of old) {
      for (let i = 0; i < table.length; i++) {
        if (table[i] === 0) continue
        const hash = this.hashes.get(table[i] - 1)
        const s = parts === 1 ? 0 : hash >>> 24
        place(this.tables[s], hash, table[i] - 1)
        this.counts[s]++
      }
    }
  }
}

function place(table: Int32Array, hash: number, slot: number): void {
  const mask = table.length - 1
  let at = hash & mask
  while (table[at] !== 0) at = (at + 1) & mask
  table[at] = slot + 1
}

function entryOf(table: Int32Array, hash: number, slot: number): number {
  const mask = table.length - 1
  let at = hash & mask
  while (table[at] !== slot + 1) at = (at + 1) & mask
  return at
}
