import type { Logical } from '../../plan/logical.ts'
import { nullableRow, rewriteLogical } from '../../plan/logical-walk.ts'
import { keyOf, matchesOnce } from './keys.ts'
import type { Facts, Rule } from './rule.ts'

/**
 * The first rows by columns of the left side of a LEFT JOIN are taken before it, where a key of the right side is tied:
 * each left row comes out once, and only those few are joined. Ties are broken by the whole row: where a projection lies
 * between that does not begin with the left one, only if there are none.
 */
export const topKDown: Rule = {
  name: 'top-k-down',
  apply: (plan, facts) => rewriteLogical(plan, (p) => (p.kind === 'topK' ? (below(p, facts) ?? p) : p)),
}

type TopK = Extract<Logical, { kind: 'topK' }>

function below(p: TopK, facts: Facts): Logical | null {
  const project = p.input.kind === 'project' ? p.input : null
  const join = project ? project.input : p.input
  if (join.kind !== 'join' || join.type !== 'left' || !matchesOnce(join, facts)) return null
  const left = (c: number): number | null => {
    const e = project?.exprs[c]
    const at = project === null ? c : e?.kind === 'column' ? e.index : null
    return at !== null && at < join.left.rowType.length ? at : null
  }
  const partition = p.partition.map(left)
  const order = p.order.map((key) => ({ ...key, column: left(key.column) }))
  const columns = [...partition, ...order.map((o) => o.column)]
  if (columns.includes(null)) return null
  const leftFirst = join.left.rowType.every((_, c) => left(c) === c)
  const key = leftFirst || p.ties ? [] : keyOf(join.left, facts)
  if (key === null || !key.every((c) => columns.includes(c))) return null
  const top = {
    ...p,
    input: join.left,
    partition: partition as number[],
    order: order as TopK['order'],
    rowType: join.left.rowType,
  }
  const rowType = [...join.left.rowType, ...nullableRow(join.right.rowType)]
  const joined: Logical = { ...join, left: top, rowType }
  return project === null ? joined : { ...project, input: joined }
}
