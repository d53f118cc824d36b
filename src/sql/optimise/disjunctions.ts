import type { Logical } from '../../plan/logical.ts'
import { onlyReads } from '../../plan/logical-make.ts'
import { mapLogicalScalars, rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import {
  columnsOf,
  conjunction,
  conjuncts,
  isTrue,
  rewriteScalar,
  sameScalar,
  scalarKey,
  TRUE,
} from '../../plan/scalar-walk.ts'
import { BOOL } from '../../types/sql-type.ts'
import { canFail } from '../function-facts.ts'
import type { Rule } from './rule.ts'

/**
 * What all arms of an OR demand stands before it: `(a AND b) OR (a AND c)` is `a AND (b OR c)`, so that a join finds its
 * keys. And what its arms demand of one input of a join is a condition of that input: of `(n.x = 1 AND m.y = 2) OR
 * (n.x = 3 AND m.y = 4)` n takes `n.x = 1 OR n.x = 3` beside it. Only what cannot fail moves.
 */
export const disjunctions: Rule = {
  name: 'disjunctions',
  apply: (plan) => rewriteLogical(plan, (p) => narrowed(mapLogicalScalars(p, factored))),
}

export const factored = (s: Scalar): Scalar => rewriteScalar(s, (x) => (x.kind === 'or' ? factor(x, x.args) : x))

function factor(s: Scalar, args: readonly Scalar[]): Scalar {
  const arms = args.map(conjuncts)
  const rest = arms.slice(1).map((arm) => new Set(arm.map(scalarKey)))
  const common = arms[0].filter((c) => !canFail(c) && rest.every((keys) => keys.has(scalarKey(c))))
  if (common.length === 0) return s
  const keys = new Set(common.map(scalarKey))
  const others = arms.map((arm) => conjunction(arm.filter((c) => !keys.has(scalarKey(c)))))
  return conjunction([...common, others.some(isTrue) ? TRUE : or(others)])
}

/** Conditions of one input each, beside the OR that implies them. */
function narrowed(p: Logical): Logical {
  if (p.kind === 'filter' && p.input.kind === 'join' && p.input.type === 'inner') {
    return { ...p, predicate: withImplied(p.predicate, ranges(p.input, 0)) }
  }
  if (p.kind === 'join' && p.type === 'inner') return { ...p, on: withImplied(p.on, ranges(p, 0)) }
  return p
}

type Range = readonly [from: number, to: number]

/** Where the columns of each input of inner joins stand. */
function ranges(p: Logical, from: number): Range[] {
  if (p.kind !== 'join' || p.type !== 'inner') return [[from, from + p.rowType.length]]
  return [...ranges(p.left, from), ...ranges(p.right, from + p.left.rowType.length)]
}

function withImplied(predicate: Scalar, inputs: readonly Range[]): Scalar {
  const all = conjuncts(predicate)
  const implied = all.flatMap((c) =>
    c.kind === 'or' ? inputs.flatMap((range) => impliedOf(c, c.args, range) ?? []) : [],
  )
  const fresh = implied.filter((c) => !all.some((known) => sameScalar(known, c)))
  return fresh.length === 0 ? predicate : conjunction([...fresh, ...all])
}

function impliedOf(s: Scalar, args: readonly Scalar[], [from, to]: Range): Scalar | null {
  const one = (c: Scalar): boolean => columnsOf(c).size > 0 && onlyReads(c, from, to) && !canFail(c)
  // An OR of one input alone moves as it is.
  if (onlyReads(s, from, to)) return null
  const arms = args.map((arm) => conjuncts(arm).filter(one))
  if (arms.some((arm) => arm.length === 0)) return null
  return or(arms.map(conjunction))
}

const or = (args: readonly Scalar[]): Scalar => ({ kind: 'or', args, type: BOOL })
