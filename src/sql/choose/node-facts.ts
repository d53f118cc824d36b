import { isLinear } from '../../dataflow/aggregate/linears.ts'
import type { AggregateStrategy } from '../../functions/function.ts'
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
    case 'arrival':
    case 'onTime':
    case 'atMostOne':
      return input(op.input)
    case 'distinct':
      // A row that is written in a lesser form takes the place of its equals.
      return op.forms === undefined && input(op.input)
    case 'union':
    case 'deltaJoin':
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
    case 'arrival':
    case 'union':
    case 'negate':
    case 'import':
    case 'variable':
      return 'none'
    // It keeps the right side alone, which is as large as that relation is.
    case 'onTime':
    case 'lookupJoin':
      return 'bounded'
    case 'aggregate': {
      const small = op.aggregates.every((a) => !a.distinct && hasConstantState(aggregateById(a.fn)?.strategy))
      return op.keys.length === 0 && small ? 'bounded' : 'unbounded'
    }
    case 'expire':
      return 'window-bounded'
    case 'temporal':
      // Rows leave when their comparisons are decided; what steps with the clock never is.
      return op.rules.some((rule) => rule.kind === 'step') ? 'unbounded' : 'window-bounded'
    case 'topK':
      return inputs[0]?.appendOnly && op.partition.length === 0 && op.limit !== null && !op.ties
        ? 'bounded'
        : 'unbounded'
    default:
      return inputs.length > 0 && inputs.every((i) => i.op === 'constant') ? 'bounded' : 'unbounded'
  }
}

/** Whether all rows of the node leave by the clock: those of relations with a time to live, and what is made of them. */
export function isMortal(
  op: PhysicalOp,
  input: (n: number) => boolean,
  relation: (object: number) => boolean,
): boolean {
  switch (op.op) {
    case 'get':
      return relation(op.object)
    case 'expire':
    case 'constant':
      return true
    case 'import':
    case 'variable':
    case 'scope':
      return false
    case 'union':
    case 'deltaJoin':
      return op.inputs.every(input)
    default:
      return 'input' in op ? input(op.input) : input(op.left) && input(op.right)
  }
}

/** State over rows that all leave is bounded by them. */
export function mortalGrowth(op: PhysicalOp, inputs: readonly PhysicalNode[]): PhysicalNode['growth'] {
  const own = growth(op, inputs)
  return own === 'unbounded' ? 'window-bounded' : own
}

/** Aggregates of which a group keeps a fixed number of values. */
const CONSTANT_STATE: ReadonlySet<AggregateStrategy> = new Set<AggregateStrategy>([
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

const hasConstantState = (strategy: AggregateStrategy | undefined): boolean =>
  strategy !== undefined && (CONSTANT_STATE.has(strategy) || isLinear(strategy))
