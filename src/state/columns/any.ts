import type { AnyColumn, Column } from '../../types/column.ts'
import { compareFor, compareNullsLast, compareValueRows } from '../../types/compare.ts'
import { equalAt } from '../../types/hash.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Value } from '../../types/value.ts'
import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT } from '../contract.ts'
import { gatherNulls, setNull } from './nulls.ts'
import type { StateColumn } from './state-column.ts'

/** A guess at what a JS value costs, for the accounting: bytea, intervals and arrays live on the heap. */
const VALUE_BYTES = 64

interface Chunk {
  kind: 'any'
  data: unknown[]
  nulls: Uint8Array | null
}

/** bytea, interval, arrays, records: JS values. */
export class AnyStateColumn implements StateColumn {
  readonly type: SqlType
  readonly plain = null
  private readonly types: readonly SqlType[]
  private readonly order: (a: Value, b: Value) => number
  private readonly chunks: Chunk[] = []
  private held = 0

  constructor(type: SqlType) {
    this.type = type
    this.types = [type]
    this.order = compareFor(type)
  }
  set(slot: number, from: Column, row: number): void {
    const c = slot >> CHUNK_SHIFT
    while (c >= this.chunks.length)
      this.chunks.push({ kind: 'any', data: new Array(CHUNK_ROWS).fill(null), nulls: null })
    const isNull = from.nulls !== null && from.nulls[row] === 1
    setNull(this.chunks[c], slot & CHUNK_MASK, isNull)
    this.chunks[c].data[slot & CHUNK_MASK] = isNull ? null : (from as AnyColumn).data[row]
    this.held++
  }
  setAll(slots: Int32Array, from: Column, n: number): void {
    for (let i = 0; i < n; i++) this.set(slots[i], from, i)
  }
  clear(slot: number): void {
    this.chunks[slot >> CHUNK_SHIFT].data[slot & CHUNK_MASK] = null
    this.held--
  }
  equals(slot: number, other: Column, row: number): boolean {
    return equalAt(this.chunks[slot >> CHUNK_SHIFT], slot & CHUNK_MASK, other, row)
  }
  identical(slot: number, other: Column, row: number): boolean {
    if (!this.equals(slot, other, row)) return false
    if (this.isNull(slot)) return true
    return compareValueRows(this.types, [this.datum(slot)], [(other as AnyColumn).data[row] as Datum]) === 0
  }
  same(a: number, b: number): boolean {
    return this.equals(a, this.chunks[b >> CHUNK_SHIFT] as Column, b & CHUNK_MASK)
  }
  isNull(slot: number): boolean {
    const nulls = this.chunks[slot >> CHUNK_SHIFT].nulls
    return nulls !== null && nulls[slot & CHUNK_MASK] === 1
  }
  compare(a: number, b: number): number {
    return compareNullsLast(this.datum(a), this.datum(b), this.order)
  }
  compareForm(a: number, b: number): number {
    return compareValueRows(this.types, [this.datum(a)], [this.datum(b)])
  }
  datum(slot: number): Datum {
    return this.chunks[slot >> CHUNK_SHIFT].data[slot & CHUNK_MASK] as Datum
  }
  gather(slots: Int32Array, n: number): Column {
    const data = new Array<unknown>(n)
    for (let k = 0; k < n; k++) data[k] = this.chunks[slots[k] >> CHUNK_SHIFT].data[slots[k] & CHUNK_MASK]
    return { kind: 'any', data, nulls: gatherNulls(this.chunks, slots, n) }
  }
  bytes(): number {
    return this.chunks.length * CHUNK_ROWS * 8 + this.held * VALUE_BYTES
  }
  reset(): void {
    this.chunks.length = 0
    this.held = 0
  }
}
