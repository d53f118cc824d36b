import type { Logical } from '../../plan/logical.ts'
import { join, projectColumns } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, columnsOf, conjunction, conjuncts, mapColumns, shiftColumns } from '../../plan/scalar-walk.ts'
import { BOOL } from '../../types/sql-type.ts'
import { operatorOf } from '../function-facts.ts'
import { columnEquality, equalColumns } from './equal-columns.ts'

/** Inner joins of several inputs taken as one: inputs and conditions, over the columns of all inputs as written. */
export interface JoinGroup {
  readonly plan: Extract<Logical, { kind: 'join' }>
  readonly leaves: readonly Leaf[]
  /** Equalities between columns, in classes: any tree of equalities over a class says the same. */
  readonly classes: readonly EqualityClass[]
  /** All other conditions. */
  readonly others: readonly Scalar[]
}

export interface Leaf {
  readonly plan: Logical
  /** Where its columns are in the row of the whole join as written. */
  readonly from: number
}

export interface EqualityClass {
  readonly columns: readonly number[]
  readonly written: readonly Extract<Scalar, { kind: 'call' }>[]
}

/** Null: no inner join. */
export function joinGroup(p: Logical): JoinGroup | null {
  if (p.kind !== 'join' || p.type !== 'inner') return null
  const leaves: Leaf[] = []
  const conditions: Scalar[] = []
  flatten(p, 0, leaves, conditions)
  const row = leaves.flatMap((leaf) => leaf.plan.rowType)
  const isPair = (c: Scalar): c is Extract<Scalar, { kind: 'call' }> => columnEquality(c, row) !== null
  const pairs = conditions.filter(isPair)
  const equal = equalColumns(pairs, row)
  const classes = new Map<readonly number[], Extract<Scalar, { kind: 'call' }>[]>()
  for (const c of pairs) {
    const columns = equal.of([...columnsOf(c)][0])
    const known = classes.get(columns)
    if (known === undefined) classes.set(columns, [c])
    else known.push(c)
  }
  return {
    plan: p,
    leaves,
    classes: [...classes].map(([columns, written]) => ({ columns, written })),
    others: conditions.filter((c) => !isPair(c)),
  }
}

function flatten(p: Logical, from: number, leaves: Leaf[], conditions: Scalar[]): void {
  if (p.kind !== 'join' || p.type !== 'inner') {
    leaves.push({ plan: p, from })
    return
  }
  flatten(p.left, from, leaves, conditions)
  flatten(p.right, from + p.left.rowType.length, leaves, conditions)
  conditions.push(...conjuncts(p.on).map((c) => shiftColumns(c, from)))
}

export const leafOf = (leaves: readonly Leaf[], at: number): number =>
  leaves.findIndex((l) => at >= l.from && at < l.from + l.plan.rowType.length)

/** Equalities of expressions of several inputs: they tie those together as equal columns do. */
export const ties = (c: Scalar): boolean =>
  (c.kind === 'call' && operatorOf(c.fn) === '=') || (c.kind === 'distinctFrom' && c.negated)

/** The inputs joined one after the other in this order, each with the conditions that are decided by then. */
export function joinedInOrder(
  { plan: p, leaves, classes, others }: JoinGroup,
  order: readonly number[],
  input: (leaf: Logical) => Logical,
): Logical {
  const place = new Map<number, number>()
  const anchors = classes.map((): number[] => [])
  let plan: Logical | undefined
  let left = others
  let waiting: Scalar[] = []
  for (const n of order) {
    const leaf = leaves[n]
    const at = plan?.rowType.length ?? 0
    const own = leaf.plan.rowType.map((_, i) => leaf.from + i)
    own.forEach((c, i) => {
      place.set(c, at + i)
    })
    classes.forEach((each, k) => {
      for (const c of own.filter((x) => each.columns.includes(x))) {
        if (anchors[k].length > 0) waiting.push(equality(each, anchors[k], c))
        anchors[k].push(c)
      }
    })
    const made = input(leaf.plan)
    if (plan === undefined) {
      plan = made
      continue
    }
    const ready = left.filter((c) => [...columnsOf(c)].every((i) => place.has(i)))
    left = left.filter((c) => !ready.includes(c))
    const on = mapColumns(conjunction([...waiting, ...ready]), (i) => place.get(i) as number)
    waiting = []
    plan = join('inner', plan, made, on, p.position)
  }
  const columns = p.rowType.map((_, i) => place.get(i) as number)
  return { ...projectColumns(plan as Logical, columns), rowType: p.rowType } as Logical
}

/** `c` equal to one of the others: as it is written somewhere, or made like that. */
function equality({ written }: EqualityClass, anchors: readonly number[], c: number): Scalar {
  const as = written.find((w) => {
    const [a, b] = [...columnsOf(w)]
    return (a === c && anchors.includes(b)) || (b === c && anchors.includes(a))
  })
  if (as !== undefined) return as
  const [like] = written
  const { type } = like.args[0]
  return { ...like, args: [column(anchors[0], type), column(c, type)], type: BOOL }
}
