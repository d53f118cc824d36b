import { assert } from '../base/assert.ts'
import type { Batch } from '../types/batch.ts'
import type { AnyColumn, Column, F64Column } from '../types/column.ts'
import { hashRows } from '../types/hash.ts'
import { BYTEA, FLOAT8, INT4, type SqlType } from '../types/sql-type.ts'
import { type AccumulatorKind, Accumulators, type AnyCodec } from './accumulators.ts'
import { SlotBits } from './chunked.ts'
import { makeStateColumn } from './columns/make.ts'
import type { StateColumn } from './columns/state-column.ts'
import { CHUNK_ROWS, type KeyedTable, type StateColumnKind } from './contract.ts'
import type { DurableStructure } from './durable.ts'
import { HashIndex } from './hash-index.ts'
import { HashedRows } from './hashed-rows.ts'
import { KeyMatcher } from './key-matcher.ts'
import type { ChunkPager } from './pager.ts'
import { SlotSpace } from './slot-space.ts'

export interface KeyedTableSpec {
  readonly id: string
  readonly keyTypes: readonly SqlType[]
  readonly columns: readonly StateColumnKind[]
  readonly anyCodec?: AnyCodec
}

/** How an accumulator is stored in blocks. */
const BLOCK_TYPES = { f64: FLOAT8, i32: INT4, any: BYTEA } as const satisfies Record<AccumulatorKind, SqlType>

/** Which keys one call has inserted (by hash, so some others too). */
const BROUGHT_MASK = (1 << 14) - 1
const brought = new Int32Array(BROUGHT_MASK + 1)
let stamp = 0

/** One row a key: key columns, accumulator columns, a hash index. 12 bytes a key beside its columns. */
export class SlotKeyedTable implements KeyedTable, DurableStructure {
  readonly id: string
  readonly keyTypes: readonly SqlType[]
  readonly columns: readonly StateColumnKind[]
  readonly space = new SlotSpace()
  readonly blockTypes: readonly SqlType[]
  private readonly keys: readonly StateColumn[]
  private readonly accumulators: readonly Accumulators[]
  private readonly codec: AnyCodec | null
  private readonly live = new SlotBits()
  private readonly index: HashIndex
  private hashes = new Uint32Array(64)

  constructor(spec: KeyedTableSpec, pager: ChunkPager | null) {
    this.id = spec.id
    this.keyTypes = spec.keyTypes
    this.columns = spec.columns
    this.codec = spec.anyCodec ?? null
    this.keys = spec.keyTypes.map(makeStateColumn)
    this.accumulators = spec.columns.map((kind, c) => {
      assert(kind === 'f64' || kind === 'i32' || kind === 'any', `accumulators are f64, i32 or any, not ${kind}`)
      assert(kind !== 'any' || this.codec !== null, `the keyed table ${spec.id} says how its values are encoded`)
      return new Accumulators(kind, `${spec.id}/${c}`, pager, this.codec)
    })
    this.blockTypes = [...spec.keyTypes, ...this.accumulators.map(({ kind }) => BLOCK_TYPES[kind])]
    this.index = new HashIndex(new KeyMatcher(this.keys))
  }
  get rows(): number {
    return this.space.live
  }
  find(keys: readonly Column[], n: number, out: Int32Array): void {
    this.hash(keys, n)
    this.index.findAll(this.hashes, keys, n, out)
  }
  findOrInsert(keys: readonly Column[], n: number, out: Int32Array): void {
    this.hash(keys, n)
    this.index.findAll(this.hashes, keys, n, out)
    // Wraps as the array does: a mark of old costs a look, no more.
    stamp = (stamp + 1) | 0
    for (let i = 0; i < n; i++) {
      if (out[i] >= 0) continue
      const hash = this.hashes[i] | 0
      // An earlier row of this call may have brought the key.
      let slot = brought[hash & BROUGHT_MASK] === stamp ? this.index.find(hash, keys, i) : -1
      if (slot < 0) {
        brought[hash & BROUGHT_MASK] = stamp
        slot = this.space.take()
        for (let c = 0; c < this.keys.length; c++) this.keys[c].set(slot, keys[c], i)
        this.index.insert(hash, slot)
        this.live.add(slot)
        this.space.dirty.add(slot)
      }
      out[i] = slot
    }
  }
  remove(slot: number): void {
    assert(this.live.has(slot), 'only a live slot is removed')
    this.index.remove(this.index.hashOf(slot), slot)
    for (const column of this.keys) column.clear(slot)
    for (const column of this.accumulators) column.clear(slot)
    this.live.delete(slot)
    this.space.retire(slot)
    this.space.recycle(slot)
  }
  touch(slot: number): void {
    this.space.dirty.add(slot)
  }
  gatherKeys(slots: Int32Array, n: number): Column[] {
    return this.keys.map((column) => column.gather(slots, n))
  }
  chunkF64(column: number, chunk: number): Float64Array {
    return this.accumulators[column].chunk(chunk) as Float64Array
  }
  chunkI32(column: number, chunk: number): Int32Array {
    return this.accumulators[column].chunk(chunk) as Int32Array
  }
  chunkAny(column: number, chunk: number): unknown[] {
    return this.accumulators[column].chunk(chunk) as unknown[]
  }
  *slots(): Generator<number> {
    const page = new Int32Array(CHUNK_ROWS)
    for (const n of this.live.runs(page)) for (let k = 0; k < n; k++) yield page[k]
  }
  clear(): void {
    this.space.clear()
    for (const column of this.keys) column.reset()
    for (const column of this.accumulators) column.reset()
    this.live.clear()
    this.index.clear()
  }
  /** Moves every accumulator chunk to the pager; `chunk…()` brings them back one by one. Between ticks only. */
  evict(): void {
    for (const column of this.accumulators) column.evict()
  }
  bytes(): number {
    let bytes = this.space.bytes() + this.live.bytes() + this.index.bytes()
    for (const column of this.keys) bytes += column.bytes()
    for (const column of this.accumulators) bytes += column.bytes()
    return bytes
  }
  isLive(slot: number): boolean {
    return this.live.has(slot)
  }
  save(slots: Int32Array, n: number): Batch {
    const cols = [...this.gatherKeys(slots, n), ...this.accumulators.map((column) => this.saved(column, slots, n))]
    return { n, diffs: new Int32Array(n).fill(1), cols }
  }
  load(slots: Int32Array, batch: Batch, n: number): void {
    this.unload(n === slots.length ? slots : slots.subarray(0, n))
    for (let c = 0; c < this.keys.length; c++) this.keys[c].setAll(slots, batch.cols[c], n)
    for (let a = 0; a < this.accumulators.length; a++) {
      const column = this.accumulators[a]
      const from = batch.cols[this.keys.length + a] as F64Column | AnyColumn
      for (let i = 0; i < n; i++) {
        if (from.kind === 'f64') column.set(slots[i], from.data[i])
        else if (from.nulls === null || from.nulls[i] === 0) {
          column.set(slots[i], this.codec!.decode(from.data[i] as Uint8Array))
        }
      }
    }
    for (let i = 0; i < n; i++) {
      this.live.add(slots[i])
      if (slots[i] >= this.space.high) this.space.high = slots[i] + 1
    }
  }
  unload(slots: Int32Array): void {
    for (const slot of slots) {
      if (!this.live.has(slot)) continue
      for (const column of this.keys) column.clear(slot)
      for (const column of this.accumulators) column.clear(slot)
      this.live.delete(slot)
    }
  }
  loaded(): void {
    this.space.restored(this.space.high, this.live.count, (slot) => this.live.has(slot))
    this.index.clear()
    this.index.reserve(this.space.live)
    const page = new Int32Array(CHUNK_ROWS)
    const rows = new HashedRows(this.space.live)
    for (const n of this.live.runs(page)) {
      this.hash(this.gatherKeys(page, n), n)
      this.index.noteAll(page, this.hashes, n)
      rows.add(page, this.hashes, n)
    }
    this.index.fill(rows, null, () => {})
  }
  private saved(column: Accumulators, slots: Int32Array, n: number): Column {
    if (column.kind !== 'any') {
      const data = new Float64Array(n)
      for (let k = 0; k < n; k++) data[k] = column.get(slots[k]) as number
      return { kind: 'f64', data, nulls: null }
    }
    const nulls = new Uint8Array(n)
    const data = new Array<unknown>(n).fill(null)
    for (let k = 0; k < n; k++) {
      const value = column.get(slots[k])
      if (value === undefined) nulls[k] = 1
      else data[k] = this.codec!.encode(value)
    }
    return { kind: 'any', data, nulls }
  }
  private hash(keys: readonly Column[], n: number): void {
    if (this.hashes.length < n) this.hashes = new Uint32Array(n * 2)
    hashRows(keys, n, this.hashes)
  }
}
