import type { Column, F64Column } from '../../types/column.ts'
import { toI64 } from '../../types/column-kind.ts'
import { datumAt } from '../../types/column-read.ts'
import { compareAt } from '../../types/compare.ts'
import { equalAt } from '../../types/hash.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT } from '../contract.ts'
import { gatherNulls, setNull } from './nulls.ts'
import { isRun, RUN_MIN, runEnd } from './run.ts'
import type { StateColumn } from './state-column.ts'

type Chunk =
  | { kind: 'f64'; data: Float64Array; nulls: Uint8Array | null }
  | { kind: 'i64'; data: BigInt64Array; nulls: Uint8Array | null }

/**
 * Numbers, 8 bytes a slot. A chunk has the shape of a batch column, so that comparison and hashing are the same code;
 * it becomes i64 when the first value beyond 2^53 arrives (int8 and timestamps only).
 */
export class F64StateColumn implements StateColumn {
  readonly type: SqlType
  private readonly float: boolean
  readonly plain: (Float64Array | null)[] = []
  private readonly chunks: Chunk[] = []

  constructor(type: SqlType) {
    this.type = type
    this.float = type.kind === 'float4' || type.kind === 'float8'
  }
  set(slot: number, from: Column, row: number): void {
    const c = slot >> CHUNK_SHIFT
    const at = slot & CHUNK_MASK
    if (c >= this.chunks.length) this.extend(c)
    const plain = this.plain[c]
    if (plain !== null && from.kind === 'f64' && from.nulls === null) {
      plain[at] = from.data[row]
      return
    }
    let chunk = this.chunks[c]
    const isNull = from.nulls !== null && from.nulls[row] === 1
    if (isNull || chunk.nulls !== null) {
      setNull(chunk, at, isNull)
      this.plain[c] = null
    }
    if (from.kind === 'f64') {
      if (chunk.kind === 'f64') chunk.data[at] = isNull ? 0 : from.data[row]
      else chunk.data[at] = isNull ? 0n : toI64(from.data[row])
    } else if (from.kind === 'i64') {
      const value = isNull ? 0 : (datumAt(from, row, this.type) as number | bigint)
      if (typeof value === 'bigint' && chunk.kind === 'f64') chunk = this.widen(c)
      if (chunk.kind === 'f64') chunk.data[at] = value as number
      else chunk.data[at] = toI64(value)
    }
  }
  setAll(slots: Int32Array, from: Column, n: number): void {
    const data = from.kind === 'f64' && from.nulls === null ? from.data : null
    for (let i = 0, end = 0; i < n; i = end) {
      end = runEnd(slots, i, n)
      const c = slots[i] >> CHUNK_SHIFT
      if (c >= this.chunks.length) this.extend(c)
      const plain = data === null ? null : this.plain[c]
      if (plain === null) for (let k = i; k < end; k++) this.set(slots[k], from, k)
      else if (end - i >= RUN_MIN) plain.set(data!.subarray(i, end), slots[i] & CHUNK_MASK)
      else for (let k = i; k < end; k++) plain[slots[k] & CHUNK_MASK] = data![k]
    }
  }
  clear(_slot: number): void {
    // Numbers hold nothing: overwritten by the next row of the slot.
  }
  equals(slot: number, other: Column, row: number): boolean {
    const plain = this.plain[slot >> CHUNK_SHIFT]
    if (plain !== null && other.kind === 'f64' && other.nulls === null) {
      const a = plain[slot & CHUNK_MASK]
      const b = other.data[row]
      return a === b || (Number.isNaN(a) && Number.isNaN(b))
    }
    return equalAt(this.chunks[slot >> CHUNK_SHIFT] as Column, slot & CHUNK_MASK, other, row)
  }
  identical(slot: number, other: Column, row: number): boolean {
    const chunk = this.chunks[slot >> CHUNK_SHIFT]
    const at = slot & CHUNK_MASK
    if (!this.equals(slot, other, row)) return false
    // Floats are never i64: the two zeros are equal, and yet two rows.
    return !this.float || signedZero(chunk.data[at] as number) === signedZero((other as F64Column).data[row])
  }
  same(a: number, b: number): boolean {
    return this.equals(a, this.chunks[b >> CHUNK_SHIFT] as Column, b & CHUNK_MASK)
  }
  isNull(slot: number): boolean {
    const nulls = this.chunks[slot >> CHUNK_SHIFT].nulls
    return nulls !== null && nulls[slot & CHUNK_MASK] === 1
  }
  compare(a: number, b: number): number {
    const p = this.plain[a >> CHUNK_SHIFT]
    const q = this.plain[b >> CHUNK_SHIFT]
    if (p !== null && q !== null) {
      const v = p[a & CHUNK_MASK]
      const w = q[b & CHUNK_MASK]
      if (v < w) return -1
      if (v > w) return 1
      if (v === w) return 0
    }
    const x = this.chunks[a >> CHUNK_SHIFT] as Column
    return compareAt(this.type, x, a & CHUNK_MASK, this.chunks[b >> CHUNK_SHIFT] as Column, b & CHUNK_MASK)
  }
  compareForm(a: number, b: number): number {
    if (!this.float) return 0
    return signedZero(this.number(b)) - signedZero(this.number(a))
  }
  datum(slot: number): Datum {
    return datumAt(this.chunks[slot >> CHUNK_SHIFT] as Column, slot & CHUNK_MASK, this.type)
  }
  gather(slots: Int32Array, n: number): Column {
    if (isRun(slots, n)) {
      const plain = this.plain[slots[0] >> CHUNK_SHIFT]
      const at = slots[0] & CHUNK_MASK
      if (plain !== null) return { kind: 'f64', data: plain.slice(at, at + n), nulls: null }
    }
    const nulls = gatherNulls(this.chunks, slots, n)
    const data = new Float64Array(n)
    for (let k = 0; k < n; k++) {
      const plain = this.plain[slots[k] >> CHUNK_SHIFT]
      if (plain !== null) {
        data[k] = plain[slots[k] & CHUNK_MASK]
        continue
      }
      const chunk = this.chunks[slots[k] >> CHUNK_SHIFT]
      if (chunk.kind === 'i64') return this.gatherWide(slots, n, nulls)
      data[k] = chunk.data[slots[k] & CHUNK_MASK]
    }
    return { kind: 'f64', data, nulls }
  }
  bytes(): number {
    let bytes = this.chunks.length * CHUNK_ROWS * 8
    for (const chunk of this.chunks) if (chunk.nulls !== null) bytes += CHUNK_ROWS
    return bytes
  }
  reset(): void {
    this.chunks.length = 0
    this.plain.length = 0
  }
  private extend(c: number): void {
    while (c >= this.chunks.length) {
      const data = new Float64Array(CHUNK_ROWS)
      this.chunks.push({ kind: 'f64', data, nulls: null })
      this.plain.push(data)
    }
  }
  private number(slot: number): number {
    return Number(this.chunks[slot >> CHUNK_SHIFT].data[slot & CHUNK_MASK])
  }
  private gatherWide(slots: Int32Array, n: number, nulls: Uint8Array | null): Column {
    const values: (number | bigint)[] = []
    let beyond = false
    for (let k = 0; k < n; k++) {
      const value = (this.datum(slots[k]) ?? 0) as number | bigint
      values.push(value)
      if (typeof value === 'bigint') beyond = true
    }
    if (!beyond) return { kind: 'f64', data: Float64Array.from(values as number[]), nulls }
    return { kind: 'i64', data: BigInt64Array.from(values, toI64), nulls }
  }
  private widen(c: number): Chunk {
    const from = this.chunks[c]
    const data = new BigInt64Array(CHUNK_ROWS)
    for (let i = 0; i < CHUNK_ROWS; i++) data[i] = toI64(from.data[i] as number)
    this.plain[c] = null
    return (this.chunks[c] = { kind: 'i64', data, nulls: from.nulls })
  }
}

function signedZero(value: number): number {
  return Object.is(value, -0) ? 1 : 0
}
