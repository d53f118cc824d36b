import type { Column, StrColumn } from '../../types/column.ts'
import { compareFor, compareNullsLast } from '../../types/compare.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { compareUtf8, decodeUtf8 } from '../../types/utf8.ts'
import type { Datum, Value } from '../../types/value.ts'
import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT } from '../contract.ts'
import { gatherNulls, setNull } from './nulls.ts'
import { runEnd } from './run.ts'
import type { StateColumn } from './state-column.ts'

interface Chunk {
  starts: Int32Array
  lengths: Int32Array
  arena: Uint8Array
  used: number
  /** Bytes of the arena that no slot refers to. */
  garbage: number
  nulls: Uint8Array | null
}

const ARENA_BYTES_MIN = 1 << 12
/** Copying a subarray costs more than this many byte moves. */
const SHORT = 48
/** Fewer texts in a row are set one by one. */
const RUN_MIN = 4

/**
 * Text: 8 bytes a slot plus the UTF-8 bytes, in one arena a chunk. Removed text stays as garbage until the arena is
 * full; then the chunk alone is compacted (≤ 4,096 texts), or grown when less than a quarter of it is garbage.
 */
export class StrStateColumn implements StateColumn {
  readonly type: SqlType
  readonly plain = null
  /** jsonb and bpchar do not sort by their bytes. */
  private readonly order: ((a: Value, b: Value) => number) | null
  private readonly chunks: Chunk[] = []

  constructor(type: SqlType) {
    this.type = type
    this.order = type.kind === 'jsonb' || type.kind === 'bpchar' ? compareFor(type) : null
  }
  set(slot: number, from: Column, row: number): void {
    const source = from as StrColumn
    const chunk = this.chunkOf(slot)
    const at = slot & CHUNK_MASK
    setNull(chunk, at, source.nulls !== null && source.nulls[row] === 1)
    chunk.garbage += chunk.lengths[at]
    chunk.lengths[at] = 0
    const start = source.offsets[row]
    const length = source.offsets[row + 1] - start
    if (chunk.used + length > chunk.arena.length) makeRoom(chunk, length)
    copyBytes(source.bytes, start, length, chunk.arena, chunk.used)
    chunk.starts[at] = chunk.used
    chunk.lengths[at] = length
    chunk.used += length
  }
  setAll(slots: Int32Array, from: Column, n: number): void {
    const source = from as StrColumn
    for (let i = 0, end = 0; i < n; i = end) {
      end = runEnd(slots, i, n)
      if (end - i < RUN_MIN || source.nulls !== null) for (let k = i; k < end; k++) this.set(slots[k], from, k)
      else this.setRun(slots[i], source, i, end)
    }
  }
  /** Texts [from, end) into slots from `slot` on, all of one chunk: their bytes in one copy. */
  private setRun(slot: number, source: StrColumn, from: number, end: number): void {
    const chunk = this.chunkOf(slot)
    const at = slot & CHUNK_MASK
    const first = source.offsets[from]
    const length = source.offsets[end] - first
    for (let k = at; k < at + end - from; k++) {
      chunk.garbage += chunk.lengths[k]
      chunk.lengths[k] = 0
      if (chunk.nulls !== null) chunk.nulls[k] = 0
    }
    if (chunk.used + length > chunk.arena.length) makeRoom(chunk, length)
    copyBytes(source.bytes, first, length, chunk.arena, chunk.used)
    const shift = chunk.used - first
    for (let i = from; i < end; i++) {
      const start = source.offsets[i]
      chunk.starts[at + i - from] = start + shift
      chunk.lengths[at + i - from] = source.offsets[i + 1] - start
    }
    chunk.used += length
  }
  clear(slot: number): void {
    const chunk = this.chunks[slot >> CHUNK_SHIFT]
    const at = slot & CHUNK_MASK
    const length = chunk.lengths[at]
    // The newest text can simply be taken back.
    if (chunk.starts[at] + length === chunk.used) chunk.used -= length
    else chunk.garbage += length
    chunk.lengths[at] = 0
  }
  equals(slot: number, other: Column, row: number): boolean {
    const chunk = this.chunks[slot >> CHUNK_SHIFT]
    const at = slot & CHUNK_MASK
    const column = other as StrColumn
    const start = column.offsets[row]
    const length = chunk.lengths[at]
    if (length !== column.offsets[row + 1] - start) return false
    if (chunk.nulls !== null || column.nulls !== null) {
      const isNull = chunk.nulls !== null && chunk.nulls[at] === 1
      if (isNull !== (column.nulls !== null && column.nulls[row] === 1)) return false
    }
    const arena = chunk.arena
    const bytes = column.bytes
    for (let i = 0, p = chunk.starts[at]; i < length; i++) if (arena[p + i] !== bytes[start + i]) return false
    return true
  }
  identical(slot: number, other: Column, row: number): boolean {
    return this.equals(slot, other, row)
  }
  same(a: number, b: number): boolean {
    return this.isNull(a) === this.isNull(b) && this.compareBytes(a, b) === 0
  }
  isNull(slot: number): boolean {
    const nulls = this.chunks[slot >> CHUNK_SHIFT].nulls
    return nulls !== null && nulls[slot & CHUNK_MASK] === 1
  }
  compare(a: number, b: number): number {
    if (this.order !== null) return compareNullsLast(this.datum(a), this.datum(b), this.order)
    const aNull = this.isNull(a)
    const bNull = this.isNull(b)
    if (aNull || bNull) return aNull === bNull ? 0 : aNull ? 1 : -1
    return this.compareBytes(a, b)
  }
  compareForm(a: number, b: number): number {
    return this.order === null || this.isNull(a) ? 0 : compareUtf8(this.datum(a) as string, this.datum(b) as string)
  }
  datum(slot: number): Datum {
    const chunk = this.chunks[slot >> CHUNK_SHIFT]
    const at = slot & CHUNK_MASK
    if (chunk.nulls !== null && chunk.nulls[at] === 1) return null
    return decodeUtf8(chunk.arena, chunk.starts[at], chunk.starts[at] + chunk.lengths[at])
  }
  gather(slots: Int32Array, n: number): Column {
    const offsets = new Int32Array(n + 1)
    let used = 0
    for (let k = 0; k < n; k++) {
      used += this.chunks[slots[k] >> CHUNK_SHIFT].lengths[slots[k] & CHUNK_MASK]
      offsets[k + 1] = used
    }
    const bytes = new Uint8Array(used)
    for (let k = 0; k < n; k++) {
      const chunk = this.chunks[slots[k] >> CHUNK_SHIFT]
      const at = slots[k] & CHUNK_MASK
      copyBytes(chunk.arena, chunk.starts[at], chunk.lengths[at], bytes, offsets[k])
    }
    return { kind: 'str', bytes, offsets, nulls: gatherNulls(this.chunks, slots, n), strings: null }
  }
  bytes(): number {
    let bytes = this.chunks.length * CHUNK_ROWS * 8
    for (const chunk of this.chunks) bytes += chunk.arena.length + (chunk.nulls === null ? 0 : CHUNK_ROWS)
    return bytes
  }
  reset(): void {
    this.chunks.length = 0
  }
  private chunkOf(slot: number): Chunk {
    const c = slot >> CHUNK_SHIFT
    while (c >= this.chunks.length) {
      const starts = new Int32Array(CHUNK_ROWS)
      const lengths = new Int32Array(CHUNK_ROWS)
      this.chunks.push({ starts, lengths, arena: new Uint8Array(ARENA_BYTES_MIN), used: 0, garbage: 0, nulls: null })
    }
    return this.chunks[c]
  }
  private compareBytes(a: number, b: number): number {
    const x = this.chunks[a >> CHUNK_SHIFT]
    const y = this.chunks[b >> CHUNK_SHIFT]
    const n = x.lengths[a & CHUNK_MASK]
    const m = y.lengths[b & CHUNK_MASK]
    const p = x.starts[a & CHUNK_MASK]
    const q = y.starts[b & CHUNK_MASK]
    const shared = Math.min(n, m)
    for (let i = 0; i < shared; i++) {
      const d = x.arena[p + i] - y.arena[q + i]
      if (d !== 0) return d
    }
    return n - m
  }
}

function copyBytes(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): void {
  if (length < SHORT) for (let i = 0; i < length; i++) to[at + i] = from[start + i]
  else to.set(from.subarray(start, start + length), at)
}

/** Of 1024 texts together: arenas beyond grow by less, as what is spare is memory that is taken. */
const LARGE_ARENA_BYTES = 4 << 20

function makeRoom(chunk: Chunk, length: number): void {
  const live = chunk.used - chunk.garbage
  const enough = live + length <= chunk.arena.length * 0.75
  const spare = live + length < LARGE_ARENA_BYTES ? 1.5 : 1.25
  const size = enough ? chunk.arena.length : Math.max(ARENA_BYTES_MIN, Math.ceil((live + length) * spare))
  const arena = new Uint8Array(size)
  if (chunk.garbage === 0) {
    arena.set(chunk.arena.subarray(0, chunk.used))
    chunk.arena = arena
    return
  }
  let used = 0
  for (let at = 0; at < CHUNK_ROWS; at++) {
    const bytes = chunk.lengths[at]
    if (bytes === 0) continue
    copyBytes(chunk.arena, chunk.starts[at], bytes, arena, used)
    chunk.starts[at] = used
    used += bytes
  }
  chunk.arena = arena
  chunk.used = used
  chunk.garbage = 0
}
