import type { Fanout } from '../dataflow/edge.ts'
import type { OperatorBase } from '../dataflow/operator.ts'

/** What a node of a plan did since it was rendered, and what it holds. */
export interface MeasuredNode {
  /** Rows that it handed on, retractions among them; equal ones of one batch count once. */
  readonly made: number
  /** Time that its operators took, ms; 0 where the circuit has no clock. */
  readonly ms: number
  readonly rows: number
  readonly bytes: number
  /** Whether it keeps anything at all. */
  readonly holds: boolean
}

/** By number of the node: a node may be several operators, and arranges what others join. */
export function measuredNode(operators: readonly OperatorBase[], edge: Fanout, node: number): MeasuredNode {
  let ms = 0
  let [rows, bytes, structures] = [0, 0, 0]
  for (const operator of operators) {
    if (operator.id !== node) continue
    ms += operator.spentMs
    for (const structure of operator.state()) {
      rows += structure.rows
      bytes += structure.bytes()
      structures++
    }
  }
  return { made: edge.pushed, ms, rows, bytes, holds: structures > 0 }
}
