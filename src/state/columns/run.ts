import { CHUNK_MASK, CHUNK_SHIFT } from '../contract.ts'

/** Shorter runs are copied value by value. */
export const RUN_MIN = 8

/** Whether n slots follow each other in one chunk: then a column is read in one piece. */
export function isRun(slots: Int32Array, n: number): boolean {
  if (n < RUN_MIN) return false
  const first = slots[0]
  if (slots[n - 1] !== first + n - 1 || first >> CHUNK_SHIFT !== (first + n - 1) >> CHUNK_SHIFT) return false
  for (let i = 1; i < n; i++) if (slots[i] !== first + i) return false
  return true
}

/** The end of the run that begins at slots[i]: slots that follow each other in one chunk. */
export function runEnd(slots: Int32Array, i: number, n: number): number {
  const first = slots[i] - i
  let end = i + 1
  while (end < n && slots[end] === first + end && (slots[end] & CHUNK_MASK) !== 0) end++
  return end
}
