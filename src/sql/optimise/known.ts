import type { Logical } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, conjuncts, mapColumns, shiftColumns } from '../../plan/scalar-walk.ts'
import { operatorOf } from '../function-facts.ts'

/** Conditions that every row of the output fulfils, as far as its columns show them: comparisons and equalities of columns. */
export function knownOf(p: Logical): readonly Scalar[] {
  switch (p.kind) {
    case 'filter':
      return [...knownOf(p.input), ...told(p.predicate)]
    case 'join': {
      const width = p.left.rowType.length
      const left = p.type === 'inner' || p.type === 'left' ? knownOf(p.left) : []
      const right = p.type === 'inner' || p.type === 'right' ? knownOf(p.right) : []
      return [...left, ...right.map((c) => shiftColumns(c, width)), ...(p.type === 'inner' ? told(p.on) : [])]
    }
    case 'semiJoin':
      return knownOf(p.left)
    case 'distinct':
    case 'atMostOne':
    case 'topK':
    case 'rowNumber':
    case 'window':
    case 'flatMap':
      return knownOf(p.input)
    case 'project':
      return throughColumns(knownOf(p.input), p.exprs)
    case 'aggregate':
      return p.keys.length === 0 ? [] : throughColumns(knownOf(p.input), p.keys)
    default:
      return []
  }
}

const told = (predicate: Scalar): readonly Scalar[] =>
  conjuncts(predicate).filter((c) => comparedColumn(c) !== null || isColumnEquality(c))

/** Of conditions over the input those that can be said of the output. */
function throughColumns(conditions: readonly Scalar[], exprs: readonly Scalar[]): readonly Scalar[] {
  const at = new Map<number, number>()
  exprs.forEach((e, i) => {
    if (e.kind === 'column' && !at.has(e.index)) at.set(e.index, i)
  })
  return conditions
    .filter((c) => [...columnsOf(c)].every((i) => at.has(i)))
    .map((c) => mapColumns(c, (i) => at.get(i) as number))
}

/** The column that a condition compares with constants alone; null for every other condition. */
export function comparedColumn(c: Scalar): number | null {
  if (c.kind === 'inList') return c.arg.kind === 'column' ? c.arg.index : null
  if (c.kind !== 'call' || c.args.length !== 2 || !COMPARISONS.has(operatorOf(c.fn) ?? '')) return null
  const [a, b] = c.args
  const isValue = (s: Scalar): boolean => s.kind === 'const' || s.kind === 'param'
  if (a.kind === 'column' && isValue(b)) return a.index
  return b.kind === 'column' && isValue(a) ? b.index : null
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])

const isColumnEquality = (c: Scalar): boolean =>
  c.kind === 'call' && operatorOf(c.fn) === '=' && c.args.length === 2 && c.args.every((a) => a.kind === 'column')
