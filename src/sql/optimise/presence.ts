import { distinct, project } from '../../plan/logical-make.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import { columnsOf, TRUE } from '../../plan/scalar-walk.ts'
import type { Rule } from './rule.ts'

/** A semi-join whose condition reads nothing of the right side only asks whether it has a row: one row is kept. */
export const presence: Rule = {
  name: 'presence',
  apply: (plan) =>
    rewriteLogical(plan, (p) => {
      if (p.kind !== 'semiJoin' || p.right.kind === 'distinct' || p.right.kind === 'constant') return p
      const width = p.left.rowType.length
      if ([...columnsOf(p.on)].some((i) => i >= width)) return p
      return { ...p, right: distinct(project(p.right, [TRUE], ['present'])) }
    }),
}
