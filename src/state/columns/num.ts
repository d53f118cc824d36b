import type { Column, NumColumn } from '../../types/column.ts'
import { mantissaAt, numericAt, scaleAt } from '../../types/column-read.ts'
import { compareAt } from '../../types/compare.ts'
import { equalAt } from '../../types/hash.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT } from '../contract.ts'
import { gatherNulls, setNull } from './nulls.ts'
import { isRun, RUN_MIN, runEnd } from './run.ts'
import type { StateColumn } from './state-column.ts'

interface Chunk {
  kind: 'num'
  data: Float64Array
  /** -2: no value yet, -1: a scale per slot, else that of all slots. */
  scale: number
  scales: Int16Array | null
  big: Map<number, number | bigint> | null
  nulls: Uint8Array | null
}

/** numeric: 8 bytes a slot while a chunk has one scale, 10 from then on; mantissas beyond 2^53 in a map. */
export class NumStateColumn implements StateColumn {
  readonly type: SqlType
  readonly plain = null
  private readonly chunks: Chunk[] = []

  constructor(type: SqlType) {
    this.type = type
  }
  set(slot: number, from: Column, row: number): void {
    const chunk = this.chunkOf(slot)
    const at = slot & CHUNK_MASK
    const source = from as NumColumn
    const isNull = source.nulls !== null && source.nulls[row] === 1
    setNull(chunk, at, isNull)
    chunk.big?.delete(at)
    if (isNull) {
      chunk.data[at] = 0
      return
    }
    const mantissa = source.data[row]
    chunk.data[at] = mantissa
    if (Number.isNaN(mantissa)) (chunk.big ??= new Map()).set(at, mantissaAt(source, row))
    const scale = scaleAt(source, row)
    if (scale === chunk.scale) return
    if (chunk.scale === -2) chunk.scale = scale
    else {
      if (chunk.scales === null) {
        chunk.scales = new Int16Array(CHUNK_ROWS).fill(chunk.scale)
        chunk.scale = -1
      }
      chunk.scales[at] = scale
    }
  }
  setAll(slots: Int32Array, from: Column, n: number): void {
    const source = from as NumColumn
    const plain = source.nulls === null && source.big === null && source.scale >= 0
    for (let i = 0, end = 0; i < n; i = end) {
      end = runEnd(slots, i, n)
      const chunk = this.chunkOf(slots[i])
      const alike = chunk.nulls === null && chunk.big === null && (chunk.scale === source.scale || chunk.scale === -2)
      if (!plain || !alike || end - i < RUN_MIN) {
        for (let k = i; k < end; k++) this.set(slots[k], from, k)
        continue
      }
      chunk.scale = source.scale
      chunk.data.set(source.data.subarray(i, end), slots[i] & CHUNK_MASK)
    }
  }
  private chunkOf(slot: number): Chunk {
    const c = slot >> CHUNK_SHIFT
    while (c >= this.chunks.length) {
      const data = new Float64Array(CHUNK_ROWS)
      this.chunks.push({ kind: 'num', data, scale: -2, scales: null, big: null, nulls: null })
    }
    return this.chunks[c]
  }
  clear(slot: number): void {
    this.chunks[slot >> CHUNK_SHIFT].big?.delete(slot & CHUNK_MASK)
  }
  equals(slot: number, other: Column, row: number): boolean {
    return equalAt(this.chunks[slot >> CHUNK_SHIFT], slot & CHUNK_MASK, other, row)
  }
  identical(slot: number, other: Column, row: number): boolean {
    const chunk = this.chunks[slot >> CHUNK_SHIFT]
    const at = slot & CHUNK_MASK
    if (!equalAt(chunk, at, other, row)) return false
    return this.isNull(slot) || scaleAt(chunk, at) === scaleAt(other as NumColumn, row)
  }
  same(a: number, b: number): boolean {
    return this.equals(a, this.chunks[b >> CHUNK_SHIFT] as Column, b & CHUNK_MASK)
  }
  isNull(slot: number): boolean {
    const nulls = this.chunks[slot >> CHUNK_SHIFT].nulls
    return nulls !== null && nulls[slot & CHUNK_MASK] === 1
  }
  compare(a: number, b: number): number {
    const x = this.chunks[a >> CHUNK_SHIFT]
    return compareAt(this.type, x, a & CHUNK_MASK, this.chunks[b >> CHUNK_SHIFT], b & CHUNK_MASK)
  }
  compareForm(a: number, b: number): number {
    if (this.isNull(a) || this.isNull(b)) return 0
    return (
      scaleAt(this.chunks[a >> CHUNK_SHIFT], a & CHUNK_MASK) - scaleAt(this.chunks[b >> CHUNK_SHIFT], b & CHUNK_MASK)
    )
  }
  datum(slot: number): Datum {
    return this.isNull(slot) ? null : numericAt(this.chunks[slot >> CHUNK_SHIFT], slot & CHUNK_MASK)
  }
  gather(slots: Int32Array, n: number): Column {
    if (isRun(slots, n)) {
      const { data, scale, big, nulls } = this.chunks[slots[0] >> CHUNK_SHIFT]
      const at = slots[0] & CHUNK_MASK
      if (scale >= 0 && big === null && nulls === null) {
        return { kind: 'num', data: data.slice(at, at + n), scale, scales: null, big: null, nulls: null }
      }
    }
    const nulls = gatherNulls(this.chunks, slots, n)
    const data = new Float64Array(n)
    let big: Map<number, number | bigint> | null = null
    let scale = n === 0 ? 0 : this.chunks[slots[0] >> CHUNK_SHIFT].scale
    for (let k = 0; k < n; k++) {
      const chunk = this.chunks[slots[k] >> CHUNK_SHIFT]
      const at = slots[k] & CHUNK_MASK
      data[k] = chunk.data[at]
      // A chunk of nothing but NULLs goes with every scale.
      if (chunk.scale !== -2 && chunk.scale !== scale) scale = scale === -2 ? chunk.scale : -1
      if (Number.isNaN(data[k])) (big ??= new Map()).set(k, chunk.big!.get(at)!)
    }
    let scales: Int16Array | null = null
    if (scale === -2)
      scale = 0 // nothing but NULLs
    else if (scale === -1) {
      scales = new Int16Array(n)
      for (let k = 0; k < n; k++) {
        const chunk = this.chunks[slots[k] >> CHUNK_SHIFT]
        scales[k] = chunk.scale === -2 ? 0 : Math.max(0, scaleAt(chunk, slots[k] & CHUNK_MASK) | 0)
      }
    }
    return { kind: 'num', data, scale, scales, big, nulls }
  }
  bytes(): number {
    let bytes = this.chunks.length * CHUNK_ROWS * 8
    for (const chunk of this.chunks) {
      if (chunk.nulls !== null) bytes += CHUNK_ROWS
      if (chunk.scales !== null) bytes += CHUNK_ROWS * 2
      if (chunk.big !== null) bytes += chunk.big.size * 64
    }
    return bytes
  }
  reset(): void {
    this.chunks.length = 0
  }
}
