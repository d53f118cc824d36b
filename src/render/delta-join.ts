import type { Fanout, Pipe } from '../dataflow/edge.ts'
import { DeltaJoinOperator, type DeltaJoinSide } from '../dataflow/operators/delta-join.ts'
import type { JoinSide } from '../dataflow/operators/join.ts'
import { arrangedBy } from '../plan/delta-paths.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import type { Build } from './build.ts'

/**
 * Each input under every key by which a path looks it up. An input that is arranged once may share that arrangement with
 * other views; one that is arranged several times has them of its own, since all must be at the same row of a hydration.
 */
export function renderDeltaJoin(
  build: Build,
  number: number,
  node: Extract<PhysicalNode, { op: 'deltaJoin' }>,
): Fanout {
  const arranged = node.inputs.map((input, i) => {
    const keys = arrangedBy(node.paths, i)
    const byKey = new Map<string, JoinSide>()
    for (const key of keys) byKey.set(key.join('-'), build.arranged(input, key, keys.length === 1))
    return byKey
  })
  const sides = node.inputs.map((input, i): DeltaJoinSide => {
    const [first, ...others] = [...arranged[i].values()].map((side): Pipe => side.input)
    return { input: first, others, types: build.edge(input).types }
  })
  const paths = node.paths.map((path) =>
    path.map(({ input, probe, key }) => {
      const { arrangement } = arranged[input].get(key.join('-')) as JoinSide
      return { side: input, arrangement, probe, key }
    }),
  )
  return build.add(new DeltaJoinOperator({ ...build.identity(number), sides, paths }))
}
