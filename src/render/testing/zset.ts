import { isShapedArray } from '../../types/array-value.ts'
import type { Batch } from '../../types/batch.ts'
import { rowsOf } from '../../types/batch-build.ts'
import { isInterval, isNumeric, isValueArray } from '../../types/datum.ts'
import { stripZeros } from '../../types/numeric.ts'
import { isRange } from '../../types/range-value.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'

/** A Z-set of plain rows: what tests compute with. Rows that SQL calls equal are one row here. */
export class ZSet {
  private readonly entries = new Map<string, { row: Row; diff: number }>()

  static of(rows: Iterable<{ readonly row: Row; readonly diff: number }>): ZSet {
    const set = new ZSet()
    for (const { row, diff } of rows) set.add(row, diff)
    return set
  }
  add(row: Row, diff: number): void {
    const key = rowKey(row)
    const known = this.entries.get(key)
    if (known === undefined) {
      if (diff !== 0) this.entries.set(key, { row, diff })
    } else if (known.diff + diff === 0) this.entries.delete(key)
    else known.diff += diff
  }
  addAll(other: ZSet, sign = 1): this {
    for (const { row, diff } of other.rows()) this.add(row, diff * sign)
    return this
  }
  addBatches(batches: Iterable<Batch>, types: readonly SqlType[]): this {
    for (const batch of batches) for (const [i, row] of rowsOf(batch, types).entries()) this.add(row, batch.diffs[i])
    return this
  }
  rows(): { row: Row; diff: number }[] {
    return [...this.entries.values()]
  }
  count(row: Row): number {
    return this.entries.get(rowKey(row))?.diff ?? 0
  }
  equals(other: ZSet): boolean {
    return this.text() === other.text()
  }
  /** One line a row, sorted: `+2 [1,"a"]`. */
  text(): string {
    return [...this.entries]
      .map(([key, { diff }]) => `${diff > 0 ? '+' : ''}${diff} ${key}`)
      .sort()
      .join('\n')
  }
}

export function rowKey(row: Row): string {
  return JSON.stringify(row.map(plain))
}

function plain(value: Datum): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (isNumeric(value)) {
    const { mantissa, scale } = stripZeros(value)
    return `${mantissa}e-${scale}`
  }
  if (isInterval(value)) return [value.months, value.days, String(value.micros)]
  if (isValueArray(value)) return value.map(plain)
  if (isRange(value)) return { ...value, low: plain(value.low), high: plain(value.high) }
  if (isShapedArray(value)) return { ...value, items: value.items.map(plain) }
  return [...value]
}
