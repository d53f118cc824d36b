import type { BoundTerm, ReleaseRule } from '../../plan/bounds.ts'
import type { PhysicalNode, PhysicalOp } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { conjuncts, shiftColumns } from '../../plan/scalar-walk.ts'
import { type Absent, missing, NEVER, under } from './absent.ts'
import { type ColumnFact, comparison, type Facts, invert, lowerBound, readsOnly, successor } from './monotone.ts'

type Join = Extract<PhysicalOp, { op: 'join' }>
type Terms = readonly BoundTerm[]

/**
 * A row of one side can still meet changes of the other only above their bound: through an equal key column, or
 * through a condition such as `l.ts <= r.ts + interval`, which ties the right side's times to the left's. With both
 * directions tied (an interval join) both sides' state is bounded. A row that can itself still be retracted stays until
 * its own bound has passed too; so does the count of matches that rows of the other side wait for: a further match must
 * not be taken for the first. With a condition beyond the keys that count lies with the row that waits.
 */
export function joinFacts(
  n: number,
  node: Join,
  left: PhysicalNode,
  right: PhysicalNode,
  l: Facts,
  r: Facts,
): { known: Facts; released: readonly ReleaseRule[] } {
  const width = left.types.length
  /** Changes that come from the other side are above these. */
  const fromRight = new Map<number, Terms>()
  const fromLeft = new Map<number, Terms>()
  node.leftKeys.forEach((c, i) => {
    const other = node.rightKeys[i]
    const rightTerms = r.get(other)?.terms
    const leftTerms = l.get(c)?.terms
    if (rightTerms) fromRight.set(c, rightTerms)
    if (leftTerms) fromLeft.set(other, leftTerms)
  })
  for (const c of node.residual === null ? [] : conjuncts(node.residual)) {
    const order = comparison(c)
    if (order === null) continue
    const { low, high, strict } = order
    if (readsOnly(low, 0, width) && readsOnly(high, width, Number.POSITIVE_INFINITY)) {
      tie(low, l, shiftColumns(high, -width), strict, fromLeft)
    } else if (readsOnly(high, 0, width) && readsOnly(low, width, Number.POSITIVE_INFINITY)) {
      tie(shiftColumns(low, -width), r, high, strict, fromRight)
    }
  }
  const known = new Map<number, ColumnFact>()
  for (const [c, terms] of fromRight) {
    const own = l.get(c)
    if (!own?.terms) continue
    known.set(c, { terms: [...own.terms, ...terms], tight: own.tight === true, absent: absentIn(n, node, 'left', own) })
  }
  if (node.type !== 'semi' && node.type !== 'anti') {
    for (const [c, terms] of fromLeft) {
      const own = r.get(c)
      if (!own?.terms) continue
      const absent = absentIn(n, node, 'right', own)
      known.set(width + c, { terms: [...own.terms, ...terms], tight: own.tight === true, absent })
    }
  }
  const counted = COUNTED[node.residual === null ? node.type : 'inner']
  const released = [
    ...ruleOf('left', fromRight, l, left.appendOnly && !counted.left, node.nullSafe),
    ...ruleOf('right', fromLeft, r, right.appendOnly && !counted.right, node.nullSafe),
  ]
  return { known, released }
}

/** A value that is compared is not NULL where a row has a match; without one it is as before, or its side is missing. */
function absentIn(n: number, node: Join, side: 'left' | 'right', { absent = NEVER }: ColumnFact): Absent {
  const alone = node.nullSafe || node.type === 'anti' || node.type === side || node.type === 'full'
  const replaced = node.type === 'full' || node.type === (side === 'left' ? 'right' : 'left')
  return [...(alone ? under(n, side, absent) : NEVER), ...(replaced ? missing(n, side) : NEVER)]
}

/** The sides whose rows are counted by key, because rows of the other one show whether they have a match. */
const COUNTED = {
  inner: { left: false, right: false },
  left: { left: false, right: true },
  right: { left: true, right: false },
  full: { left: true, right: true },
  semi: { left: false, right: true },
  anti: { left: false, right: true },
} satisfies Record<Join['type'], { readonly left: boolean; readonly right: boolean }>

/**
 * An ASOF join that takes the nearest right row at or before the left one's time: below the bounds of both times nothing
 * changes, and a left row below the right side's alone meets no change. What is nearest behind it may come at any time.
 */
export function nearestFacts(
  { nearest }: Extract<PhysicalOp, { op: 'asofJoin' }>,
  left: PhysicalNode,
  l: Facts,
  r: Facts,
): { known: Facts; released: readonly ReleaseRule[] } {
  const own = l.get(nearest.left)
  const other = r.get(nearest.right)?.terms
  if (!nearest.compare.startsWith('>') || !own?.terms || !other) return { known: new Map(), released: [] }
  const both = [...own.terms, ...other]
  const without = (fact: ColumnFact | undefined) =>
    (fact?.absent ?? NEVER).length > 0 ? { partial: true as const } : {}
  return {
    known: new Map([[nearest.left, { ...own, terms: both }]]),
    released: [
      { of: 'left', column: nearest.left, terms: left.appendOnly ? other : both, ...without(own) },
      { of: 'right', column: nearest.right, terms: both, ...without(r.get(nearest.right)) },
    ],
  }
}

/** `low <= high`: rows whose `high` lies below all of `low` that is to come meet nothing any more. */
function tie(low: Scalar, of: Facts, high: Scalar, strict: boolean, into: Map<number, Terms>): void {
  const terms = lowerBound(low, of)
  const upper = invert(high)
  if (!terms || !upper || into.has(upper.column)) return
  const moved: BoundTerm[] = []
  for (const { object, bound } of terms) {
    const next = strict ? successor(bound) : bound
    if (next === null) return
    moved.push({ object, bound: upper.back(next) })
  }
  into.set(upper.column, moved)
}

/**
 * `alone`: once the other side is past, nothing of its own keeps a row. A row without the time meets nothing, unless
 * NULLs are equal.
 */
function ruleOf(
  of: 'left' | 'right',
  from: ReadonlyMap<number, Terms>,
  own: Facts,
  alone: boolean,
  nullSafe: boolean,
): readonly ReleaseRule[] {
  for (const [column, terms] of from) {
    const mine = own.get(column)?.terms
    const partial = nullSafe && (own.get(column)?.absent ?? NEVER).length > 0
    if (alone) return [{ of, column, terms, ...(partial && { partial }) }]
    if (mine) return [{ of, column, terms: [...terms, ...mine], ...(partial && { partial }) }]
  }
  return []
}
