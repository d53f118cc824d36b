/** Fewer rows are sorted by comparison: a pass looks at 65,536 counters. */
const ROWS_MIN = 512

let counters: Int32Array | null = null

/**
 * The positions 0 … n-1 in the order of their keys, the last key of the list first in weight; equal ones keep their
 * order. Least digit first, two passes a key of which those are left out in which all digits agree.
 */
export function radixOrder(n: number, keys: readonly Uint32Array[]): Uint32Array {
  let order = new Uint32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  if (n < ROWS_MIN) return order.sort((a, b) => compareKeys(keys, a, b) || a - b)
  let other = new Uint32Array(n)
  counters ??= new Int32Array(1 << 16)
  for (const key of keys) {
    for (const shift of [0, 16]) {
      if (!count(key, n, shift, counters)) continue
      for (let i = 0; i < n; i++) other[counters[(key[order[i]] >>> shift) & 0xffff]++] = order[i]
      const sorted = other
      other = order
      order = sorted
    }
  }
  return order
}

/** Where each digit begins; false when all rows have the same. */
function count(key: Uint32Array, n: number, shift: number, starts: Int32Array): boolean {
  starts.fill(0)
  for (let i = 0; i < n; i++) starts[(key[i] >>> shift) & 0xffff]++
  if (starts[(key[0] >>> shift) & 0xffff] === n) return false
  let sum = 0
  for (let d = 0; d < starts.length; d++) {
    const rows = starts[d]
    starts[d] = sum
    sum += rows
  }
  return true
}

function compareKeys(keys: readonly Uint32Array[], a: number, b: number): number {
  for (let k = keys.length - 1; k >= 0; k--) if (keys[k][a] !== keys[k][b]) return keys[k][a] < keys[k][b] ? -1 : 1
  return 0
}
