import { assert } from '../base/assert.ts'
import { Circuit } from '../dataflow/circuit.ts'
import type { Fanout } from '../dataflow/edge.ts'
import type { OperatorBase, OperatorIdentity } from '../dataflow/operator.ts'
import { ArrangeOperator } from '../dataflow/operators/arrange.ts'
import { GetOperator } from '../dataflow/operators/get.ts'
import type { JoinSide } from '../dataflow/operators/join.ts'
import { RowsAndErrorsOperator } from '../dataflow/operators/rows-and-errors.ts'
import { WindowOperator } from '../dataflow/operators/window.ts'
import { ScopedArrangeOperator } from '../dataflow/scope/arrange.ts'
import type { IterationClock } from '../dataflow/scope/clock.ts'
import { columnsFreed } from '../plan/bounds.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import type { StateFactory } from '../state/contract.ts'
import { INT4 } from '../types/sql-type.ts'
import { ClosersBuild, presentIn, sideRule } from './closing.ts'
import type { CompileContext } from './compile-context.ts'
import type { SharedArrangements } from './sharing.ts'

type GetNode = Extract<PhysicalNode, { op: 'get' }>

/** Turns one node into operators (render/node.ts); handed around so that scopes can render their bodies. */
export type RenderOp = (build: Build, number: number, node: PhysicalNode) => Fanout

/**
 * One list of nodes being rendered: a plan, or the body of a scope. Collects the operators, knows the edge of each
 * rendered node, and shares arrangements of one edge by one key.
 */
export class Build {
  readonly nodes: readonly PhysicalNode[]
  /** The one node that is read from outside; null: others may be. */
  readonly root: number | null
  readonly states: StateFactory
  /** Told when a structure's count of a row is lost. */
  readonly overflowed: () => void
  readonly context: CompileContext
  /** `<object id>`, or `<object id>/<scope node>` for a body. */
  readonly prefix: string
  /** Set inside a nested scope. */
  readonly clock: IterationClock | null
  readonly operators: OperatorBase[] = []
  readonly gets: GetOperator[] = []
  readonly circuit = new Circuit()
  /** Edge of an object; of an import or variable of a scope. */
  readonly source: (
    kind: 'object' | 'import' | 'variable',
    index: number,
    columns: readonly number[],
    result: boolean,
  ) => Fanout
  readonly renderOp: RenderOp
  /** Arrangements shared with other views; null: none are. */
  readonly sharing: SharedArrangements | null
  /** Gives this view's operators what shared arrangements already hold. */
  readonly catchUps: (() => void)[] = []
  /** What watermarks free. */
  readonly closers: ClosersBuild
  /** Lets go of shared arrangements. */
  readonly releases: (() => void)[] = []
  private readonly edges = new Map<number, Fanout>()
  private readonly arrangements = new Map<Fanout, Map<string, ArrangeOperator | ScopedArrangeOperator>>()

  constructor(spec: {
    readonly nodes: readonly PhysicalNode[]
    readonly root?: number
    readonly states: StateFactory
    readonly overflowed: () => void
    readonly context: CompileContext
    readonly prefix: string
    readonly clock: IterationClock | null
    readonly source: Build['source']
    readonly renderOp: RenderOp
    readonly sharing?: SharedArrangements | null
  }) {
    this.nodes = spec.nodes
    this.root = spec.root ?? null
    this.states = spec.states
    this.overflowed = spec.overflowed
    this.context = spec.context
    this.prefix = spec.prefix
    this.clock = spec.clock
    this.source = spec.source
    this.renderOp = spec.renderOp
    this.sharing = spec.sharing ?? null
    this.closers = new ClosersBuild(spec.context)
  }

  /** All nodes; inputs come before their consumers. */
  renderAll(): void {
    for (let n = 0; n < this.nodes.length; n++) {
      const from = this.operators.length
      this.setEdge(n, this.renderOp(this, n, this.nodes[n]))
      const { op, release } = this.nodes[n]
      // Joins free each side by a rule of its own.
      const rule = op === 'join' || op === 'asofJoin' ? undefined : release?.[0]
      if (rule === undefined || this.clock !== null) continue
      // Keys come first in whatever such an operator keeps.
      for (const operator of this.operators.slice(from)) {
        if (rule.sessions && operator instanceof WindowOperator) {
          this.closers.addSessions(operator, rule.terms)
          continue
        }
        if (rule.ordered && operator instanceof WindowOperator) {
          this.closers.addOrdered(operator, rule)
          continue
        }
        for (const structure of operator.state()) this.closers.add(structure, columnsFreed(rule))
      }
    }
  }
  /** Name of a node's state; `part` tells apart what one node keeps. */
  stateId(number: number, part: string): string {
    return `${this.prefix}/${number}/${part}`
  }
  identity(number: number): OperatorIdentity {
    return { id: number, position: this.nodes[number]?.position ?? -1 }
  }
  add<T extends OperatorBase>(operator: T): Fanout {
    this.operators.push(operator)
    this.circuit.add([operator])
    return operator.output
  }
  setEdge(number: number, edge: Fanout): void {
    this.edges.set(number, edge)
  }
  edge(number: number): Fanout {
    const edge = this.edges.get(number)
    assert(edge !== undefined, `node ${number} is rendered before its consumers`)
    return edge
  }

  /**
   * One side of a join: the input under its keys, shared with every other operator that wants the same; of other views
   * too, where it `shares`.
   */
  arranged(number: number, keys: readonly number[], shares = true): JoinSide {
    const node = this.nodes[number]
    const rule = this.clock === null ? sideRule(this.nodes, number, keys) : null
    // What watermarks free is a view's own: others may need it longer.
    if (shares && this.sharing !== null && node?.op === 'get' && rule === null)
      return this.shared(this.sharing, number, node, keys)
    const input = this.edge(number)
    let byKey = this.arrangements.get(input)
    if (byKey === undefined) this.arrangements.set(input, (byKey = new Map()))
    const name = keys.join('-')
    let operator = byKey.get(name)
    if (operator === undefined) {
      // What frees rows retracts them.
      operator = this.arrange(number, input, keys, name, node?.appendOnly === true && rule === null)
      if (rule !== null) this.closers.add(operator.arrangement, rule, 'all')
      byKey.set(name, operator)
      this.add(operator)
    }
    return { input: operator.output.pipe(), arrangement: operator.arrangement, keys }
  }

  private shared(sharing: SharedArrangements, number: number, node: GetNode, keys: readonly number[]): JoinSide {
    const { object, columns, appendOnly } = node
    const { arrange, fresh, release } = sharing.acquire(
      { object, columns, keys, appendOnly },
      this.prefix,
      this.circuit,
      this.states,
      () => {
        const get = this.makeGet(number, node)
        this.gets.push(get)
        return get
      },
    )
    this.releases.push(release)
    const rows = arrange.output.pipe()
    if (!fresh) {
      this.catchUps.push(() => {
        for (const batch of arrange.arrangement.scan()) rows.pushRows(batch)
      })
    }
    const both = this.add(new RowsAndErrorsOperator(this.identity(number), rows, this.edge(number).pipe()))
    return { input: both.pipe(), arrangement: arrange.arrangement, keys }
  }

  makeGet(number: number, { object, columns, types, result = false }: GetNode): GetOperator {
    const source = this.source('object', object, columns, result)
    return new GetOperator({ ...this.identity(number), object, columns, types, source, result })
  }

  private arrange(number: number, input: Fanout, keys: readonly number[], name: string, appendOnly: boolean) {
    const id = this.stateId(number, `by-${name}`)
    const identity = this.identity(number)
    if (this.clock === null) {
      const arrangement = this.states.arrangement({ id, types: input.types, key: keys, appendOnly })
      return new ArrangeOperator(identity, input.pipe(), arrangement, presentIn(this.nodes, number, keys))
    }
    const arrangement = this.states.arrangement({ id, types: [...input.types, INT4], key: keys })
    return new ScopedArrangeOperator(identity, input.pipe(), arrangement, this.clock)
  }
}
