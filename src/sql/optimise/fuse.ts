import type { Logical } from '../../plan/logical.ts'
import { filter } from '../../plan/logical-make.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { conjunction, scalarInputs, substituteColumns, visitScalar } from '../../plan/scalar-walk.ts'
import type { Rule } from './rule.ts'

/** Filters in a row become one, projections in a row become one (no costly expression twice), copies vanish. */
export const fuse: Rule = { name: 'fuse', apply: (plan) => rewriteLogical(plan, fuseNode) }

function fuseNode(p: Logical): Logical {
  if (p.kind === 'filter' && p.input.kind === 'filter') {
    return filter(p.input.input, conjunction([p.input.predicate, p.predicate]), p.position)
  }
  if (p.kind === 'project') {
    const { input } = p
    if (input.kind === 'project' && cheapToInline(p.exprs, input.exprs)) {
      return fuseNode({ ...p, input: input.input, exprs: p.exprs.map((e) => substituteColumns(e, input.exprs)) })
    }
    const identity =
      p.exprs.length === input.rowType.length && p.exprs.every((e, i) => e.kind === 'column' && e.index === i)
    if (identity && sameNames(p, input)) return input
  }
  if (p.kind === 'unionAll') {
    const inputs = p.inputs.flatMap((i) => (i.kind === 'unionAll' ? i.inputs : [i]))
    if (inputs.length === 1) return inputs[0]
    return inputs.length === p.inputs.length ? p : { ...p, inputs }
  }
  if (p.kind === 'distinct' && p.input.kind === 'distinct') return p.input
  return p
}

const sameNames = (a: Logical, b: Logical): boolean => a.rowType.every((f, i) => f.name === b.rowType[i].name)

/** No expression that does work is read more than once. */
function cheapToInline(outer: readonly Scalar[], inner: readonly Scalar[]): boolean {
  const uses = new Map<number, number>()
  for (const e of outer) {
    visitScalar(e, (s) => {
      if (s.kind === 'column') uses.set(s.index, (uses.get(s.index) ?? 0) + 1)
    })
  }
  return [...uses].every(([i, n]) => n === 1 || scalarInputs(inner[i]).length === 0)
}
