import type { Batch } from '../types/batch.ts'
import type { Column } from '../types/column.ts'

/** Bytes that a batch holds, for bounds: exact for typed arrays, an estimate for values on the JS heap. */
export function batchBytes(batch: Batch): number {
  let bytes = batch.n * 4
  for (const column of batch.cols) bytes += columnBytes(column, batch.n)
  return bytes
}

function columnBytes(column: Column, n: number): number {
  const nulls = column.nulls === null ? 0 : n
  switch (column.kind) {
    case 'f64':
    case 'i64':
      return nulls + n * 8
    case 'num':
      return nulls + n * (column.scales === null ? 8 : 10) + (column.big === null ? 0 : column.big.size * 64)
    case 'str':
      return nulls + n * 4 + (column.offsets[n]! - column.offsets[0]!)
    case 'any':
      return nulls + n * 64
  }
}
