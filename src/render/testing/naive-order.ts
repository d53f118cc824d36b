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

/** The number of places up to `end` and of those behind that the order does not tell from the last of them. */
export function tiedEnd(
  places: readonly Row[],
  end: number | undefined,
  { limit, order, types }: { limit: number | null; order: readonly SortColumn[]; types: readonly SqlType[] },
): number | undefined {
  if (end === undefined || limit === 0 || end > places.length) return end
  let tied = end
  while (tied < places.length && compareKeys(order, types, places[tied], places[end - 1]) === 0) tied++
  return tied
}

export const compareOrdered = (order: readonly SortColumn[], types: readonly SqlType[], a: Row, b: Row): number =>
  compareKeys(order, types, a, b) || compareValueRows(types, a, b)

function compareKeys(order: readonly SortColumn[], types: readonly SqlType[], a: Row, b: Row): number {
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
  return 0
}
