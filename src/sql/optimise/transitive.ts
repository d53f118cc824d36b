import type { Logical } from '../../plan/logical.ts'
import { filter, onlyReads } from '../../plan/logical-make.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, conjunction, conjuncts, mapColumns, scalarKey, shiftColumns } from '../../plan/scalar-walk.ts'
import { operatorOf } from '../function-facts.ts'
import { equalColumns } from './equal-columns.ts'
import { comparedColumn, knownOf } from './known.ts'
import type { Rule } from './rule.ts'

/**
 * What holds for a column holds for those that a join makes equal to it: of `a.x = b.y AND a.x < 5` b takes `y < 5`, which
 * then moves down to where b is read. Comparisons with constants only, since equal values may be written differently.
 * An inner join tells both sides of each other; outer and semi joins the side that may be missing, of the other.
 */
export const transitive: Rule = {
  name: 'transitive',
  apply: (plan) => rewriteLogical(plan, derive),
}

function derive(p: Logical): Logical {
  // A filter over an outer join speaks of the rows that stay: their partners have what it says.
  if (p.kind === 'filter' && (p.input.kind === 'join' || p.input.kind === 'semiJoin')) {
    const { input } = p
    const width = input.left.rowType.length
    const above = conjuncts(p.predicate).filter((c) => onlyReads(c, 0, width))
    const next = deriveJoin(input, above)
    return next === input ? p : { ...p, input: next }
  }
  return p.kind === 'join' || p.kind === 'semiJoin' ? deriveJoin(p, []) : p
}

const fixes = (c: Scalar): boolean => c.kind === 'call' && operatorOf(c.fn) === '=' && comparedColumn(c) !== null

function deriveJoin(p: Extract<Logical, { kind: 'join' | 'semiJoin' }>, above: readonly Scalar[]): Logical {
  const type = p.kind === 'join' ? p.type : p.anti ? 'left' : 'inner'
  if (type === 'full') return p
  const width = p.left.rowType.length
  const left = knownOf(p.left)
  const right = knownOf(p.right).map((c) => shiftColumns(c, width))
  const on = conjuncts(p.on)
  // Those that a side tells: with a left join, the right side nothing about left rows.
  const told = [...left, ...right, ...on, ...(type === 'right' ? [] : above)]
  const row = [...p.left.rowType, ...p.right.rowType]
  const classes = equalColumns(told, row)
  const keys = new Set(told.map(scalarKey))
  const derived: Scalar[] = []
  const fixed = new Set(told.flatMap((c) => (fixes(c) ? classes.of(comparedColumn(c) as number) : [])))
  for (const c of told) {
    const column = comparedColumn(c)
    // Beside the one value that a column can have its bounds say nothing.
    if (column === null || (fixed.has(column) && !fixes(c))) continue
    for (const other of classes.of(column)) {
      if (other === column) continue
      const made = mapColumns(c, () => other)
      const key = scalarKey(made)
      if (keys.has(key)) continue
      keys.add(key)
      derived.push(made)
    }
  }
  const of = (from: number, to: number): Scalar[] =>
    derived.filter((c) => [...columnsOf(c)].every((i) => i >= from && i < to))
  const toLeft = type === 'inner' || type === 'right' ? of(0, width) : []
  const toRight = type === 'inner' || type === 'left' ? of(width, row.length).map((c) => shiftColumns(c, -width)) : []
  if (toLeft.length === 0 && toRight.length === 0) return p
  return {
    ...p,
    left: filter(p.left, conjunction(toLeft)),
    right: filter(p.right, conjunction(toRight)),
  }
}
