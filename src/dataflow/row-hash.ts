import type { Column } from '../types/column.ts'
import { type equalRows, hashRows } from '../types/hash.ts'
import type { identicalRows } from './identical.ts'

/**
 * Throw-away hash tables over the rows of one delta: no JS objects per row. The arrays are kept between uses, so the
 * small deltas of an idle server allocate nothing here.
 */
let hashes = new Uint32Array(1024)
let table = new Int32Array(2048)

/** Hashes of n rows; valid until the next call. */
export function hashesOf(cols: readonly Column[], n: number): Uint32Array {
  if (hashes.length < n) hashes = new Uint32Array(Math.max(n, hashes.length * 2))
  hashRows(cols, n, hashes)
  return hashes
}

/**
 * Numbers equal rows alike: `group[i]` is the number of row i's value, `first[g]` the first row of it. Returns the
 * count. `same`: SQL's equality for keys, `identicalRows` for whole rows.
 */
export function groupRows(
  cols: readonly Column[],
  n: number,
  group: Int32Array,
  first: Int32Array,
  same: typeof equalRows | typeof identicalRows,
): number {
  if (cols.length === 0) {
    group.fill(0, 0, n)
    first[0] = 0
    return n === 0 ? 0 : 1
  }
  if (n <= 6) return groupFew(cols, n, group, first, same)
  const hash = hashesOf(cols, n)
  let size = 16
  while (size < n * 2) size *= 2
  if (table.length < size) table = new Int32Array(size)
  table.fill(-1, 0, size)
  const mask = size - 1
  let groups = 0
  for (let i = 0; i < n; i++) {
    let at = hash[i] & mask
    for (;;) {
      const g = table[at]
      if (g < 0) {
        table[at] = groups
        first[groups] = i
        group[i] = groups++
        break
      }
      const row = first[g]
      if (hash[row] === hash[i] && same(cols, row, cols, i)) {
        group[i] = g
        break
      }
      at = (at + 1) & mask
    }
  }
  return groups
}

function groupFew(
  cols: readonly Column[],
  n: number,
  group: Int32Array,
  first: Int32Array,
  same: typeof equalRows,
): number {
  let groups = 0
  for (let i = 0; i < n; i++) {
    let g = 0
    while (g < groups && !same(cols, first[g], cols, i)) g++
    if (g === groups) first[groups++] = i
    group[i] = g
  }
  return groups
}
