/**
 * Why a column can be NULL although its event times never are: an outer join had no row of a side. Sets of sides: where
 * the column is NULL, all sides of one of the sets are missing. No set: it never is.
 */
export type Absent = readonly (readonly string[])[]

/** Sets beyond these are not followed: the column passes for one that its first argument alone makes. */
const SETS_MAX = 64

export const NEVER: Absent = []

/** The side of the join at a node that has no row. */
export const missing = (node: number, side: 'left' | 'right'): Absent => [[`${node} ${side}`]]

/** As a column of one side of another join tells of it: both sides may read the same node. */
export function under(node: number, side: 'left' | 'right', absent: Absent): Absent {
  return absent.map((set) => set.map((each) => `${node} ${side}: ${each}`))
}

const opposite = (side: string): string =>
  side.endsWith(' left') ? side.replace(/ left$/, ' right') : side.replace(/ right$/, ' left')

/** Of the first of several that is not NULL: all are missing, but never both sides of a join. */
export function allAbsent(each: readonly Absent[]): Absent {
  let sets = each[0] ?? NEVER
  for (const next of each.slice(1)) {
    const made = sets.flatMap((set) => next.map((more) => [...new Set([...set, ...more])]))
    sets = made.filter((set) => !set.some((side) => set.includes(opposite(side))))
    if (sets.length > SETS_MAX) return each[0]
  }
  return sets
}
