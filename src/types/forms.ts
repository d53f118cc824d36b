import { mapItems } from './array-value.ts'
import type { AnyColumn, Column, F64Column, NumColumn, StrColumn } from './column.ts'
import { buildColumn } from './column-build.ts'
import { datumAt, numericAt } from './column-read.ts'
import { isInterval, isNumeric } from './datum.ts'
import { plainInterval } from './interval.ts'
import { jsonbKey } from './jsonb.ts'
import { trimBlanks } from './modifiers.ts'
import { stripZeros } from './numeric.ts'
import { isRange, mapEnds } from './range-value.ts'
import type { SqlType } from './sql-type.ts'
import type { Datum } from './value.ts'

/**
 * Values that SQL holds equal and that are written differently: 1.0 and 1.00, 0 and -0, 1 day and 24 hours, jsonb with
 * such numbers, bpchar with blanks at its end, and arrays and records of these. Each has one plain form, which says nothing but the value.
 * `withoutJsonb`: of those only that have one hash whatever their form.
 */
export type Forms = 'all' | 'withoutJsonb'

export function hasForms(type: SqlType, forms: Forms = 'all'): boolean {
  switch (type.kind) {
    case 'float4':
    case 'float8':
    case 'interval':
    case 'record':
      return true
    case 'numeric':
      return type.scale === undefined
    case 'jsonb':
      return forms === 'all'
    case 'bpchar':
      return forms === 'all' && type.length === undefined
    case 'array':
    case 'range':
    case 'multirange':
      return type.element === undefined || hasForms(type.element, forms)
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
      return plainValues(type, column, n)
    case 'str':
      return plainTexts(type, column, n)
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

function plainTexts(type: SqlType, column: StrColumn, n: number): Column {
  const values = new Array<Datum>(n)
  const plain = plainText(type)
  let same = true
  for (let i = 0; i < n; i++) {
    const value = datumAt(column, i, type) as string | null
    values[i] = value === null ? null : plain(value)
    same &&= values[i] === value
  }
  return same ? column : buildColumn(type, values)
}

function plainValues(type: SqlType, { data, nulls }: AnyColumn, n: number): Column {
  const values = new Array<unknown>(n)
  for (let i = 0; i < n; i++) {
    values[i] = nulls !== null && nulls[i] === 1 ? data[i] : plainDatum(data[i] as Datum, type.element)
  }
  return { kind: 'any', data: values, nulls }
}

/** What texts of equal values share. */
function plainText(type: SqlType): (text: string) => string {
  return type.kind === 'jsonb' ? jsonbKey : type.kind === 'bpchar' ? trimBlanks : (text) => text
}

/** `element`: the type of the elements, where that is known. */
function plainDatum(value: Datum, element: SqlType | undefined): Datum {
  if (typeof value === 'number') return value + 0
  if (typeof value === 'string') return element === undefined ? value : plainText(element)(value)
  if (value === null || typeof value !== 'object') return value
  if (isNumeric(value)) return stripZeros(value)
  if (isInterval(value)) return plainInterval(value)
  if (value instanceof Uint8Array) return value
  if (isRange(value)) return mapEnds(value, (end) => plainDatum(end, element))
  return mapItems(value, (item) => plainDatum(item, element))
}
