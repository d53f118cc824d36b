import type { Arrangement } from '../state/contract.ts'
import type { Column } from '../types/column.ts'

const PAGE = 8
const page = new Int32Array(PAGE)

/**
 * The first slot of the row's key, in order, whose count is positive; -1: there is none. Cost O(log n): nearly always
 * the first one counts; the others are looked at only behind negative counts.
 */
export function firstPresent(ordered: Arrangement, keys: readonly Column[], row: number): number {
  if (ordered.range(keys, row, 0, 1, page) === 0) return -1
  if (ordered.diff(page[0]) > 0) return page[0]
  for (let from = 1; ; from += PAGE) {
    const n = ordered.range(keys, row, from, PAGE, page)
    for (let k = 0; k < n; k++) if (ordered.diff(page[k]) > 0) return page[k]
    if (n < PAGE) return -1
  }
}
