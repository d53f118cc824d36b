import type { SortColumn } from '../../state/contract.ts'
import { compareDatum, compareValueRows } from '../../types/compare.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { rowKey } from './zset.ts'

/** The rows of each partition in order, each as often as its count says; rows of negative count take no place. */
export function placesOf(
  rows: readonly { readonly row: Row; readonly diff: number }[],
  partition: readonly number[],
  order: readonly SortColumn[],
  types: readonly SqlType[],
): Row[][] {
  const partitions = new Map<string, Row[]>()
  for (const { row, diff } of [...rows].sort((a, b) => compareOrdered(order, types, a.row, b.row))) {
    const key = rowKey(partition.map((c) => row[c]))
    if (!partitions.has(key)) partitions.set(key, [])
    for (let k = 0; k < diff; k++) partitions.get(key)!.push(row)
  }
  return [...partitions.values()]
}

export function compareOrdered(order: readonly SortColumn[], types: readonly SqlType[], a: Row, b: Row): number {
  for (const { column, desc, nullsFirst } of order) {
    const x = a[column]
    const y = b[column]
    if (x === null || y === null) {
      if (x !== y) return (x === null) === nullsFirst ? -1 : 1
      continue
    }
    const sign = compareDatum(types[column], x, y)
    if (sign !== 0) return desc ? -sign : sign
  }
  return compareValueRows(types, a, b)
}
