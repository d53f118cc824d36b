import { filter, join } from '../../plan/logical-make.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { conjuncts } from '../../plan/scalar-walk.ts'
import { isStrict } from '../function-facts.ts'
import type { Rule } from './rule.ts'

/** A filter that no NULL row passes makes the rows that an outer join adds pointless: the join becomes an inner one. */
export const outerToInner: Rule = {
  name: 'outer-to-inner',
  apply: (plan) =>
    rewriteLogical(plan, (p) => {
      if (p.kind !== 'filter' || p.input.kind !== 'join' || p.input.type === 'inner') return p
      const { left, right, on, position, type } = p.input
      const width = left.rowType.length
      const rejected = new Set(conjuncts(p.predicate).flatMap((c) => [...rejectsNull(c)]))
      const rejectsLeft = [...rejected].some((i) => i < width)
      const rejectsRight = [...rejected].some((i) => i >= width)
      const leftOuter = (type === 'left' || type === 'full') && !rejectsRight
      const rightOuter = (type === 'right' || type === 'full') && !rejectsLeft
      const now = leftOuter ? (rightOuter ? 'full' : 'left') : rightOuter ? 'right' : 'inner'
      return now === type ? p : filter(join(now, left, right, on, position), p.predicate, p.position)
    }),
}

/** Columns that cannot be NULL in a row for which the condition is true. */
function rejectsNull(c: Scalar): Set<number> {
  if (c.kind === 'isNull') return c.negated ? strictColumns(c.arg) : new Set()
  if (c.kind === 'or') {
    const [first, ...rest] = c.args.map(rejectsNull)
    return new Set([...first].filter((i) => rest.every((r) => r.has(i))))
  }
  if (c.kind === 'and') return new Set(c.args.flatMap((a) => [...rejectsNull(a)]))
  return strictColumns(c)
}

/** Columns whose NULL makes the scalar NULL. */
function strictColumns(s: Scalar): Set<number> {
  switch (s.kind) {
    case 'column':
      return new Set([s.index])
    case 'call':
      return isStrict(s.fn) ? new Set(s.args.flatMap((a) => [...strictColumns(a)])) : new Set()
    case 'cast':
    case 'not':
    case 'inList':
      return strictColumns(s.arg)
    default:
      return new Set()
  }
}
