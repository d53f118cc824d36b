import { assert } from '../base/assert.ts'
import type { Column } from '../types/column.ts'
import { ChunkedI32 } from './chunked.ts'
import { type HashedRows, PARTS } from './hashed-rows.ts'
import { type Matcher, MISMATCH } from './key-matcher.ts'

const SEGMENTS = PARTS
/** A single table up to here; then 256 segments, so that no growth ever moves more than 1/256 of the keys. */
const SINGLE_KEYS_MAX = 1 << 16
const CAPACITY_MIN = 16

/**
 * Keys → slots: open addressing with linear probing over Int32 pairs (slot + 1, hash); 0 is an empty entry. The hash
 * beside the slot spares a cache miss a probe, and growth reads nothing but the table. Removal shifts back, so there are
 * no tombstones and a table depends on its contents only. Segments grow at staggered loads (0.55 to 0.8): filled alike,
 * all 256 would otherwise grow within one batch.
 */
export class HashIndex {
  size = 0
  private tables: Int32Array[] = [new Int32Array(CAPACITY_MIN * 2)]
  private counts: Int32Array = new Int32Array(1)
  /** The hash of every slot that was noted: for removal without its key at hand. */
  private readonly hashes = new ChunkedI32()
  private readonly matcher: Matcher

  constructor(matcher: Matcher) {
    this.matcher = matcher
  }
  /** The slot under the key of a probe row, -1 when there is none. `hash` as an Int32. */
  find(hash: number, probe: readonly Column[], row: number): number {
    const table = this.tableOf(hash)
    const mask = table.length - 1
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const slot = table[at] - 1
      if (slot < 0) return -1
      if (table[at + 1] === hash && this.matcher.matches(slot, probe, row)) return slot
    }
  }
  /**
   * `find` for n rows, in passes: first the tables of all rows, then the keys of all candidates. The cache misses of one
   * pass do not depend on each other, so the processor waits for many at once: three times as fast on large tables.
   */
  findAll(hashes: Uint32Array, probe: readonly Column[], n: number, out: Int32Array): void {
    const tables = this.tables
    const shift = tables.length === 1 ? 32 : 24
    for (let i = 0; i < n; i++) {
      const hash = hashes[i] | 0
      const table = tables[shift === 32 ? 0 : hash >>> 24]
      const mask = table.length - 1
      let at = (hash << 1) & mask
      while (table[at] !== 0 && table[at + 1] !== hash) at = (at + 2) & mask
      out[i] = table[at] - 1
    }
    this.matcher.verify(out, probe, n)
    // Two keys with one hash: the first candidate was not it.
    for (let i = 0; i < n; i++) if (out[i] === MISMATCH) out[i] = this.find(hashes[i] | 0, probe, i)
  }
  hashOf(slot: number): number {
    return this.hashes.get(slot)
  }
  /** Remembers the hash of a slot that is found through another slot of its key. */
  note(hash: number, slot: number): void {
    this.hashes.set(slot, hash)
  }
  noteAll(slots: Int32Array, hashes: Uint32Array, n: number): void {
    for (let k = 0; k < n; k++) this.hashes.set(slots[k], hashes[k] | 0)
  }
  /**
   * Puts in rows whose hashes are noted, in one pass, after `reserve`. A row of a key that is there already is handed to
   * `duplicate` with the slot that stands for the key; without `same` all keys differ.
   */
  fill(
    rows: HashedRows,
    same: ((head: number, slot: number) => boolean) | null,
    duplicate: (head: number, slot: number) => void,
  ): void {
    const { slots, hashes, starts } = rows.bySegment()
    for (let part = 0; part < PARTS; part++) {
      const s = this.tables.length === 1 ? 0 : part
      let table = this.tables[s]
      let limit = fullAt(table, s)
      for (let i = starts[part]; i < starts[part + 1]; i++) {
        const hash = hashes[i]
        const mask = table.length - 1
        let at = (hash << 1) & mask
        let head = -1
        for (; table[at] !== 0; at = (at + 2) & mask) {
          if (same === null || table[at + 1] !== hash || !same(table[at] - 1, slots[i])) continue
          head = table[at] - 1
          break
        }
        if (head >= 0) {
          duplicate(head, slots[i])
          continue
        }
        table[at] = slots[i] + 1
        table[at + 1] = hash
        this.size++
        if (++this.counts[s] < limit) continue
        table = this.grow(s)
        limit = fullAt(table, s)
      }
    }
  }
  /** The slot in the table that stands for the key of a slot. */
  headOf(hash: number, slot: number, sameKey: (a: number, b: number) => boolean): number {
    const table = this.tableOf(hash)
    const mask = table.length - 1
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const head = table[at] - 1
      if (head === slot) return head
      assert(head >= 0, 'the key of a live slot is in the index')
      if (table[at + 1] === hash && sameKey(head, slot)) return head
    }
  }
  /** The key must be absent. */
  insert(hash: number, slot: number): void {
    this.hashes.set(slot, hash)
    if (this.tables.length === 1 && this.size >= SINGLE_KEYS_MAX) this.rebuild(this.size, true)
    const s = this.tables.length === 1 ? 0 : hash >>> 24
    let table = this.tables[s]
    if (this.counts[s] >= fullAt(table, s)) table = this.grow(s)
    place(table, hash, slot + 1)
    this.counts[s]++
    this.size++
  }
  /** Another slot stands for the same key from now on. */
  replace(hash: number, from: number, to: number): void {
    this.hashes.set(to, hash)
    const table = this.tableOf(hash)
    table[entryOf(table, hash, from)] = to + 1
  }
  remove(hash: number, slot: number): void {
    const s = this.tables.length === 1 ? 0 : hash >>> 24
    const table = this.tables[s]
    const mask = table.length - 1
    let hole = entryOf(table, hash, slot)
    for (let at = (hole + 2) & mask; table[at] !== 0; at = (at + 2) & mask) {
      const home = (table[at + 1] << 1) & mask
      // An entry may move into the hole unless its home lies cyclically behind the hole.
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        table[hole] = table[at]
        table[hole + 1] = table[at + 1]
        hole = at
      }
    }
    table[hole] = 0
    table[hole + 1] = 0
    this.counts[s]--
    this.size--
  }
  /** Room for n keys at once: a restore neither grows nor rehashes. */
  reserve(n: number): void {
    this.rebuild(Math.max(n, this.size), n > SINGLE_KEYS_MAX)
  }
  clear(): void {
    this.tables = [new Int32Array(CAPACITY_MIN * 2)]
    this.counts = new Int32Array(1)
    this.hashes.clear()
    this.size = 0
  }
  bytes(): number {
    let bytes = this.hashes.bytes()
    for (const table of this.tables) bytes += table.byteLength
    return bytes
  }
  private tableOf(hash: number): Int32Array {
    return this.tables[this.tables.length === 1 ? 0 : hash >>> 24]
  }
  private grow(s: number): Int32Array {
    const old = this.tables[s]
    const table = new Int32Array(old.length * 2)
    for (let i = 0; i < old.length; i += 2) if (old[i] !== 0) place(table, old[i + 1], old[i])
    return (this.tables[s] = table)
  }
  private rebuild(keys: number, segmented: boolean): void {
    const old = this.tables
    const parts = segmented ? SEGMENTS : 1
    let capacity = CAPACITY_MIN
    while (capacity * 0.55 < (keys / parts) * 1.05) capacity *= 2
    this.tables = Array.from({ length: parts }, () => new Int32Array(capacity * 2))
    this.counts = new Int32Array(parts)
    for (const table of old) {
      for (let i = 0; i < table.length; i += 2) {
        if (table[i] === 0) continue
        const s = parts === 1 ? 0 : table[i + 1] >>> 24
        // Hashes of one segment may be many more than its share.
        const target = this.counts[s] >= fullAt(this.tables[s], s) ? this.grow(s) : this.tables[s]
        place(target, table[i + 1], table[i])
        this.counts[s]++
      }
    }
  }
}

/** Keys that segment s holds before it grows. */
function fullAt(table: Int32Array, s: number): number {
  return (table.length >> 1) * (0.55 + 0.25 * (s / SEGMENTS))
}

function place(table: Int32Array, hash: number, entry: number): void {
  const mask = table.length - 1
  let at = (hash << 1) & mask
  while (table[at] !== 0) at = (at + 2) & mask
  table[at] = entry
  table[at + 1] = hash
}

function entryOf(table: Int32Array, hash: number, slot: number): number {
  const mask = table.length - 1
  let at = (hash << 1) & mask
  while (table[at] !== slot + 1) at = (at + 2) & mask
  return at
}
