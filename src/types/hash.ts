import { unreachable } from '../base/assert.ts'
import type { AnyColumn, Column, F64Column, I64Column, NumColumn, StrColumn } from './column.ts'
import { I64_INFINITY, I64_MINUS_INFINITY } from './column-kind.ts'
import { mantissaAt, numericAt, scaleAt } from './column-read.ts'
import { datumKey, equalDatum } from './datum.ts'
import { compareNumeric, stripZeros } from './numeric.ts'
import type { Datum } from './value.ts'

/**
 * Hash and equality of key columns, row by row, under SQL's group equality: NULL equals NULL, numerics by value
 * whatever the scale, -0 = 0, NaN = NaN, the f64 and i64 forms of an integer alike, text by bytes.
 */
export function hashRows(cols: readonly Column[], n: number, out: Uint32Array): void {
  out.fill(SEED, 0, n)
  for (const column of cols) hashColumn(column, n, out)
  for (let i = 0; i < n; i++) out[i] = finish(out[i])
}

/** Hash of one row: equal to what hashRows gives for it. */
export function hashRow(cols: readonly Column[], i: number): number {
  let h = SEED
  for (const column of cols) h = hashAt(column, i, h)
  return finish(h) >>> 0
}

const SEED = 0x2545f491
const NULL_WORD = 0x1b56c4e9
const NAN_WORD = 0x7ff80000

function mix(h: number, word: number): number {
  word = Math.imul(word, 0xcc9e2d51)
  word = (word << 15) | (word >>> 17)
  h ^= Math.imul(word, 0x1b873593)
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) | 0
}

function finish(h: number): number {
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

const scratch = new Float64Array(1)
const scratchWords = new Uint32Array(scratch.buffer)
const scratch64 = new BigInt64Array(scratch.buffer)

function mixF64(h: number, value: number): number {
  scratch[0] = value + 0 // -0 + 0 = 0
  return mixWords(h, scratchWords[0], scratchWords[1])
}

function mixWords(h: number, low: number, high: number): number {
  if ((high & 0x7ff00000) === 0x7ff00000 && ((high & 0xfffff) | low) !== 0) return mix(h, NAN_WORD)
  return mix(mix(h, low), high)
}

function hashColumn(column: Column, n: number, out: Uint32Array): void {
  switch (column.kind) {
    case 'f64':
      hashF64(column, n, out)
      break
    case 'str':
      hashStr(column, n, out)
      break
    default:
      for (let i = 0; i < n; i++) out[i] = hashAt(column, i, out[i])
  }
}

function hashF64(column: F64Column, n: number, out: Uint32Array): void {
  const { data, nulls } = column
  const words = new Uint32Array(data.buffer, data.byteOffset, n * 2)
  for (let i = 0; i < n; i++) {
    if (nulls !== null && nulls[i] === 1) {
      out[i] = mix(out[i], NULL_WORD)
      continue
    }
    const low = words[i * 2]
    const high = words[i * 2 + 1]
    out[i] = low === 0 && high === 0x80000000 ? mix(mix(out[i], 0), 0) : mixWords(out[i], low, high)
  }
}

function hashStr(column: StrColumn, n: number, out: Uint32Array): void {
  const { bytes, offsets, nulls } = column
  for (let i = 0; i < n; i++) {
    out[i] =
      nulls !== null && nulls[i] === 1 ? mix(out[i], NULL_WORD) : mixBytes(out[i], bytes, offsets[i], offsets[i + 1])
  }
}

function mixBytes(h: number, bytes: Uint8Array, start: number, end: number): number {
  let i = start
  for (; i + 4 <= end; i += 4) {
    h = mix(h, bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24))
  }
  let tail = 0
  for (let shift = 0; i < end; i++, shift += 8) tail |= bytes[i] << shift
  return mix(mix(h, tail), end - start)
}

function hashAt(column: Column, i: number, h: number): number {
  if (column.nulls !== null && column.nulls[i] === 1) return mix(h, NULL_WORD)
  switch (column.kind) {
    case 'f64':
      return mixF64(h, column.data[i])
    case 'i64':
      return mixI64(h, column, i)
    case 'num':
      return mixNum(h, column, i)
    case 'str':
      return mixBytes(h, column.bytes, column.offsets[i], column.offsets[i + 1])
    case 'any':
      return mixAny(h, column, i)
    default:
      return unreachable(column)
  }
}

function mixI64(h: number, column: I64Column, i: number): number {
  const value = column.data[i]
  if (value === I64_INFINITY) return mixF64(h, Infinity)
  if (value === I64_MINUS_INFINITY) return mixF64(h, -Infinity)
  if (value >= -9007199254740991n && value <= 9007199254740991n) return mixF64(h, Number(value))
  return mixBig(h, value)
}

function mixBig(h: number, value: bigint): number {
  scratch64[0] = value
  return mix(mix(h, scratchWords[0]), scratchWords[1])
}

function mixNum(h: number, column: NumColumn, i: number): number {
  let mantissa = column.data[i]
  let scale = scaleAt(column, i)
  if (Number.isNaN(mantissa)) {
    const stripped = stripZeros(numericAt(column, i))
    scale = stripped.scale
    if (typeof stripped.mantissa === 'bigint') {
      // The low 64 bits are enough for a hash.
      return mix(mixBig(h, BigInt.asIntN(64, stripped.mantissa)), scale)
    }
    mantissa = stripped.mantissa
  } else {
    while (scale > 0 && mantissa % 10 === 0) {
      mantissa /= 10
      scale--
    }
  }
  return mix(mixF64(h, mantissa), scale)
}

function mixAny(h: number, column: AnyColumn, i: number): number {
  const text = datumKey(column.data[i] as Datum)
  for (let k = 0; k < text.length; k++) h = mix(h, text.charCodeAt(k))
  return mix(h, text.length)
}

/** Group equality of row i of `a` and row j of `b`; the columns hold the same type. */
export function equalAt(a: Column, i: number, b: Column, j: number): boolean {
  const aNull = a.nulls !== null && a.nulls[i] === 1
  const bNull = b.nulls !== null && b.nulls[j] === 1
  if (aNull || bNull) return aNull && bNull
  switch (a.kind) {
    case 'f64':
      return b.kind === 'f64' ? equalF64(a.data[i], b.data[j]) : equalMixed(a.data[i], (b as I64Column).data[j])
    case 'i64':
      return b.kind === 'i64' ? a.data[i] === b.data[j] : equalMixed((b as F64Column).data[j], a.data[i])
    case 'num':
      return equalNum(a, i, b as NumColumn, j)
    case 'str':
      return equalStr(a, i, b as StrColumn, j)
    case 'any':
      return equalDatum(a.data[i] as Datum, (b as AnyColumn).data[j] as Datum)
    default:
      return unreachable(a)
  }
}

/** Group equality of whole key rows. */
export function equalRows(a: readonly Column[], i: number, b: readonly Column[], j: number): boolean {
  for (let c = 0; c < a.length; c++) if (!equalAt(a[c], i, b[c], j)) return false
  return true
}

function equalF64(x: number, y: number): boolean {
  return x === y || (Number.isNaN(x) && Number.isNaN(y))
}

function equalMixed(number: number, wide: bigint): boolean {
  if (number === Infinity) return wide === I64_INFINITY
  if (number === -Infinity) return wide === I64_MINUS_INFINITY
  return number === Number(wide) && Number.isSafeInteger(number)
}

function equalNum(a: NumColumn, i: number, b: NumColumn, j: number): boolean {
  if (a.scale >= 0 && a.scale === b.scale) {
    const x = a.data[i]
    const y = b.data[j]
    if (Number.isNaN(x) || Number.isNaN(y)) return equalDatum(numericAt(a, i), numericAt(b, j))
    return x === y
  }
  if (scaleAt(a, i) === scaleAt(b, j)) {
    const x = mantissaAt(a, i)
    const y = mantissaAt(b, j)
    return x === y || (Number.isNaN(x) && Number.isNaN(y))
  }
  return compareNumeric(numericAt(a, i), numericAt(b, j)) === 0
}

function equalStr(a: StrColumn, i: number, b: StrColumn, j: number): boolean {
  const start = a.offsets[i]
  const other = b.offsets[j]
  const length = a.offsets[i + 1] - start
  if (length !== b.offsets[j + 1] - other) return false
  for (let k = 0; k < length; k++) if (a.bytes[start + k] !== b.bytes[other + k]) return false
  return true
}
