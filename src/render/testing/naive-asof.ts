import type { PhysicalNode } from '../../plan/physical.ts'
import { compareDatum, compareValueRows } from '../../types/compare.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { rowKey } from './zset.ts'

/** The right row of the key that is nearest in time, by looking at all of them. */
export function nearestRow(
  node: Extract<PhysicalNode, { op: 'asofJoin' }>,
  left: Row,
  rights: readonly { readonly row: Row; readonly diff: number }[],
  types: readonly SqlType[],
): Row | null {
  const { compare } = node.nearest
  const type = types[node.nearest.right]
  const time = left[node.nearest.left]
  const key = node.leftKeys.map((k) => left[k])
  if (time === null || key.includes(null)) return null
  let best: Row | null = null
  for (const { row, diff } of rights) {
    const other = row[node.nearest.right]
    if (diff <= 0 || other === null || rowKey(node.rightKeys.map((k) => row[k])) !== rowKey(key)) continue
    const order = compareDatum(type, time, other)
    const holds =
      compare === '>=' ? order >= 0 : compare === '>' ? order > 0 : compare === '<=' ? order <= 0 : order < 0
    if (!holds) continue
    const nearer =
      best === null ? 1 : compareDatum(type, other, best[node.nearest.right]) * (compare[0] === '>' ? 1 : -1)
    if (best === null || nearer > 0 || (nearer === 0 && compareValueRows(types, row, best) < 0)) best = row
  }
  return best
}
