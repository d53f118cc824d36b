import { compareShapes, isShapedArray, itemsOf, shapeOf } from './array-value.ts'
import { compareInterval, intervalKey } from './interval.ts'
import { compareNumeric, stripZeros } from './numeric.ts'
import { compareRanges, isRange } from './range-value.ts'
import { compareUtf8 } from './utf8.ts'
import type { Datum, Interval, Numeric, RangeValue, Value, ValueArray } from './value.ts'

/** Equality and order of values that carry their shape with them (elements of arrays and records included). */
export function isNumeric(v: Datum): v is Numeric {
  return typeof v === 'object' && v !== null && 'mantissa' in v
}
export function isInterval(v: Datum): v is Interval {
  return typeof v === 'object' && v !== null && 'months' in v
}
export function isValueArray(v: Datum): v is ValueArray {
  return Array.isArray(v)
}

/** SQL group equality: NULL equals NULL, NaN equals NaN, 1.0 equals 1.00, 1 day equals 24 hours. */
export function equalDatum(a: Datum, b: Datum): boolean {
  if (a === b) return true
  if (a === null || b === null) return false
  return compareLoose(a, b) === 0
}

/**
 * PostgreSQL's btree order for two values of one type whose type is known only by their shape (a string compares as
 * text). NULL is the largest, as inside arrays and records.
 */
export function compareLoose(a: Datum, b: Datum): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  if (typeof a === 'string') return compareUtf8(a, b as string)
  if (typeof a !== 'object') return compareScalars(a, b as number)
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array)
  if (isNumeric(a)) return compareNumeric(a, b as Numeric)
  if (isInterval(a)) return compareInterval(a, b as Interval)
  if (isRange(a)) return compareRanges(a, b as RangeValue, compareLoose)
  return compareArrays(a, b as Value, compareLoose)
}

/** Numbers, bigints and booleans; NaN is the largest and equal to itself, -0 equals 0. */
export function compareScalars(a: number | bigint | boolean, b: number | bigint | boolean): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return 0
  const x = Number.isNaN(a)
  const y = Number.isNaN(b)
  return x === y ? 0 : x ? 1 : -1
}

/** Element by element, whatever the dimensions; then by the number of elements, then by shape. */
export function compareArrays(a: Value, b: Value, compare: (x: Datum, y: Datum) => number): number {
  const left = itemsOf(a)
  const right = itemsOf(b)
  const n = Math.min(left.length, right.length)
  for (let i = 0; i < n; i++) {
    const order = compare(left[i], right[i])
    if (order !== 0) return order
  }
  if (left.length !== right.length) return left.length < right.length ? -1 : 1
  return left === a && right === b ? 0 : compareShapes(shapeOf(a), shapeOf(b))
}

/** A text that equal values share: for hashing the rare values that live in `any` columns. */
export function datumKey(v: Datum): string {
  if (v === null) return 'n'
  if (typeof v === 'string') return `s${v.length}:${v}`
  if (typeof v !== 'object') return v === 0 ? '0' : String(v)
  if (v instanceof Uint8Array) return Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('latin1')
  if (isNumeric(v)) {
    const { mantissa, scale } = stripZeros(v)
    return `${mantissa}e${scale}`
  }
  if (isInterval(v)) return intervalKey(v).join('i')
  if (isRange(v)) return `${v.bounds}${datumKey(v.low)},${datumKey(v.high)}`
  const items = `[${itemsOf(v).map(datumKey).join(',')}]`
  return isShapedArray(v) ? `${items}${v.dims.join('x')}@${v.lower.join(',')}` : items
}
