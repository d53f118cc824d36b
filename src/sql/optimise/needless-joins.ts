import type { Logical } from '../../plan/logical.ts'
import { extend } from '../../plan/logical-make.ts'
import { callScalars, mapLogicalInputs } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, constant } from '../../plan/scalar-walk.ts'
import { matchesOnce } from './keys.ts'
import type { Facts, Rule } from './rule.ts'
import { timed } from './timed.ts'

/**
 * A LEFT JOIN of which nothing is read but its left side goes, where a key of the right side is tied: each left row comes
 * out once, with a partner or without. NULLs stand for the columns that nobody reads, until pruning takes them.
 */
export const needlessJoins: Rule = {
  name: 'needless-joins',
  apply: (plan, facts) => visit(plan, all(plan), facts),
}

type Columns = ReadonlySet<number>

const all = (p: Logical): Columns => new Set(p.rowType.keys())

function visit(p: Logical, needed: Columns, facts: Facts): Logical {
  const inside = (input: Logical, columns: Columns): Logical => visit(input, columns, facts)
  switch (p.kind) {
    case 'project':
      return withInput(p, inside(p.input, read([], ...p.exprs.filter((_, i) => needed.has(i)))))
    case 'filter':
      return withInput(p, inside(p.input, read(needed, p.predicate)))
    case 'aggregate':
      return withInput(p, inside(p.input, read([], ...p.keys, ...p.aggregates.flatMap(callScalars))))
    case 'join':
    case 'semiJoin': {
      const width = p.left.rowType.length
      const total = width + p.right.rowType.length
      const unread = p.kind === 'join' && p.type === 'left' && ![...needed].some((c) => c >= width)
      if (unread && matchesOnce(p, facts) && !timed(p.right, facts)) {
        const nulls = p.right.rowType.map((f): Scalar => constant(null, f.type))
        const names = p.right.rowType.map((f) => f.name)
        return extend(inside(p.left, needed), nulls, names)
      }
      const used = [...read(needed, p.on)].filter((c) => c < total)
      const left = inside(p.left, new Set(used.filter((c) => c < width)))
      const right = inside(p.right, new Set(used.flatMap((c) => (c >= width ? [c - width] : []))))
      return left === p.left && right === p.right ? p : { ...p, left, right }
    }
    default:
      return mapLogicalInputs(p, (input) => inside(input, all(input)))
  }
}

const withInput = <P extends Logical & { readonly input: Logical }>(p: P, input: Logical): Logical =>
  input === p.input ? p : ({ ...p, input } as Logical)

function read(needed: Iterable<number>, ...scalars: readonly Scalar[]): Columns {
  const columns = new Set(needed)
  for (const s of scalars) columnsOf(s, columns)
  return columns
}
