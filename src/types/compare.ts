import { isShapedArray } from './array-value.ts'
import type { Column, StrColumn } from './column.ts'
import { datumAt, isNullAt } from './column-read.ts'
import {
  compareArrays,
  compareLoose,
  compareScalars,
  equalDatum,
  isInterval,
  isNumeric,
  isValueArray,
} from './datum.ts'
import { compareInterval } from './interval.ts'
import { compareJsonb } from './jsonb.ts'
import { compareNumeric } from './numeric.ts'
import { isRange } from './range-value.ts'
import type { Field, SqlType, TypeKind } from './sql-type.ts'
import { compareUtf8 } from './utf8.ts'
import type { Datum, Interval, Numeric, RangeValue, Value, ValueArray } from './value.ts'

/** Total order of the values of a type: PostgreSQL's btree order with collation C. Negative, 0 or positive. */
export type Compare = (a: Value, b: Value) => number

const scalars = compareScalars as Compare
const texts = compareUtf8 as Compare
const padded: Compare = (a, b) => compareUtf8((a as string).replace(/ +$/, ''), (b as string).replace(/ +$/, ''))

const BY_KIND = {
  bool: scalars,
  int2: scalars,
  int4: scalars,
  int8: scalars,
  oid: scalars,
  float4: scalars,
  float8: scalars,
  numeric: (a, b) => compareNumeric(a as Numeric, b as Numeric),
  text: texts,
  varchar: texts,
  bpchar: padded,
  name: texts,
  char: texts,
  bytea: (a, b) => Buffer.compare(a as Uint8Array, b as Uint8Array),
  date: scalars,
  time: scalars,
  timestamp: scalars,
  timestamptz: scalars,
  interval: (a, b) => compareInterval(a as Interval, b as Interval),
  uuid: texts,
  bit: texts,
  varbit: texts,
  json: texts,
  jsonb: (a, b) => compareJsonb(a as string, b as string),
  jsonpath: texts,
  regclass: texts,
  regtype: texts,
  regproc: texts,
  regnamespace: texts,
  range: compareLoose,
  multirange: compareLoose,
  record: compareLoose,
  enum: scalars,
  unknown: texts,
  void: () => 0,
} satisfies Record<Exclude<TypeKind, 'array'>, Compare>

export function compareFor(type: SqlType): Compare {
  if (type.kind === 'record' && type.fields !== undefined) return compareFields(type.fields)
  if (type.kind !== 'array') return BY_KIND[type.kind]
  const element = type.element === undefined ? compareLoose : compareFor(type.element)
  const nullable = (x: Datum, y: Datum) => compareNullsLast(x, y, element as Compare)
  return (a, b) => compareArrays(a, b, nullable)
}

function compareFields(fields: readonly Field[]): Compare {
  const compares = fields.map((field) => compareFor(field.type))
  return (a, b) => {
    const [x, y] = [a as ValueArray, b as ValueArray]
    for (let i = 0; i < compares.length; i++) {
      const order = compareNullsLast(x[i], y[i], compares[i])
      if (order !== 0) return order
    }
    return 0
  }
}

/** Ascending order with NULL as the largest. */
export function compareNullsLast(a: Datum, b: Datum, compare: Compare): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return compare(a, b)
}

export function compareDatum(type: SqlType, a: Datum, b: Datum): number {
  return compareNullsLast(a, b, compareFor(type))
}

/** Group equality: NULL equals NULL. By the values alone, but for texts of which equal ones may differ. */
export function equalityFor(type: SqlType | undefined): (a: Datum, b: Datum) => boolean {
  if (type?.kind !== 'jsonb' && type?.kind !== 'bpchar') return equalDatum
  return (a, b) => compareDatum(type, a, b) === 0
}

/** btree order of row i of `a` and row j of `b`, NULL largest. */
export function compareAt(type: SqlType, a: Column, i: number, b: Column, j: number): number {
  const aNull = isNullAt(a, i)
  const bNull = isNullAt(b, j)
  if (aNull || bNull) return aNull === bNull ? 0 : aNull ? 1 : -1
  if (a.kind === 'f64' && b.kind === 'f64') return compareScalars(a.data[i], b.data[j])
  if (a.kind === 'str' && b.kind === 'str' && type.kind !== 'jsonb' && type.kind !== 'bpchar') {
    return compareBytes(a, i, b, j)
  }
  return compareFor(type)(datumAt(a, i, type) as Value, datumAt(b, j, type) as Value)
}

function compareBytes(a: StrColumn, i: number, b: StrColumn, j: number): number {
  const start = a.offsets[i]
  const other = b.offsets[j]
  const n = a.offsets[i + 1] - start
  const m = b.offsets[j + 1] - other
  const shared = Math.min(n, m)
  for (let k = 0; k < shared; k++) {
    const d = a.bytes[start + k] - b.bytes[other + k]
    if (d !== 0) return d
  }
  return n - m
}

/** One column of an ORDER BY. */
export interface SortKey {
  readonly column: number
  readonly desc: boolean
  readonly nullsFirst: boolean
}

export function compareBySort(
  keys: readonly SortKey[],
  types: readonly SqlType[],
  a: readonly Column[],
  i: number,
  b: readonly Column[],
  j: number,
): number {
  for (const { column, desc, nullsFirst } of keys) {
    const aNull = isNullAt(a[column], i)
    const bNull = isNullAt(b[column], j)
    if (aNull || bNull) {
      if (aNull !== bNull) return aNull === nullsFirst ? -1 : 1
      continue
    }
    const order = compareAt(types[column], a[column], i, b[column], j)
    if (order !== 0) return desc ? -order : order
  }
  return 0
}

/**
 * The row order: breaks every tie and sorts every output, so that the same rows always leave in the same order.
 * Column by column in btree order, NULLs last; among rows that SQL holds equal (1.0 and 1.00, -0 and 0, 1 day and
 * 24 hours) by their representation, so that 0 means: indistinguishable.
 */
export function compareRows(
  types: readonly SqlType[],
  a: readonly Column[],
  i: number,
  b: readonly Column[],
  j: number,
): number {
  for (let c = 0; c < types.length; c++) {
    const order = compareAt(types[c], a[c], i, b[c], j)
    if (order !== 0) return order
  }
  for (let c = 0; c < types.length; c++) {
    if (a[c].kind === 'str' && types[c].kind !== 'jsonb' && types[c].kind !== 'bpchar') continue
    const order = compareForm(datumAt(a[c], i, types[c]), datumAt(b[c], j, types[c]))
    if (order !== 0) return order
  }
  return 0
}

/** The row order on rows of values. */
export function compareValueRows(types: readonly SqlType[], a: readonly Datum[], b: readonly Datum[]): number {
  for (let c = 0; c < types.length; c++) {
    const order = compareDatum(types[c], a[c], b[c])
    if (order !== 0) return order
  }
  for (let c = 0; c < types.length; c++) {
    const order = compareForm(a[c], b[c])
    if (order !== 0) return order
  }
  return 0
}

/** Order of the representations of two equal values. */
export function compareForm(a: Datum, b: Datum): number {
  if (a === null || b === null) return 0
  if (typeof a === 'number') return a === 0 ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : 0
  if (typeof a === 'string') return compareUtf8(a, b as string)
  if (isNumeric(a)) return a.scale - (b as Numeric).scale
  if (isInterval(a)) return a.months - (b as Interval).months || a.days - (b as Interval).days
  if (isRange(a)) return compareForm(a.low, (b as RangeValue).low) || compareForm(a.high, (b as RangeValue).high)
  if (isValueArray(a) || isShapedArray(a)) return compareArrays(a, b as Value, compareForm)
  return 0
}
