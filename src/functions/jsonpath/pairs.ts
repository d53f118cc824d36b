import { SqlError } from '../../base/sql-error.ts'
import type { PathPredicate } from '../../types/jsonpath/tree.ts'
import type { EvalEnv } from '../function.ts'
import { compileRegex } from '../regex/regex.ts'
import { compareItems, type Item, type Truth, truth } from './items.ts'

/** Whether a predicate holds for one pair of items, or one item. */
export function comparePair(
  expr: PathPredicate,
  a: Item,
  b: Item,
  { zoned, env }: { readonly zoned: boolean; readonly env: EvalEnv },
): Truth {
  switch (expr.kind) {
    case 'compare':
      return compareItems(expr.op, a, b, zoned, env)
    case 'startsWith':
      return typeof a === 'string' && typeof b === 'string' ? truth(a.startsWith(b)) : 'unknown'
    case 'likeRegex':
      return typeof a === 'string' ? truth(compileRegex(expr.pattern, regexFlags(expr.flags)).test(a)) : 'unknown'
    default:
      return 'unknown'
  }
}

/** XQuery's flags as letters of PostgreSQL's expressions. */
export function regexFlags(flags: string): string {
  const has = (flag: string): boolean => flags.includes(flag)
  const ignoreCase = has('i') ? 'i' : ''
  if (has('q')) return `q${ignoreCase}`
  if (has('x')) throw expanded()
  return (has('s') ? (has('m') ? 'w' : 's') : has('m') ? 'n' : 'p') + ignoreCase
}

const expanded = (): SqlError =>
  new SqlError('0A000', 'XQuery "x" flag (expanded regular expressions) is not implemented')
