import { unreachable } from '../../base/assert.ts'
import type { PathExpr, PathPredicate } from '../../types/jsonpath/tree.ts'
import type { RunOptions } from './contract.ts'
import { type Item, type Truth, truth } from './items.ts'
import { comparePair } from './pairs.ts'

/** What predicates need of the run that they stand in; its errors make them unknown. */
export interface Operands {
  readonly lax: boolean
  readonly options: RunOptions
  /** Null: an error. */
  values(expr: PathExpr, item: Item, unwrap: boolean): Item[] | null
  exists(expr: PathExpr, item: Item): Truth
}

/** Whether a predicate holds of an item: three truths, as in SQL. */
export function holds(run: Operands, expr: PathPredicate, item: Item): Truth {
  const inner = (arg: PathExpr): Truth => holds(run, arg as PathPredicate, item)
  switch (expr.kind) {
    case 'and': {
      const left = inner(expr.left)
      if (left === 'false') return left
      const right = inner(expr.right)
      return right === 'true' ? left : right
    }
    case 'or': {
      const left = inner(expr.left)
      if (left === 'true') return left
      const right = inner(expr.right)
      return right === 'false' ? left : right
    }
    case 'not': {
      const arg = inner(expr.arg)
      return arg === 'unknown' ? arg : truth(arg === 'false')
    }
    case 'isUnknown':
      return truth(inner(expr.arg) === 'unknown')
    case 'exists':
      return run.exists(expr.arg, item)
    case 'likeRegex':
      return pairs(run, expr, expr.arg, null, item)
    case 'compare':
    case 'startsWith':
      return pairs(run, expr, expr.left, expr.right, item)
    default:
      return unreachable(expr)
  }
}

/** Laxly one pair that holds is enough; strictly one that does not compare makes the whole unknown. */
function pairs(run: Operands, expr: PathPredicate, left: PathExpr, right: PathExpr | null, item: Item): Truth {
  const lefts = run.values(left, item, true)
  if (lefts === null) return 'unknown'
  const rights = right === null ? [null] : run.values(right, item, expr.kind === 'compare')
  if (rights === null) return 'unknown'
  let found = false
  let failed = false
  for (const a of lefts) {
    for (const b of rights) {
      const holds = comparePair(expr, a, b, run.options)
      if (holds === 'unknown') {
        if (!run.lax) return holds
        failed = true
      } else if (holds === 'true') {
        if (run.lax) return holds
        found = true
      }
    }
  }
  return found ? 'true' : failed ? 'unknown' : 'false'
}
