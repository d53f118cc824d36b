import { SqlError } from '../base/sql-error.ts'
import type { Circuit } from '../dataflow/circuit.ts'
import type { Fanout } from '../dataflow/edge.ts'
import type { OperatorBase } from '../dataflow/operator.ts'
import type { GetOperator } from '../dataflow/operators/get.ts'
import { OutputNode } from '../dataflow/output.ts'
import { TOO_OFTEN, watched } from '../dataflow/too-often.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { StateFactory } from '../state/contract.ts'
import { Build } from './build.ts'
import type { Closers } from './closing.ts'
import type { CompileContext } from './compile-context.ts'
import { type MeasuredNode, measuredNode } from './measured.ts'
import { renderOp } from './node.ts'
import type { SharedArrangements } from './sharing.ts'

export interface RenderRequest {
  readonly plan: PhysicalPlan
  readonly objectId: number
  /** First part of the names of the operators' state; the object's id unless an older dataflow of it has that. */
  readonly prefix?: string
  /** Where the operators go: the running circuit, or one of their own that is adopted later (`Circuit.adopt`). */
  readonly circuit: Circuit
  readonly states: StateFactory
  readonly context: CompileContext
  /**
   * The edge of an object: all its columns (those not in `columns` may hold anything). `result`: what the view computes,
   * with all its errors, instead of what it gives its readers.
   */
  readonly resolve: (objectId: number, columns: readonly number[], result: boolean) => Fanout
  /** Columns that the result is arranged by, for lookups. */
  readonly resultKey: readonly number[]
  /** The plan only reads this output, all columns: its rows are not kept again. */
  readonly resultOf?: OutputNode
  /** The result's errors stay with it. */
  readonly divertsErrors?: boolean
  /** Arrangements shared between views; left out: none. */
  readonly sharing?: SharedArrangements
}

export interface RenderedView {
  readonly operators: readonly OperatorBase[]
  readonly output: OutputNode
  /** One per `get` node. Not connected: push snapshots first if there are any, then `connect()`. */
  readonly gets: readonly GetOperator[]
  /** Connects all gets to the live edges of their objects. Between ticks. */
  connect(): void
  /**
   * A new view only (not one that is rendered onto its state): gives its operators what shared arrangements already
   * hold. Between ticks, before the first tick in which the view runs.
   */
  catchUp(): void
  /** The edge that `output` reads. */
  readonly root: Fanout
  /** What a node of the plan did so far. */
  measured(node: number): MeasuredNode
  /** What watermarks do to it; null: nothing. */
  readonly closers: Closers | null
  /** Leaves the circuit and forgets the state for good: all of it, the output, or what feeds it. */
  dispose(part?: 'output' | 'inner'): void
}

/** The operators of a plan without a result that is kept; the caller takes what comes out of `edge`. */
export function renderCircuit(
  request: Omit<RenderRequest, 'circuit' | 'resultKey'> & { readonly overflowed?: () => void },
): Build {
  const { plan, objectId, context, resolve, overflowed = failed, sharing = null } = request
  const states = watched(request.states, overflowed)
  const build = new Build({
    nodes: plan.nodes,
    root: plan.root,
    states,
    overflowed,
    context,
    prefix: request.prefix ?? String(objectId),
    clock: null,
    renderOp,
    sharing,
    source: (_kind, object, columns, result) => resolve(object, columns, result),
  })
  build.renderAll()
  return build
}

function failed(): void {
  throw new SqlError(TOO_OFTEN.sqlstate, TOO_OFTEN.message)
}

/** Turns a plan into operators. State is found again by its names, so that a stored plan renders onto stored state. */
export function renderPlan(request: RenderRequest): RenderedView {
  const { plan, objectId, states } = request
  let output: OutputNode
  const build = renderCircuit({ ...request, overflowed: () => output.lose() })
  const spec = {
    id: plan.nodes.length,
    position: -1,
    stateId: `${objectId}/result`,
    key: request.resultKey,
    ...(request.resultOf === undefined ? {} : { rowsOf: request.resultOf }),
    divertsErrors: request.divertsErrors === true,
  }
  output = new OutputNode(spec, build.edge(plan.root).pipe(), states)
  build.add(output)
  const operators = build.operators
  request.circuit.adopt(build.circuit)
  return {
    operators,
    output,
    root: build.edge(plan.root),
    gets: build.gets,
    measured: (node) => measuredNode(operators, build.edge(node), node),
    closers: build.closers.finish(operators),
    connect() {
      for (const get of build.gets) get.connect()
    },
    catchUp() {
      for (const catchUp of build.catchUps) catchUp()
    },
    dispose(part) {
      const going = operators.filter((operator) => part === undefined || (operator === output) === (part === 'output'))
      for (const operator of going) operator.circuit?.remove([operator])
      for (const operator of going) for (const structure of operator.state()) states.drop(structure.id)
      if (part !== 'output') for (const release of build.releases) release()
    },
  }
}

/**
 * The operators of `next` under the output of `old`, whose rows and readers stay as they are: between ticks, when both
 * hold the same. What fed `old`, and the output of `next`, are gone afterwards.
 */
export function feedInstead(old: RenderedView, next: RenderedView): RenderedView {
  const { output } = old
  const [pipe] = output.inputs
  pipe!.disconnect()
  pipe!.connect(next.root)
  next.output.successor = output
  next.dispose('output')
  old.dispose('inner')
  return {
    ...next,
    operators: [...next.operators.filter((operator) => operator !== next.output), output],
    output,
    dispose(part) {
      if (part !== 'output') next.dispose('inner')
      if (part !== 'inner') old.dispose('output')
    },
  }
}
