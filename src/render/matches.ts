import type { Fanout } from '../dataflow/edge.ts'
import { SemiJoinOperator } from '../dataflow/operators/semi-join.ts'
import { ResidualSemiJoinOperator } from '../dataflow/operators/semi-join-residual.ts'
import { columnsFreed } from '../plan/bounds.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import type { Build } from './build.ts'
import { filterProgram } from './programs.ts'

export type JoinNode = Extract<PhysicalNode, { op: 'join' }>

/** A semi or anti join outside scopes (those inside get here with their inputs in a circuit of their own). */
export function renderMatches(
  build: Build,
  number: number,
  node: JoinNode,
  forwardsErrors: boolean,
  part: string,
): Fanout {
  const { nullSafe } = node
  const identity = { ...build.identity(number), stateId: build.stateId(number, part) }
  const anti = node.type === 'anti'
  const left = build.arranged(node.left, node.leftKeys)
  if (node.residual === null) {
    const right = { input: build.edge(node.right).pipe(), keys: node.rightKeys }
    const operator = new SemiJoinOperator({ ...identity, anti, left, right, nullSafe, forwardsErrors }, build.states)
    const rule = node.release?.find((r) => r.of === 'right')
    const at = rule === undefined ? -1 : node.rightKeys.indexOf(rule.column)
    if (rule !== undefined && at >= 0)
      for (const s of operator.state()) build.closers.add(s, [{ column: at, terms: rule.terms }])
    return build.add(operator)
  }
  const right = build.arranged(node.right, node.rightKeys)
  const residual = filterProgram(node.residual, build.context)
  const rule = node.release?.find((r) => r.of === 'left')
  const present = nullSafe ? null : { all: [...node.leftKeys, ...(rule === undefined ? [] : [rule.column])], any: [] }
  const spec = { ...identity, anti, left, right, nullSafe, present, residual, forwardsErrors }
  const operator = new ResidualSemiJoinOperator(spec, build.states)
  if (rule !== undefined) for (const s of operator.state()) build.closers.add(s, columnsFreed(rule))
  return build.add(operator)
}
