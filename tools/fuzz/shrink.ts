/**
 * The shortest and smallest sequence that still fails, within a number of tries: blocks are left out, set to zero, and single
 * numbers lowered, the largest blocks first.
 */
export async function shrink(
  sequence: readonly number[],
  fails: (sequence: readonly number[]) => Promise<boolean>,
  tries = 400,
): Promise<readonly number[]> {
  let best = sequence
  let left = tries
  const better = async (candidate: readonly number[]): Promise<boolean> => {
    if (left <= 0) return false
    left--
    if (!(await fails(candidate))) return false
    best = candidate
    return true
  }
  let before: readonly number[]
  do {
    before = best
    for (let size = Math.max(1, best.length >> 1); size >= 1 && left > 0; size >>= 1)
      for (let at = 0; at < best.length && left > 0; ) {
        if (await better([...best.slice(0, at), ...best.slice(at + size)])) continue
        const zeroed = best.map((value, i) => (i >= at && i < at + size ? 0 : value))
        if (zeroed.some((value, i) => value !== best[i])) await better(zeroed)
        at += size
      }
    for (let at = 0; at < best.length && left > 0; at++)
      for (let value = 0; value < (best[at] ?? 0) && left > 0; value++)
        if (await better(best.map((old, i) => (i === at ? value : old)))) break
  } while (left > 0 && best !== before)
  return best
}
