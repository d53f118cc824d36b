import { aggregateById } from '../../functions/lookup.ts'
import type { PhysicalNode, PhysicalOp } from '../../plan/physical.ts'

/** Whether no retraction ever leaves the node, given that of its inputs. `get` is told by the catalog. */
export function appendOnly(
  op: PhysicalOp,
  input: (n: number) => boolean,
  relation: (object: number) => boolean,
): boolean {
  switch (op.op) {
    case 'get':
      return relation(op.object)
    case 'constant':
      return true
    case 'map':
    case 'flatMap':
    case 'distinct':
    case 'atMostOne':
      return input(op.input)
    case 'union':
      return op.inputs.every(input)
    case 'join':
      return (op.type === 'inner' || op.type === 'semi') && input(op.left) && input(op.right)
    case 'lookupJoin':
      return input(op.left)
    default:
      return false
  }
}

/** How the node's own state grows with its input. */
export function growth(op: PhysicalOp, inputs: readonly PhysicalNode[]): PhysicalNode['growth'] {
  switch (op.op) {
    case 'get':
    case 'constant':
    case 'map':
    case 'flatMap':
    case 'union':
    case 'negate':
    case 'import':
    case 'variable':
      return 'none'
    // It keeps the right side alone, which is as large as that relation is.
    case 'lookupJoin':
      return 'bounded'
    case 'aggregate': {
      const small = op.aggregates.every((a) => !a.distinct && CONSTANT_STATE.has(aggregateById(a.fn)?.strategy ?? ''))
      return op.keys.length === 0 && small ? 'bounded' : 'unbounded'
    }
    case 'temporal':
      // Rows leave when their comparisons are decided; what steps with the clock never is.
      return op.rules.some((rule) => rule.kind === 'step') ? 'unbounded' : 'window-bounded'
    case 'topK':
      return inputs[0]?.appendOnly && op.partition.length === 0 && op.limit !== null ? 'bounded' : 'unbounded'
    default:
      return inputs.length > 0 && inputs.every((i) => i.op === 'constant') ? 'bounded' : 'unbounded'
  }
}

/** Aggregates of which a group keeps a fixed number of values. */
const CONSTANT_STATE: ReadonlySet<string> = new Set([
  'count',
  'sum_int',
  'sum_bigint',
  'sum_numeric',
  'sum_float',
  'sum_interval',
  'avg_int',
  'avg_numeric',
  'avg_float',
  'avg_interval',
  'bool_and',
  'bool_or',
])
