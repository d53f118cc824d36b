import { rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { conjuncts } from '../../plan/scalar-walk.ts'
import type { Rule } from './rule.ts'

/** `row_number() … WHERE rn <= k`: the operator need not number what lies beyond k. The filter stays. */
export const topK: Rule = {
  name: 'top-k',
  apply: (plan) =>
    rewriteLogical(plan, (p) => {
      if (p.kind !== 'filter' || p.input.kind !== 'rowNumber') return p
      const limit = rankLimit(p.predicate, p.input.rowType.length - 1)
      if (limit === null || (p.input.atMost !== null && p.input.atMost <= limit)) return p
      return { ...p, input: { ...p.input, atMost: limit } }
    }),
}

/** The largest rank that can pass the predicate; null when it has no bound. */
export function rankLimit(predicate: Scalar, column: number): number | null {
  let limit: number | null = null
  for (const c of conjuncts(predicate)) {
    const bound = upperBound(c, column)
    if (bound !== null && (limit === null || bound < limit)) limit = bound
  }
  return limit
}

function upperBound(c: Scalar, column: number): number | null {
  if (c.kind !== 'call' || c.args.length !== 2) return null
  const [a, b] = c.args
  const op = COMPARISON.exec(c.fn)?.[1]
  if (a.kind === 'column' && a.index === column && b.kind === 'const' && typeof b.value === 'number') {
    if (op === 'le' || op === 'eq') return Math.floor(b.value)
    if (op === 'lt') return Math.ceil(b.value) - 1
  }
  if (b.kind === 'column' && b.index === column && a.kind === 'const' && typeof a.value === 'number') {
    if (op === 'ge' || op === 'eq') return Math.floor(a.value)
    if (op === 'gt') return Math.ceil(a.value) - 1
  }
  return null
}

/** `int8le(…)`, `int84lt(…)`: comparisons of integers. */
const COMPARISON = /^int[248]+(le|lt|ge|gt|eq)\(/
