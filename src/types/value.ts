/**
 * One SQL value in JavaScript. NULL is `null` everywhere and never a Value.
 * int8, timestamp and timestamptz: `number` while |v| ≤ 2^53-1, `bigint` beyond; `normalizeInt` keeps that canonical,
 * so that equal values are always the same JS type.
 */
export type Value =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Numeric
  | Interval
  | ValueArray
  | ShapedArray
  | RangeValue
export type Datum = Value | null
export interface ValueArray extends ReadonlyArray<Datum> {}
/**
 * An array of several dimensions, or one whose subscripts do not begin at 1: its elements row by row, and the length and
 * the first subscript of each dimension. Any other array is the plain list of its elements, an empty one always
 * (`shapedArray` in array-value.ts keeps that canonical).
 */
export interface ShapedArray {
  readonly items: ValueArray
  readonly dims: readonly number[]
  readonly lower: readonly number[]
}
/**
 * A range, in one form (range-make.ts); a multirange is the list of its ranges. An end that is NULL is none, and is not
 * included.
 */
export interface RangeValue {
  readonly bounds: 'empty' | '[]' | '[)' | '(]' | '()'
  readonly low: Datum
  readonly high: Datum
}
export type Row = readonly Datum[]

/**
 * numeric: value = mantissa / 10^scale. `mantissa` is a number while it is a safe integer, a bigint beyond;
 * NaN, Infinity and -Infinity are the numbers of that name (scale 0). `scale` ≥ 0 is PostgreSQL's display scale.
 */
export interface Numeric {
  readonly mantissa: number | bigint
  readonly scale: number
}

/** interval: three independent parts, as PostgreSQL keeps them. `micros` may be a bigint beyond 2^53. */
export interface Interval {
  readonly months: number
  readonly days: number
  readonly micros: number
}

export function normalizeInt(v: number | bigint): number | bigint {
  if (typeof v === 'number') return v
  return v >= -9007199254740991n && v <= 9007199254740991n ? Number(v) : v
}
