import type { WindowCall } from '../dataflow/window/spec.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import { aggregateRow } from './function-rows.ts'

/** The calls of a window node as its operator takes them. */
export const windowCalls = (node: Extract<PhysicalNode, { op: 'window' }>): WindowCall[] =>
  node.calls.map(({ aggregate, ...call }) => ({
    ...call,
    strategy: aggregate === null ? null : aggregateRow(aggregate).strategy,
  }))
