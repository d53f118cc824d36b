import type { Column, NumColumn, StrColumn } from './column.ts'
import { I64_INFINITY, I64_MINUS_INFINITY } from './column-kind.ts'
import type { SqlType } from './sql-type.ts'
import { decodeUtf8 } from './utf8.ts'
import type { Datum, Numeric } from './value.ts'
import { normalizeInt } from './value.ts'

export function isNullAt(column: Column, i: number): boolean {
  return column.nulls !== null && column.nulls[i] === 1
}

/** Row i of a column as a Datum of `type`. */
export function datumAt(column: Column, i: number, type: SqlType): Datum {
  if (column.nulls !== null && column.nulls[i] === 1) return null
  switch (column.kind) {
    case 'f64':
      return type.kind === 'bool' ? column.data[i] !== 0 : column.data[i]
    case 'i64': {
      const bits = column.data[i]
      if (type.kind !== 'int8') {
        if (bits === I64_INFINITY) return Infinity
        if (bits === I64_MINUS_INFINITY) return -Infinity
      }
      return normalizeInt(bits)
    }
    case 'num':
      return numericAt(column, i)
    case 'str':
      return stringAt(column, i)
    case 'any':
      return column.data[i] as Datum
  }
}

export function scaleAt(column: NumColumn, i: number): number {
  return column.scale >= 0 ? column.scale : column.scales![i]
}

export function mantissaAt(column: NumColumn, i: number): number | bigint {
  const mantissa = column.data[i]
  return Number.isNaN(mantissa) ? column.big!.get(i)! : mantissa
}

export function numericAt(column: NumColumn, i: number): Numeric {
  return { mantissa: mantissaAt(column, i), scale: scaleAt(column, i) }
}

/** The JS string of row i, kept in the column's cache from the second column-wide use on. */
function stringAt(column: StrColumn, i: number): string {
  const cache = column.strings
  if (cache !== null) {
    const known = cache[i]
    if (known !== undefined) return known
    return (cache[i] = decodeUtf8(column.bytes, column.offsets[i], column.offsets[i + 1]))
  }
  return decodeUtf8(column.bytes, column.offsets[i], column.offsets[i + 1])
}
