import { unreachable } from '../base/assert.ts'
import type { Fanout } from '../dataflow/edge.ts'
import { InputNode } from '../dataflow/input.ts'
import { firstColumns } from '../dataflow/keys.ts'
import { ScopedKeyedOperator } from '../dataflow/scope/keyed.ts'
import { watched } from '../dataflow/too-often.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import { createState } from '../state/factory.ts'
import { Build } from './build.ts'
import { renderMatches } from './matches.ts'

interface KeyedInputs {
  readonly inputs: readonly { readonly node: number; readonly keys: readonly number[] }[]
  readonly outputKeys: readonly number[]
}

/**
 * A non-linear node inside a nested scope: the plain operator, in a circuit and with state of its own, driven key by
 * key over the history of iterations.
 */
export function renderScoped(
  build: Build,
  number: number,
  node: PhysicalNode,
  forwardsErrors: boolean,
  part: string = node.op,
): Fanout {
  const { inputs, outputKeys } = keysOf(build, node)
  const identity = build.identity(number)
  const nodes = inputs.map((input) => new InputNode(identity, build.edge(input.node).types))
  const inner = new Build({
    nodes: build.nodes,
    states: watched(createState(), build.overflowed),
    overflowed: build.overflowed,
    context: build.context,
    prefix: '',
    clock: null,
    source: build.source,
    renderOp: build.renderOp,
  })
  // The inputs get numbers of their own: both sides may read one node, but are fed apart.
  const numbers = inputs.map((_, i) => build.nodes.length + i)
  numbers.forEach((input, i) => {
    inner.setEdge(input, nodes[i].output)
  })
  const output = renderInner(inner, number, withInputs(node, numbers))
  const keyed = new ScopedKeyedOperator(
    {
      ...identity,
      name: node.op,
      stateId: build.stateId(number, part),
      inputs: inputs.map((input) => ({ pipe: build.edge(input.node).pipe(), keys: input.keys })),
      outputKeys,
      types: node.types,
      clock: build.clock!,
      inner: { circuit: inner.circuit, inputs: nodes, output: output.pipe() },
      forwardsErrors,
    },
    build.states,
  )
  return build.add(keyed)
}

function renderInner(inner: Build, number: number, node: PhysicalNode): Fanout {
  if (node.op === 'join') return renderMatches(inner, number, node, false, 'matches')
  return inner.renderOp(inner, number, node)
}

/** The same node over other inputs. */
function withInputs(node: PhysicalNode, numbers: readonly number[]): PhysicalNode {
  const [first, second] = numbers
  switch (node.op) {
    case 'setOp':
    case 'asofJoin':
    case 'join':
      return { ...node, left: first, right: second }
    case 'scope':
      return { ...node, imports: numbers }
    default:
      return { ...node, input: first } as PhysicalNode
  }
}

/** By which columns the output of a node falls apart into independent pieces. */
function keysOf(build: Build, node: PhysicalNode): KeyedInputs {
  const all = (n: number) => firstColumns(build.edge(n).types.length)
  switch (node.op) {
    case 'distinct':
      return { inputs: [{ node: node.input, keys: all(node.input) }], outputKeys: all(node.input) }
    case 'aggregate':
      return { inputs: [{ node: node.input, keys: node.keys }], outputKeys: firstColumns(node.keys.length) }
    case 'topK':
    case 'rowNumber':
    case 'window':
      return { inputs: [{ node: node.input, keys: node.partition }], outputKeys: node.partition }
    case 'atMostOne':
      return { inputs: [{ node: node.input, keys: node.keys }], outputKeys: node.keys }
    case 'setOp': {
      const inputs = [node.left, node.right].map((input) => ({ node: input, keys: all(input) }))
      return { inputs, outputKeys: all(node.left) }
    }
    case 'asofJoin':
    case 'join': {
      const inputs = [
        { node: node.left, keys: node.leftKeys },
        { node: node.right, keys: node.rightKeys },
      ]
      return { inputs, outputKeys: node.leftKeys }
    }
    case 'scope':
      return { inputs: node.imports.map((input) => ({ node: input, keys: [] })), outputKeys: [] }
    case 'get':
    case 'constant':
    case 'map':
    case 'temporal':
    case 'flatMap':
    case 'union':
    case 'negate':
    case 'import':
    case 'variable':
    case 'onTime':
    case 'emitOnClose':
    case 'lookupJoin':
    case 'deltaJoin':
    case 'arrival':
    case 'expire':
    case 'emitPeriodic':
      throw new Error(`${node.op} has no history of iterations`)
    default:
      return unreachable(node)
  }
}
