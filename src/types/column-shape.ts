import { assert, unreachable } from '../base/assert.ts'
import type { AnyColumn, Column, F64Column, I64Column, NumColumn, StrColumn } from './column.ts'
import { columnKindOf, toI64 } from './column-kind.ts'
import { mantissaAt, scaleAt } from './column-read.ts'
import type { SqlType } from './sql-type.ts'

/** Gather, slice, concatenate: whole columns in one typed loop each. None of them mutates its input. */

/** Rows `rows[0..n)` of a column, in that order. A row of -1 gives NULL (outer joins). */
export function takeRows(column: Column, rows: Int32Array, n: number): Column {
  const nulls = takeNulls(column.nulls, rows, n)
  switch (column.kind) {
    case 'f64': {
      const data = new Float64Array(n)
      const from = column.data
      for (let k = 0; k < n; k++) data[k] = rows[k] < 0 ? 0 : from[rows[k]]
      return { kind: 'f64', data, nulls }
    }
    case 'i64': {
      const data = new BigInt64Array(n)
      for (let k = 0; k < n; k++) if (rows[k] >= 0) data[k] = column.data[rows[k]]
      return { kind: 'i64', data, nulls }
    }
    case 'num':
      return takeNum(column, rows, n, nulls)
    case 'str':
      return takeStr(column, rows, n, nulls)
    case 'any': {
      const data = new Array<unknown>(n)
      for (let k = 0; k < n; k++) data[k] = rows[k] < 0 ? null : column.data[rows[k]]
      return { kind: 'any', data, nulls }
    }
  }
}

function takeNulls(nulls: Uint8Array | null, rows: Int32Array, n: number): Uint8Array | null {
  let out: Uint8Array | null = null
  for (let k = 0; k < n; k++) {
    const row = rows[k]
    if (row < 0 || (nulls !== null && nulls[row] === 1)) {
      out ??= new Uint8Array(n)
      out[k] = 1
    }
  }
  return out
}

function takeNum(column: NumColumn, rows: Int32Array, n: number, nulls: Uint8Array | null): NumColumn {
  const data = new Float64Array(n)
  const scales = column.scales === null ? null : new Int16Array(n)
  let big: Map<number, number | bigint> | null = null
  for (let k = 0; k < n; k++) {
    const row = rows[k]
    if (row < 0) continue
    data[k] = column.data[row]
    if (scales !== null) scales[k] = column.scales![row]
    if (column.big !== null && Number.isNaN(data[k])) {
      big ??= new Map()
      big.set(k, column.big.get(row)!)
    }
  }
  return { kind: 'num', data, scale: column.scale, scales, big, nulls }
}

function takeStr(column: StrColumn, rows: Int32Array, n: number, nulls: Uint8Array | null): StrColumn {
  const offsets = new Int32Array(n + 1)
  const from = column.offsets
  let used = 0
  for (let k = 0; k < n; k++) {
    const row = rows[k]
    if (row >= 0) used += from[row + 1] - from[row]
    offsets[k + 1] = used
  }
  const bytes = new Uint8Array(used)
  const source = column.bytes
  for (let k = 0; k < n; k++) {
    const row = rows[k]
    if (row < 0) continue
    const start = from[row]
    const end = from[row + 1]
    let at = offsets[k]
    // A subarray costs more than a few dozen byte moves.
    if (end - start < 48) for (let i = start; i < end; i++) bytes[at++] = source[i]
    else bytes.set(source.subarray(start, end), at)
  }
  return { kind: 'str', bytes, offsets, nulls, strings: null }
}

/** Rows [start, end): shares the arrays where it can. */
export function sliceColumn(column: Column, start: number, end: number): Column {
  const nulls = column.nulls === null ? null : column.nulls.subarray(start, end)
  switch (column.kind) {
    case 'f64':
      return { kind: 'f64', data: column.data.subarray(start, end), nulls }
    case 'i64':
      return { kind: 'i64', data: column.data.subarray(start, end), nulls }
    case 'num': {
      let big: Map<number, number | bigint> | null = null
      if (column.big !== null) {
        for (const [row, mantissa] of column.big) {
          if (row >= start && row < end) (big ??= new Map()).set(row - start, mantissa)
        }
      }
      const scales = column.scales === null ? null : column.scales.subarray(start, end)
      return { kind: 'num', data: column.data.subarray(start, end), scale: column.scale, scales, big, nulls }
    }
    case 'str': {
      const strings = column.strings === null ? null : column.strings.slice(start, end)
      // Offsets need not start at 0: they index the shared bytes.
      return { kind: 'str', bytes: column.bytes, offsets: column.offsets.subarray(start, end + 1), nulls, strings }
    }
    case 'any':
      return { kind: 'any', data: column.data.slice(start, end), nulls }
  }
}

/** One column of all rows; parts of one type, each with its own row count. */
export function concatColumns(parts: readonly Column[], counts: readonly number[]): Column {
  assert(parts.length > 0, 'concatColumns has at least one part')
  if (parts.length === 1) return sliceColumn(parts[0], 0, counts[0])
  const n = counts.reduce((sum, count) => sum + count, 0)
  const nulls = concatNulls(parts, counts, n)
  const kind = parts.some((part) => part.kind === 'i64') ? 'i64' : parts[0].kind
  switch (kind) {
    case 'f64': {
      const data = new Float64Array(n)
      each(parts, counts, (part, at, count) => data.set((part as F64Column).data.subarray(0, count), at))
      return { kind: 'f64', data, nulls }
    }
    case 'i64': {
      const data = new BigInt64Array(n)
      each(parts, counts, (part, at, count) => {
        if (part.kind === 'i64') data.set(part.data.subarray(0, count), at)
        else for (let i = 0; i < count; i++) data[at + i] = toI64((part as F64Column).data[i])
      })
      return { kind: 'i64', data, nulls } satisfies I64Column
    }
    case 'num':
      return concatNums(parts as readonly NumColumn[], counts, n, nulls)
    case 'str':
      return concatStrs(parts as readonly StrColumn[], counts, n, nulls)
    case 'any': {
      const data: unknown[] = []
      each(parts, counts, (part, _at, count) => {
        for (let i = 0; i < count; i++) data.push((part as AnyColumn).data[i])
      })
      return { kind: 'any', data, nulls }
    }
    default:
      return unreachable(kind)
  }
}

function each(
  parts: readonly Column[],
  counts: readonly number[],
  fn: (part: Column, at: number, count: number) => void,
): void {
  let at = 0
  for (let p = 0; p < parts.length; p++) {
    fn(parts[p], at, counts[p])
    at += counts[p]
  }
}

function concatNulls(parts: readonly Column[], counts: readonly number[], n: number): Uint8Array | null {
  if (parts.every((part) => part.nulls === null)) return null
  const nulls = new Uint8Array(n)
  each(parts, counts, (part, at, count) => {
    if (part.nulls !== null) nulls.set(part.nulls.subarray(0, count), at)
  })
  return nulls
}

function concatNums(parts: readonly NumColumn[], counts: readonly number[], n: number, nulls: Uint8Array | null) {
  const data = new Float64Array(n)
  const scale = parts.every((part) => part.scale >= 0 && part.scale === parts[0].scale) ? parts[0].scale : -1
  const scales = scale === -1 ? new Int16Array(n) : null
  let big: Map<number, number | bigint> | null = null
  each(parts, counts, (each, at, count) => {
    const part = each as NumColumn
    data.set(part.data.subarray(0, count), at)
    for (let i = 0; scales !== null && i < count; i++) scales[at + i] = scaleAt(part, i)
    if (part.big !== null) {
      for (const row of part.big.keys()) if (row < count) (big ??= new Map()).set(at + row, mantissaAt(part, row))
    }
  })
  return { kind: 'num', data, scale, scales, big, nulls } satisfies NumColumn
}

function concatStrs(parts: readonly StrColumn[], counts: readonly number[], n: number, nulls: Uint8Array | null) {
  const offsets = new Int32Array(n + 1)
  let size = 0
  for (let p = 0; p < parts.length; p++) size += parts[p].offsets[counts[p]] - parts[p].offsets[0]
  const bytes = new Uint8Array(size)
  let used = 0
  each(parts, counts, (each, at, count) => {
    const part = each as StrColumn
    const first = part.offsets[0]
    bytes.set(part.bytes.subarray(first, part.offsets[count]), used)
    for (let i = 1; i <= count; i++) offsets[at + i] = part.offsets[i] - first + used
    used += part.offsets[count] - first
  })
  return { kind: 'str', bytes, offsets, nulls, strings: null } satisfies StrColumn
}

/** n NULLs. */
export function nullColumn(type: SqlType, n: number): Column {
  const nulls = new Uint8Array(n).fill(1)
  const kind = columnKindOf(type)
  switch (kind) {
    case 'f64':
      return { kind, data: new Float64Array(n), nulls }
    case 'i64':
      return { kind, data: new BigInt64Array(n), nulls }
    case 'num':
      return { kind, data: new Float64Array(n), scale: 0, scales: null, big: null, nulls }
    case 'str':
      return { kind, bytes: new Uint8Array(0), offsets: new Int32Array(n + 1), nulls, strings: null }
    case 'any':
      return { kind, data: new Array<unknown>(n).fill(null), nulls }
  }
}
