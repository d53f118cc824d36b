/**
 * Exact sums of floats: a list of partials, smallest first, that do not overlap and sum to the exact value (Shewchuk).
 * Adding and retracting in any order gives the same value, and `roundExpansion` rounds it once: incremental results
 * equal recomputed ones bit for bit.
 */
export function addToExpansion(partials: number[], x: number): void {
  let kept = 0
  for (let i = 0; i < partials.length; i++) {
    let y = partials[i]
    if (Math.abs(x) < Math.abs(y)) {
      const swap = x
      x = y
      y = swap
    }
    const high = x + y
    const low = y - (high - x)
    if (low !== 0) partials[kept++] = low
    x = high
  }
  partials.length = kept
  if (x !== 0) partials.push(x)
}

/** The exact value of the partials, rounded half to even. */
export function roundExpansion(partials: readonly number[]): number {
  let n = partials.length
  if (n === 0) return 0
  let high = partials[--n]
  let low = 0
  while (n > 0) {
    const x = high
    const y = partials[--n]
    high = x + y
    low = y - (high - x)
    if (low !== 0) break
  }
  // Exactly between two floats: what is left below decides.
  if (n > 0 && ((low < 0 && partials[n - 1] < 0) || (low > 0 && partials[n - 1] > 0))) {
    const y = low * 2
    const x = high + y
    if (y === x - high) high = x
  }
  return high
}

/** Adds x · diff exactly: as a sum of x times powers of two. */
export function addMultiple(partials: number[], x: number, diff: number): void {
  let rest = Math.abs(diff)
  let share = diff < 0 ? -x : x
  while (rest > 0) {
    if (rest % 2 === 1) addToExpansion(partials, share)
    rest = Math.floor(rest / 2)
    share *= 2
  }
}
