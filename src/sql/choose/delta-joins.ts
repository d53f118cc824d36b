import { type DeltaStep, deltaPaths } from '../../plan/delta-paths.ts'
import type { Logical } from '../../plan/logical.ts'
import { visitLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { joinGroup } from '../optimise/join-group.ts'
import type { ChooseFacts } from './choose-facts.ts'

export interface DeltaJoin {
  readonly inputs: readonly Logical[]
  readonly paths: readonly (readonly DeltaStep[])[]
  /** Conditions beside the equalities of columns. */
  readonly rest: readonly Scalar[]
}

/**
 * A join of several inputs that a view keeps up to date without results between (`delta`). Not of rows that time frees:
 * joins of two and two let go of them.
 */
export function deltaJoin(p: Logical, facts: ChooseFacts): DeltaJoin | null {
  if (p.kind !== 'join' || p.delta !== true || facts.maintained !== true) return null
  let timed = false
  visitLogical(p, (x) => {
    if (x.kind === 'get' && (facts.appendOnly(x.object) || facts.mortal?.(x.object) === true)) timed = true
    if (x.kind === 'arrival' || x.kind === 'expire') timed = true
  })
  const group = timed ? null : joinGroup(p)
  if (group === null || group.leaves.length < 3) return null
  const row = group.leaves.flatMap(({ plan }) => plan.rowType)
  // Blanks at the end count in keys where the length is open.
  const plain = group.classes.every(({ columns }) =>
    columns.every((c) => row[c].type.kind !== 'bpchar' || row[c].type.length !== undefined),
  )
  const paths = deltaPaths(
    group.leaves.map(({ plan }) => plan.rowType.length),
    group.classes.map(({ columns }) => columns),
  )
  if (paths === null || !plain) return null
  return { inputs: group.leaves.map(({ plan }) => plan), paths, rest: group.others }
}
