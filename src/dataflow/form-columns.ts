import type { AnyColumn, Column, F64Column, NumColumn } from '../types/column.ts'
import { buildColumn } from '../types/column-build.ts'
import { scaleAt } from '../types/column-read.ts'
import { INT4, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Interval } from '../types/value.ts'

/**
 * Keyed tables hold values that SQL calls equal under one key. An operator that must keep indistinguishable rows apart
 * adds these columns to the key: they say how the equal values differ (scale of a numeric, -0, parts of an interval).
 */
export function formTypes(types: readonly SqlType[]): SqlType[] {
  return types.flatMap((type) => FORMS[type.kind]?.types ?? [])
}

export function formColumns(types: readonly SqlType[], cols: readonly Column[], n: number): Column[] {
  return types.flatMap((type, c) => FORMS[type.kind]?.of(cols[c], n) ?? [])
}

interface Form {
  readonly types: readonly SqlType[]
  of(column: Column, n: number): Column[]
}

const float: Form = {
  types: [INT4],
  of: (column, n) => [numbers(n, (i) => (Object.is((column as F64Column).data[i], -0) ? 1 : 0))],
}
/** Their elements may be any of the others. */
const nested: Form = {
  types: [TEXT],
  of: (column, n) => {
    const texts = Array.from({ length: n }, (_, i) => JSON.stringify((column as AnyColumn).data[i], formOnly))
    return [buildColumn(TEXT, texts)]
  },
}
const FORMS: Partial<Record<SqlType['kind'], Form>> = {
  float4: float,
  float8: float,
  numeric: {
    types: [INT4],
    of: (column, n) => [numbers(n, (i) => (isNull(column, i) ? 0 : scaleAt(column as NumColumn, i)))],
  },
  interval: {
    types: [INT4, INT4],
    of: (column, n) => {
      const value = (i: number) => (column as AnyColumn).data[i] as Interval
      return [
        numbers(n, (i) => (isNull(column, i) ? 0 : value(i).months)),
        numbers(n, (i) => (isNull(column, i) ? 0 : value(i).days)),
      ]
    },
  },
  array: nested,
  record: nested,
}

function formOnly(key: string, value: unknown): unknown {
  if (key === 'mantissa' || key === 'micros' || typeof value === 'bigint' || typeof value === 'string') return 0
  return Object.is(value, -0) ? '-0' : value
}

function isNull(column: Column, i: number): boolean {
  return column.nulls !== null && column.nulls[i] === 1
}

function numbers(n: number, of: (i: number) => number): Column {
  const data = new Float64Array(n)
  for (let i = 0; i < n; i++) data[i] = of(i)
  return { kind: 'f64', data, nulls: null }
}
