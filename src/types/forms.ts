import type { AnyColumn, Column, F64Column, NumColumn } from './column.ts'
import { buildColumn } from './column-build.ts'
import { numericAt } from './column-read.ts'
import { isInterval, isNumeric, isValueArray } from './datum.ts'
import { plainInterval } from './interval.ts'
import { stripZeros } from './numeric.ts'
import type { SqlType } from './sql-type.ts'
import type { Datum } from './value.ts'

/**
 * Values that SQL holds equal and that are written differently: 1.0 and 1.00, 0 and -0, 1 day and 24 hours, and arrays
 * and records of these. Each has one plain form, which says nothing but the value.
 */
export function hasForms(type: SqlType): boolean {
  switch (type.kind) {
    case 'float4':
    case 'float8':
    case 'interval':
    case 'record':
      return true
    case 'numeric':
      return type.scale === undefined
    case 'array':
      return type.element === undefined || hasForms(type.element)
    default:
      return false
  }
}

/** The column with each value in its plain form. */
export function plainColumn(type: SqlType, column: Column, n: number): Column {
  if (!hasForms(type)) return column
  switch (column.kind) {
    case 'f64':
      return plainFloats(column, n)
    case 'num':
      return plainNumerics(type, column, n)
    case 'any':
      return plainValues(column, n)
    default:
      return column
  }
}

function plainFloats(column: F64Column, n: number): Column {
  const { data, nulls } = column
  for (let i = 0; i < n; i++) {
    // -0 + 0 = 0
    if (Object.is(data[i], -0)) return { kind: 'f64', data: data.slice(0, n).map((x) => x + 0), nulls }
  }
  return column
}

function plainNumerics(type: SqlType, column: NumColumn, n: number): Column {
  if (column.scale === 0) return column
  const { nulls } = column
  const values = new Array<Datum>(n)
  for (let i = 0; i < n; i++) values[i] = nulls !== null && nulls[i] === 1 ? null : stripZeros(numericAt(column, i))
  return buildColumn(type, values)
}

function plainValues({ data, nulls }: AnyColumn, n: number): Column {
  const values = new Array<unknown>(n)
  for (let i = 0; i < n; i++) values[i] = nulls !== null && nulls[i] === 1 ? data[i] : plainDatum(data[i] as Datum)
  return { kind: 'any', data: values, nulls }
}

function plainDatum(value: Datum): Datum {
  if (typeof value === 'number') return value + 0
  if (value === null || typeof value !== 'object') return value
  if (isNumeric(value)) return stripZeros(value)
  if (isInterval(value)) return plainInterval(value)
  return isValueArray(value) ? value.map(plainDatum) : value
}
