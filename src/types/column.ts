/**
 * A column of a batch: n values in one typed array. Immutable once the batch that holds it was handed on.
 * `nulls[i] === 1` marks NULL (the data at i is then 0 / empty); `nulls === null` means no NULL in the column.
 *
 * - f64: bool (0/1), integers within ±(2^53-1), floats, date, time, timestamps.
 * - i64: int8 and timestamps of a batch in which one value lies beyond 2^53 (rare; kernels may fall back to values).
 * - num: numeric. `data` holds mantissas; `scale` ≥ 0 is the scale of all rows, -1 means `scales[i]` is that of row i;
 *   rows whose mantissa is beyond 2^53 have NaN in `data` and their mantissa in `big` (NaN/±Infinity numerics too).
 * - str: UTF-8 bytes of row i are bytes[offsets[i] .. offsets[i+1]); offsets has n+1 entries. `strings` is an optional
 *   cache of decoded JS strings (same length n), filled on demand.
 * - any: JS values (bytea, interval, array, record).
 */
export type Column = F64Column | I64Column | NumColumn | StrColumn | AnyColumn
export type ColumnKind = Column['kind']

export interface F64Column {
  readonly kind: 'f64'
  readonly data: Float64Array
  readonly nulls: Uint8Array | null
}
export interface I64Column {
  readonly kind: 'i64'
  readonly data: BigInt64Array
  readonly nulls: Uint8Array | null
}
export interface NumColumn {
  readonly kind: 'num'
  readonly data: Float64Array
  readonly scale: number
  readonly scales: Int16Array | null
  readonly big: ReadonlyMap<number, number | bigint> | null
  readonly nulls: Uint8Array | null
}
export interface StrColumn {
  readonly kind: 'str'
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
  readonly nulls: Uint8Array | null
  strings: (string | undefined)[] | null
}
export interface AnyColumn {
  readonly kind: 'any'
  readonly data: readonly unknown[]
  readonly nulls: Uint8Array | null
}
