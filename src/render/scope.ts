import type { Fanout } from '../dataflow/edge.ts'
import { InputNode } from '../dataflow/input.ts'
import { IterationClock } from '../dataflow/scope/clock.ts'
import { ScopeOperator } from '../dataflow/scope/scope.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import { Build } from './build.ts'

export type ScopeNode = Extract<PhysicalNode, { op: 'scope' }>

/** A nested scope: its body in a circuit of its own, run to the fixpoint by one operator. */
export function renderScope(build: Build, number: number, node: ScopeNode): Fanout {
  const clock = new IterationClock()
  const identity = build.identity(number)
  const importNodes = node.imports.map((input) => new InputNode(identity, build.edge(input).types))
  const variableNodes = node.results.map((result) => new InputNode(identity, node.body[result].types))
  const body = new Build({
    nodes: node.body,
    states: build.states,
    overflowed: build.overflowed,
    context: build.context,
    prefix: `${build.prefix}/${number}`,
    clock,
    renderOp: build.renderOp,
    source: (kind, index) => (kind === 'import' ? importNodes : variableNodes)[index].output,
  })
  body.renderAll()
  const scope = new ScopeOperator(
    {
      ...identity,
      stateId: build.stateId(number, 'scope'),
      types: node.types,
      imports: node.imports.map((input) => build.edge(input).pipe()),
      clock,
      circuit: body.circuit,
      importNodes,
      variableNodes,
      results: node.results.map((result) => body.edge(result).pipe()),
      output: node.output,
      limit: node.limit,
    },
    build.states,
  )
  return build.add(scope)
}
