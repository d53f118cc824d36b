import { CHUNK_MASK, CHUNK_SHIFT, type KeyedTable } from '../../state/contract.ts'
import { normalizeInt } from '../../types/value.ts'

const SAFE = Number.MAX_SAFE_INTEGER
const HIGH_UNIT = 2 ** 52

/**
 * An exact integer sum per group in two f64 columns: value = high · 2^52 + low. While it is within ±2^53 high is 0 and
 * adding is one float addition. Exact up to 2^105.
 */
export class ExactSum {
  private readonly table: KeyedTable
  private readonly column: number

  constructor(table: KeyedTable, column: number) {
    this.table = table
    this.column = column
  }

  /** Adds value · diff. */
  add(slot: number, value: number, diff: number): void {
    const share = value * diff
    const low = this.table.chunkF64(this.column, slot >> CHUNK_SHIFT)
    const sum = low[slot & CHUNK_MASK] + share
    if (share <= SAFE && share >= -SAFE && sum <= SAFE && sum >= -SAFE) low[slot & CHUNK_MASK] = sum + 0
    else this.addBig(slot, BigInt(value) * BigInt(diff))
  }

  addBig(slot: number, share: bigint): void {
    const total = BigInt(this.value(slot)) + share
    const high = this.table.chunkF64(this.column + 1, slot >> CHUNK_SHIFT)
    const low = this.table.chunkF64(this.column, slot >> CHUNK_SHIFT)
    const canonical = normalizeInt(total)
    if (typeof canonical === 'number') {
      high[slot & CHUNK_MASK] = 0
      low[slot & CHUNK_MASK] = canonical
    } else {
      const units = total >> 52n
      high[slot & CHUNK_MASK] = Number(units)
      low[slot & CHUNK_MASK] = Number(total - (units << 52n))
    }
  }

  value(slot: number): number | bigint {
    const low = this.table.chunkF64(this.column, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
    const high = this.table.chunkF64(this.column + 1, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
    return high === 0 ? low : normalizeInt((BigInt(high) << 52n) + BigInt(low))
  }

  isZero(slot: number): boolean {
    const low = this.table.chunkF64(this.column, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
    const high = this.table.chunkF64(this.column + 1, slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
    return high * HIGH_UNIT + low === 0
  }
}
