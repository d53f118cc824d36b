import type { PhysicalNode } from '../../plan/physical.ts'
import type { Datum } from '../../types/value.ts'
import { rowKey, ZSet } from './zset.ts'

/** All rows of the first input along its path, by nested loops. */
export function naiveDeltaJoin(
  node: Extract<PhysicalNode, { op: 'deltaJoin' }>,
  nodes: readonly PhysicalNode[],
  inputs: readonly ZSet[],
): ZSet {
  let first = 0
  const firsts = node.inputs.map((input) => {
    first += nodes[input].types.length
    return first - nodes[input].types.length
  })
  const placed = (row: readonly Datum[], values: readonly Datum[], input: number): Datum[] => {
    const next = [...row]
    values.forEach((value, c) => {
      next[firsts[input] + c] = value
    })
    return next
  }
  const empty = new Array<Datum>(first).fill(null)
  let partial = inputs[0].rows().map(({ row, diff }) => ({ row: placed(empty, row, 0), diff }))
  for (const { input, probe, key } of node.paths[0]) {
    partial = partial.flatMap((left) =>
      inputs[input].rows().flatMap((right) => {
        const equal = probe.every((p, i) => {
          const value = left.row[p]
          return value !== null && rowKey([value]) === rowKey([right.row[key[i]]])
        })
        return equal ? [{ row: placed(left.row, right.row, input), diff: left.diff * right.diff }] : []
      }),
    )
  }
  return ZSet.of(partial)
}
