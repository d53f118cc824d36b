import { assert } from '../base/assert.ts'
import type { AnyColumn, Column, F64Column, I64Column, NumColumn, StrColumn } from './column.ts'
import { columnKindOf, isWide, toI64 } from './column-kind.ts'
import type { SqlType } from './sql-type.ts'
import { encodeUtf8Into } from './utf8.ts'
import type { Datum, Numeric } from './value.ts'

/**
 * Growable columns. `append` takes any Datum of the builder's type; the concrete builders have typed fast paths for
 * decoders. `finish` hands the column on and leaves the builder empty. `truncate` undoes rows of a failed record.
 */
export type ColumnBuilder = F64Builder | WideBuilder | NumBuilder | StrBuilder | AnyBuilder

export function columnBuilder(type: SqlType, capacity = 64): ColumnBuilder {
  if (isWide(type)) return new WideBuilder(capacity)
  const kind = columnKindOf(type)
  if (kind === 'num') return new NumBuilder(capacity)
  if (kind === 'str') return new StrBuilder(capacity)
  if (kind === 'any') return new AnyBuilder()
  return new F64Builder(capacity)
}

export function buildColumn(type: SqlType, data: readonly Datum[]): Column {
  const builder = columnBuilder(type, data.length)
  for (let i = 0; i < data.length; i++) builder.append(data[i])
  return builder.finish()
}

/** Null marks, allocated at the first NULL. */
class NullMarks {
  private marks: Uint8Array | null = null

  set(i: number): void {
    if (this.marks === null || i >= this.marks.length) this.grow(i + 1)
    this.marks![i] = 1
  }
  take(n: number): Uint8Array | null {
    const marks = this.marks
    this.marks = null
    if (marks === null) return null
    return marks.length >= n ? marks.subarray(0, n) : grown(marks, new Uint8Array(n))
  }
  truncate(n: number): void {
    if (this.marks !== null && n < this.marks.length) this.marks.fill(0, n)
  }
  private grow(n: number): void {
    const bigger = new Uint8Array(Math.max(64, n * 2))
    if (this.marks !== null) bigger.set(this.marks)
    this.marks = bigger
  }
}

export class F64Builder {
  readonly kind = 'f64'
  length = 0
  private data: Float64Array
  private readonly nulls = new NullMarks()

  constructor(capacity: number) {
    this.data = new Float64Array(Math.max(1, capacity))
  }
  append(value: Datum): void {
    if (value === null) this.appendNull()
    else this.appendNumber(typeof value === 'boolean' ? (value ? 1 : 0) : (value as number))
  }
  appendNumber(value: number): void {
    if (this.length === this.data.length) this.data = grown(this.data, new Float64Array(this.length * 2))
    this.data[this.length++] = value
  }
  appendNull(): void {
    this.nulls.set(this.length)
    this.appendNumber(0)
  }
  truncate(n: number): void {
    this.length = n
    this.nulls.truncate(n)
  }
  finish(): F64Column {
    const n = this.length
    const column: F64Column = { kind: 'f64', data: this.data.subarray(0, n), nulls: this.nulls.take(n) }
    this.data = new Float64Array(Math.max(1, n))
    this.length = 0
    return column
  }
}

/** int8 and timestamps: numbers until the first bigint. */
export class WideBuilder {
  readonly kind = 'wide'
  length = 0
  private data: Float64Array
  private wide: BigInt64Array | null = null
  private readonly nulls = new NullMarks()

  constructor(capacity: number) {
    this.data = new Float64Array(Math.max(1, capacity))
  }
  append(value: Datum): void {
    if (value === null) this.appendNull()
    else if (typeof value === 'bigint') this.appendBigint(value)
    else this.appendNumber(value as number)
  }
  appendNumber(value: number): void {
    if (this.wide !== null) {
      this.appendBigint(toI64(value))
      return
    }
    if (this.length === this.data.length) this.data = grown(this.data, new Float64Array(this.length * 2))
    this.data[this.length++] = value
  }
  appendBigint(value: bigint): void {
    if (this.wide === null) {
      this.wide = new BigInt64Array(this.data.length)
      for (let i = 0; i < this.length; i++) this.wide[i] = toI64(this.data[i])
    }
    if (this.length === this.wide.length) {
      const bigger = new BigInt64Array(this.length * 2)
      bigger.set(this.wide)
      this.wide = bigger
    }
    this.wide[this.length++] = value
  }
  appendNull(): void {
    this.nulls.set(this.length)
    this.appendNumber(0)
  }
  truncate(n: number): void {
    this.length = n
    this.nulls.truncate(n)
  }
  finish(): F64Column | I64Column {
    const n = this.length
    const nulls = this.nulls.take(n)
    const column: F64Column | I64Column =
      this.wide === null
        ? { kind: 'f64', data: this.data.subarray(0, n), nulls }
        : { kind: 'i64', data: this.wide.subarray(0, n), nulls }
    this.data = new Float64Array(Math.max(1, n))
    this.wide = null
    this.length = 0
    return column
  }
}

/** One scale for all rows while they agree; a scale per row from the first that differs. */
export class NumBuilder {
  readonly kind = 'num'
  length = 0
  private data: Float64Array
  private scale = -2 // -2: no value yet, -1: a scale per row
  private scales: Int16Array | null = null
  private big: Map<number, number | bigint> | null = null
  private readonly nulls = new NullMarks()

  constructor(capacity: number) {
    this.data = new Float64Array(Math.max(1, capacity))
  }
  append(value: Datum): void {
    if (value === null) this.appendNull()
    else this.appendParts((value as Numeric).mantissa, (value as Numeric).scale)
  }
  appendParts(mantissa: number | bigint, scale: number): void {
    const i = this.length
    if (i === this.data.length) this.grow()
    if (typeof mantissa === 'number' && Number.isFinite(mantissa)) this.data[i] = mantissa
    else {
      this.data[i] = NaN
      this.big ??= new Map()
      this.big.set(i, mantissa)
    }
    if (scale !== this.scale) this.mixScale(i, scale)
    if (this.scales !== null) this.scales[i] = scale
    this.length = i + 1
  }
  appendNull(): void {
    const i = this.length
    if (i === this.data.length) this.grow()
    this.nulls.set(i)
    this.data[i] = 0
    if (this.scales !== null) this.scales[i] = 0
    this.length = i + 1
  }
  truncate(n: number): void {
    if (this.big !== null) for (let i = n; i < this.length; i++) this.big.delete(i)
    this.length = n
    this.nulls.truncate(n)
  }
  finish(): NumColumn {
    const n = this.length
    const column: NumColumn = {
      kind: 'num',
      data: this.data.subarray(0, n),
      scale: this.scale === -2 ? 0 : this.scale,
      scales: this.scales === null ? null : this.scales.subarray(0, n),
      big: this.big !== null && this.big.size > 0 ? this.big : null,
      nulls: this.nulls.take(n),
    }
    this.data = new Float64Array(Math.max(1, n))
    this.scale = -2
    this.scales = null
    this.big = null
    this.length = 0
    return column
  }
  private mixScale(i: number, scale: number): void {
    if (this.scale === -2) this.scale = scale
    else if (this.scales === null) {
      this.scales = new Int16Array(this.data.length).fill(this.scale, 0, i)
      this.scale = -1
    }
  }
  private grow(): void {
    this.data = grown(this.data, new Float64Array(this.length * 2))
    if (this.scales !== null) this.scales = grown(this.scales, new Int16Array(this.data.length))
  }
}

export class StrBuilder {
  readonly kind = 'str'
  length = 0
  private bytes: Uint8Array
  private offsets: Int32Array
  private used = 0
  private readonly nulls = new NullMarks()

  constructor(capacity: number) {
    this.offsets = new Int32Array(Math.max(1, capacity) + 1)
    this.bytes = new Uint8Array(Math.max(1, capacity) * 8)
  }
  append(value: Datum): void {
    if (value === null) this.appendNull()
    else this.appendString(value as string)
  }
  appendString(text: string): void {
    if (this.used + text.length * 3 > this.bytes.length) this.reserve(text.length * 3)
    this.used = encodeUtf8Into(text, this.bytes, this.used)
    this.close()
  }
  /** Appends valid UTF-8 as it is. */
  appendBytes(source: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (this.used + length > this.bytes.length) this.reserve(length)
    if (length < 32) for (let i = 0; i < length; i++) this.bytes[this.used + i] = source[start + i]
    else this.bytes.set(source.subarray(start, end), this.used)
    this.used += length
    this.close()
  }
  appendNull(): void {
    this.nulls.set(this.length)
    this.close()
  }
  truncate(n: number): void {
    this.length = n
    this.used = this.offsets[n]
    this.nulls.truncate(n)
  }
  finish(): StrColumn {
    const n = this.length
    const column: StrColumn = {
      kind: 'str',
      bytes: this.bytes.subarray(0, this.used),
      offsets: this.offsets.subarray(0, n + 1),
      nulls: this.nulls.take(n),
      strings: null,
    }
    this.bytes = new Uint8Array(Math.max(16, this.used))
    this.offsets = new Int32Array(Math.max(1, n) + 1)
    this.used = 0
    this.length = 0
    return column
  }
  private close(): void {
    if (this.length + 1 >= this.offsets.length)
      this.offsets = grown(this.offsets, new Int32Array(this.offsets.length * 2))
    this.offsets[++this.length] = this.used
  }
  private reserve(more: number): void {
    const size = Math.max(this.bytes.length * 2, this.used + more)
    assert(size <= 0x7fffffff, 'a string column stays below 2 GiB')
    this.bytes = grown(this.bytes, new Uint8Array(size))
  }
}

export class AnyBuilder {
  readonly kind = 'any'
  private data: Datum[] = []
  private readonly nulls = new NullMarks()

  get length(): number {
    return this.data.length
  }
  append(value: Datum): void {
    if (value === null) this.nulls.set(this.data.length)
    this.data.push(value)
  }
  appendNull(): void {
    this.append(null)
  }
  truncate(n: number): void {
    this.data.length = n
    this.nulls.truncate(n)
  }
  finish(): AnyColumn {
    const column: AnyColumn = { kind: 'any', data: this.data, nulls: this.nulls.take(this.data.length) }
    this.data = []
    return column
  }
}

function grown<T extends Float64Array | Uint8Array | Int32Array | Int16Array>(from: T, to: T): T {
  to.set(from)
  return to
}
