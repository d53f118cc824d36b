/** How a row of one input of a join meets the others: one look-up after the other. */
export interface DeltaStep {
  /** Number of the input that is looked up. */
  readonly input: number
  /** Columns that are there by then, as the output numbers them: inputs in order. */
  readonly probe: readonly number[]
  /** Columns of the input that equal those. */
  readonly key: readonly number[]
}

/**
 * A path from each of the inputs through all others. `widths`: columns of the inputs; `classes`: columns that are equal,
 * as the output numbers them. Next comes the input that most classes tie to those before it. Null where an input is tied
 * to nothing, or two columns of one input are equal: such rows alone would not be found by their keys.
 */
export function deltaPaths(
  widths: readonly number[],
  classes: readonly (readonly number[])[],
): readonly (readonly DeltaStep[])[] | null {
  const firsts: number[] = []
  let first = 0
  for (const width of widths) {
    firsts.push(first)
    first += width
  }
  const inputOf = (column: number): number => firsts.findLastIndex((from) => column >= from)
  if (classes.some((each) => new Set(each.map(inputOf)).size < each.length)) return null
  const paths: DeltaStep[][] = []
  for (let start = 0; start < widths.length; start++) {
    const placed = new Set([start])
    const steps: DeltaStep[] = []
    while (placed.size < widths.length) {
      let best: DeltaStep | null = null
      for (let input = 0; input < widths.length; input++) {
        if (placed.has(input)) continue
        const tied = classes.flatMap((each) => {
          const own = each.find((c) => inputOf(c) === input)
          const there = each.find((c) => placed.has(inputOf(c)))
          return own === undefined || there === undefined ? [] : [{ there, own: own - firsts[input] }]
        })
        if (tied.length === 0 || (best !== null && tied.length <= best.key.length)) continue
        tied.sort((a, b) => a.own - b.own)
        best = { input, probe: tied.map((t) => t.there), key: tied.map((t) => t.own) }
      }
      if (best === null) return null
      steps.push(best)
      placed.add(best.input)
    }
    paths.push(steps)
  }
  return paths
}

/** What is arranged by which columns: each input by the keys of the steps that look it up. */
export function arrangedBy(paths: readonly (readonly DeltaStep[])[], input: number): readonly (readonly number[])[] {
  const keys = new Map<string, readonly number[]>()
  for (const path of paths) for (const step of path) if (step.input === input) keys.set(step.key.join('-'), step.key)
  return [...keys.values()]
}
